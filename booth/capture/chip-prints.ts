/** What came of a chip's prints: which fingers they are of, or why there are none to compare with. */
import { fingerPositions } from "../../biometrics/finger/position.ts";
import { greyOf } from "../../biometrics/records/recorded-picture.ts";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import { parseDg3 } from "../../mrtd/lds/prints.ts";
import type { PassportReading } from "../../mrtd/reader/read-passport.ts";
import type { Stage } from "../session/activity.ts";
import type { ChipPrints } from "../session/captures.ts";
import { chipPrintId } from "../session/chip-prints.ts";
import type { KnownPrint } from "./finger-examiner.ts";
import type { Inspection } from "./inspection.ts";

const none = (
  verdict: "failed" | "not-checked" | "not-supported",
  code: string,
  details: Readonly<Record<string, string | number>> = {},
): ChipPrints => ({ positions: [], verdict, reason: { code, details } });

/** @param wanted whether the policy lets the booth read prints */
export function chipPrintsOf(reading: PassportReading, { why }: Inspection, wanted: boolean): ChipPrints {
  const { terminalAuthentication, files, proof } = reading;
  const hash = proof.passiveAuthentication.hashes.dataGroups.DG3;
  if (hash === undefined) return none("not-supported", "prints/absent");
  if (!wanted) return none("not-checked", "prints/by-policy");
  if (why !== undefined) return none("not-checked", why.code, why.details);
  if (files.DG3 === undefined) {
    const [refusal] = terminalAuthentication.reasons;
    if (refusal === undefined) return none("not-checked", "prints/closed");
    if (refusal.code.startsWith("mrtd/signer-"))
      return none("not-checked", "inspection/unusable", { reason: refusal.code });
    return none("not-checked", "inspection/refused", { step: String(refusal.details.step ?? refusal.code) });
  }
  if (hash === "failed") return none("failed", "prints/unproved");
  try {
    const positions = parseDg3(files.DG3).map(({ position }) => nameOf(position));
    if (positions.length === 0) return none("not-supported", "prints/absent");
    return { positions, verdict: "passed", reason: null };
  } catch (error) {
    if (!isCoded(error)) throw error;
    return none("not-checked", "prints/unreadable", { reason: error.code });
  }
}

const names = new Map<number, keyof typeof fingerPositions>(
  Object.entries(fingerPositions).map(([name, code]) => [code, name as keyof typeof fingerPositions]),
);
const nameOf = (code: number) => names.get(code) ?? null;

/** The chip's prints for the examiner; none where the session has none. */
export function knownChipPrints({ session, blob }: Pick<Stage, "session" | "blob">): KnownPrint[] {
  const file = session.chip?.files.find(({ part }) => part === "chip-dg3");
  if (file === undefined || session.chip?.prints?.reason !== null) return [];
  return session.chip.prints.positions.map((_, place) => ({
    id: chipPrintId(place),
    picture: async () => greyOf(parseDg3(blob(file.blob))[place]!),
  }));
}
