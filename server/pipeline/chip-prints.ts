/** The fresh prints against those in the chip, once more: the chip's are the ones that its country signed, and the scores are this server's. */
import type { Template } from "../../biometrics/finger/finger.ts";
import { fingerPositions } from "../../biometrics/finger/position.ts";
import { printAgreement } from "../../biometrics/finger/print-agreement.ts";
import { greyOf, type RecordedPicture } from "../../biometrics/records/recorded-picture.ts";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import type { Enrolment } from "../../crypto/package/enrolment.ts";
import { parseDg3 } from "../../mrtd/lds/prints.ts";
import type { StoredCheck } from "../store/cases.ts";
import { ChipEvidence } from "./chip-evidence.ts";
import { atBooth, type ChipRecord } from "./chip-key.ts";
import type { FingerEngine } from "./finger-engine.ts";
import { PIPELINE_LIMITS } from "./limits.ts";
import { checksOf, type StageInput } from "./stage.ts";
import { verdictMeasures } from "./verdict.ts";

const { passed, failed, notChecked, notSupported } = checksOf("quality");
const name = "chip/fingerprints";

export interface FreshPrint {
  readonly position: string;
  readonly template: Template;
}

export async function checkChipPrints(
  engine: Pick<FingerEngine, "examine" | "compare">,
  fresh: readonly FreshPrint[],
  enrolment: Enrolment | undefined,
  input: StageInput,
): Promise<StoredCheck> {
  const chip = enrolment?.document.chip;
  if (!chip) return notChecked(name, enrolment ? "review/chip-unread" : "review/record-unreadable");
  const evidence = await ChipEvidence.of(input, []);
  const { DG3 } = evidence.files;
  switch (evidence.standing(3)) {
    case "unknown":
      return notChecked(name, "proof/sod-unreadable");
    case "wrong":
      return failed(name, "prints/unproved");
    case "absent":
      return DG3 === undefined ? notSupported(name, "prints/absent") : failed(name, "prints/unproved");
    case "hidden":
      return unread(chip);
    case "signed":
      if (evidence.passive.signature.verdict !== "passed") return failed(name, "prints/unproved");
  }
  try {
    const held = parseDg3(DG3!);
    if (held.length === 0) return notSupported(name, "prints/absent");
    if (fresh.length === 0) return notChecked(name, "prints/not-taken");
    return await compare(engine, fresh, held, chip);
  } catch (error) {
    if (!isCoded(error)) throw error;
    if (error.code === "review/finger-engine-failed") return notChecked(name, error.code);
    return notChecked(name, "prints/unreadable", { reason: error.code });
  }
}

/** Why the booth did not read them is its word; that it compared what it has not sent is not to be believed. */
function unread(chip: ChipRecord): StoredCheck {
  const claim = atBooth(chip, "fingerprints");
  if (claim === undefined) return notChecked(name, "prints/unread");
  const [code = ""] = claim.reasons;
  if (claim.outcome !== "not-checked" || !/^(inspection|prints)\//.test(code))
    return failed(name, "prints/claim-differs", { atBooth: claim.outcome });
  return notChecked(name, code, { ...chip.fingerprints?.details });
}

async function compare(
  engine: Pick<FingerEngine, "examine" | "compare">,
  fresh: readonly FreshPrint[],
  held: readonly RecordedPicture[],
  chip: ChipRecord,
): Promise<StoredCheck> {
  const templates: Template[] = [];
  for (const print of held) templates.push((await engine.examine(await greyOf(print))).template);
  const scores: { position: string; place: number; score: number }[] = [];
  for (const { position, template } of fresh)
    for (const [place, other] of templates.entries())
      scores.push({ position, place, score: await engine.compare(template, other) });
  const best = (position: string) => Math.max(...scores.flatMap((one) => (one.position === position ? one.score : [])));
  const bests = fresh.map(({ position }) => best(position));
  const { sameFinger } = PIPELINE_LIMITS;
  const measures = {
    // The finger that fits worst: on it hangs the answer.
    ...verdictMeasures(Math.min(...bests), sameFinger, [...templates, ...fresh.map(({ template }) => template)]),
    ...Object.fromEntries(fresh.map(({ position }, at) => [position, Math.round(10 * bests[at]!) / 10])),
    atBooth: atBooth(chip, "fingerprints")?.outcome ?? null,
  };
  const positions = held.map(({ position }) => names.get(position) ?? null);
  switch (
    printAgreement(
      fresh.map(({ position }) => position),
      positions,
      scores,
      sameFinger,
    )
  ) {
    case "agree":
      return passed(name, measures);
    case "differ":
      return failed(name, "prints/differ", measures);
    case "other-fingers":
      return notChecked(name, "prints/other-fingers", measures);
  }
}

const names = new Map<number, string>(Object.entries(fingerPositions).map(([position, code]) => [code, position]));
