/** Measures portrait and prints again, here: a booth's own number is a claim. The prints' templates are kept for comparison. */
import { serialize } from "node:v8";
import type { FaceComparer } from "../../biometrics/face/detector.ts";
import { decodeGrey, decodeImage } from "../../biometrics/image/codec.ts";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import type { Enrolment } from "../../crypto/package/enrolment.ts";
import type { StoredCheck } from "../store/cases.ts";
import type { StoredPart } from "../store/parts.ts";
import type { FingerEngine } from "./finger-engine.ts";
import { checkLikeness } from "./likeness.ts";
import { PIPELINE_LIMITS } from "./limits.ts";
import { checksOf, type PipelineStage, type StageInput } from "./stage.ts";

const { passed, failed, notChecked } = checksOf("quality");

/** Prints are captured at this scale; a file that states another is taken at its word. */
const PRINT_PPI = 500;
export const TEMPLATE_TYPE = "application/vnd.kabina.finger-template";
export const templatePart = (position: string): string => `template-${position}`;

export interface QualityEngines {
  /** Loads its models at the first portrait; undefined where they are absent. */
  readonly face: () => Promise<FaceComparer | undefined>;
  readonly finger: FingerEngine;
}

export function qualityStage(engines: QualityEngines): PipelineStage {
  return {
    name: "quality",
    async run(input) {
      const enrolment = await input.enrolment();
      const prints = await measurePrints(enrolment?.fingers ?? [], engines.finger, input);
      const { caseId } = input.record;
      const sealer = await input.store.parts.resealer(input.record);
      const sealed = prints.templates.map((part) => ({ ...part, sealed: sealer(part.name, part.bytes) }));
      return {
        checks: [await checkPortrait(engines, input), await checkLikeness(engines.face, input), prints.check],
        commit: () => {
          for (const { name, mediaType, sealed: bytes } of sealed) {
            input.store.parts.insert(caseId, { name, mediaType, sealed: bytes });
          }
        },
      };
    },
  };
}

async function checkPortrait(engines: QualityEngines, input: StageInput): Promise<StoredCheck> {
  const name = "quality/portrait";
  const bytes = await input.part("portrait");
  if (!bytes) return notChecked(name, "review/portrait-absent");
  try {
    const image = await decodeImage(bytes);
    const detector = await engines.face();
    if (!detector) return notChecked(name, "review/face-engine-absent");
    const { score, pass, hint, measures } = await detector.assess(image);
    const shown = { score, hint, width: image.width, height: image.height };
    const worst = Object.entries(measures).filter(([, measure]) => !measure.pass);
    if (pass) return passed(name, shown);
    return failed(name, "review/portrait-below", { ...shown, below: worst.map(([measure]) => measure).join(", ") });
  } catch (error) {
    if (isCoded(error)) return failed(name, error.code);
    throw error;
  }
}

interface MeasuredPrints {
  readonly check: StoredCheck;
  readonly templates: readonly (StoredPart & { readonly bytes: Buffer })[];
}

async function measurePrints(
  fingers: Enrolment["fingers"],
  engine: FingerEngine,
  input: StageInput,
): Promise<MeasuredPrints> {
  const name = "quality/prints";
  const measures: Record<string, number | string> = {};
  const templates: (StoredPart & { bytes: Buffer })[] = [];
  let reason: string | null = null;
  for (const { part, position, tries, kept } of fingers) {
    const bytes = part === null ? undefined : await input.part(part);
    if (!bytes) continue;
    try {
      const { assessment, template } = await engine.examine(await decodeGrey(bytes, { ppi: PRINT_PPI }));
      const claimed = tries[kept ?? -1]?.quality;
      measures[position] = assessment.score;
      if (claimed !== undefined) measures[`${position}-at-booth`] = claimed;
      if (assessment.score < PIPELINE_LIMITS.printQuality) reason ??= "review/print-below";
      const difference = Math.abs(assessment.score - (claimed ?? assessment.score));
      if (difference > PIPELINE_LIMITS.printQualityDifference) reason ??= "review/print-numbers-differ";
      templates.push({ name: templatePart(position), mediaType: TEMPLATE_TYPE, bytes: serialize(template) });
    } catch (error) {
      if (!isCoded(error)) throw error;
      if (error.code === "review/finger-engine-failed") return { check: notChecked(name, error.code), templates };
      reason = error.code;
    }
  }
  if (reason !== null) return { check: failed(name, reason, measures), templates };
  if (templates.length === 0) return { check: notChecked(name, "review/prints-absent"), templates };
  return { check: passed(name, measures), templates };
}
