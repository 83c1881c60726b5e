/** The fresh prints against those in the chip, by the scores that the session recorded. Pure: the same session gives the same answer. */
import { printAgreement } from "../../biometrics/finger/print-agreement.ts";
import type { FingerPosition } from "../../crypto/package/enrolment.ts";
import { captureLimits } from "../capture/limits.ts";
import type { FingerTrack, SessionContext } from "./context.ts";
import type { Failure } from "./events.ts";
import { hasPrint, SIDES } from "./hands.ts";

export interface PrintComparison {
  readonly verdict: "passed" | "failed" | "not-checked" | "not-supported";
  readonly reason: Failure | null;
  /** Each kept print against each of the chip's, by its place in DG3. */
  readonly scores: readonly { readonly position: FingerPosition; readonly place: number; readonly score: number }[];
}

const ANSWERS = {
  agree: ["passed", null],
  differ: ["failed", "prints/differ"],
  "other-fingers": ["not-checked", "prints/other-fingers"],
} as const;

/** The name under which a print of the chip stands in the scores of a try. */
export const chipPrintId = (place: number): string => `chip-print-${place}`;

const because = (verdict: PrintComparison["verdict"], reason: Failure): PrintComparison => ({
  verdict,
  reason,
  scores: [],
});

export function comparePrints({
  chip,
  hands,
  policy,
}: Pick<SessionContext, "chip" | "hands" | "policy">): PrintComparison {
  const prints = chip?.prints;
  if (prints === undefined) return because("not-checked", { code: "prints/unread", details: {} });
  if (prints.reason !== null) return because(prints.verdict, prints.reason);
  const kept = SIDES.flatMap((side) => hands[side].tracks).flatMap((track) =>
    hasPrint(track, policy) ? keptOf(track) : [],
  );
  if (kept.length === 0) return because("not-checked", { code: "prints/not-taken", details: {} });
  const scores = kept.flatMap(({ position, scores: own }) =>
    prints.positions.map((_, place) => ({ position, place, score: own[chipPrintId(place)] ?? 0 })),
  );
  const fresh = kept.map(({ position }) => position);
  const [verdict, code] = ANSWERS[printAgreement(fresh, prints.positions, scores, captureLimits.sameFinger)];
  return { verdict, reason: code === null ? null : { code, details: {} }, scores };
}

function keptOf({ position, tries, kept }: FingerTrack) {
  const print = tries[kept ?? -1];
  return print === undefined ? [] : [{ position, scores: print.scores }];
}
