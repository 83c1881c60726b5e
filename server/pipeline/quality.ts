/** Measures portrait and prints again, here: a booth's own number is a claim. The prints' templates are kept for comparison. */
import { serialize } from "node:v8";
import type { PortraitAssessment } from "../../biometrics/face/assessment.ts";
import type { FaceComparer } from "../../biometrics/face/detector.ts";
import { faceLimits, type PassLimits } from "../../biometrics/face/limits.ts";
import type { FaceObservation } from "../../biometrics/face/observation.ts";
import { presentationSignals } from "../../biometrics/face/presentation/signal-names.ts";
import type { PresentationSignal } from "../../biometrics/face/presentation/signals.ts";
import { decodeGrey, decodeImage } from "../../biometrics/image/codec.ts";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import type { Enrolment } from "../../crypto/package/enrolment.ts";
import type { StoredCheck } from "../store/cases.ts";
import type { StoredPart } from "../store/parts.ts";
import { checkChipPrints, type FreshPrint } from "./chip-prints.ts";
import { checkCut } from "./cut.ts";
import type { FingerEngine } from "./finger-engine.ts";
import type { Knowledge } from "./knowledge.ts";
import { checkLikeness } from "./likeness.ts";
import { PIPELINE_LIMITS } from "./limits.ts";
import { portraitPolicy } from "./portrait-limits.ts";
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

export function qualityStage(engines: QualityEngines, known: Pick<Knowledge, "policies">): PipelineStage {
  return {
    name: "quality",
    async run(input) {
      const enrolment = await input.enrolment();
      const prints = await measurePrints(enrolment?.fingers ?? [], engines.finger, input);
      const { caseId } = input.record;
      const sealer = await input.store.parts.resealer(input.record);
      const sealed = prints.templates.map((part) => ({ ...part, sealed: sealer(part.name, part.bytes) }));
      return {
        checks: [
          await checkCut(enrolment, input),
          ...(await checkPortrait(engines, known, enrolment, input)),
          await checkLikeness(engines.face, input),
          prints.check,
          await checkChipPrints(engines.finger, prints.fresh, enrolment, input),
        ],
        commit: () => {
          for (const { name, mediaType, sealed: bytes } of sealed) {
            input.store.parts.insert(caseId, { name, mediaType, sealed: bytes });
          }
        },
      };
    },
  };
}

/** The measures, and the signs of a picture held before the camera, of the same look at the portrait. */
async function checkPortrait(
  engines: QualityEngines,
  known: Pick<Knowledge, "policies">,
  enrolment: Enrolment | undefined,
  input: StageInput,
): Promise<StoredCheck[]> {
  const name = "quality/portrait";
  const presentation = "quality/presentation";
  const neither = (reason: string) => [notChecked(name, reason), notChecked(presentation, reason)];
  const bytes = await input.part("portrait");
  if (!bytes) return neither("review/portrait-absent");
  try {
    const image = await decodeImage(bytes);
    const detector = await engines.face();
    if (!detector) return neither("review/face-engine-absent");
    const policy = portraitPolicy(input.package.manifest.policyHash, await known.policies());
    const assessed = await detector.assess(image, policy.pass);
    const { score, pass, hint, measures, presentation: signals, observation } = assessed;
    const size = { width: image.width, height: image.height };
    const values = valuesOf(measures, policy.pass);
    const judged = { policyVersion: policy.version, policySource: policy.source };
    const shown = { score, hint, ...size, ...marksOf(observation), values, ...judged };
    const worst = Object.entries(measures).filter(([, measure]) => !measure.pass);
    return [
      pass
        ? passed(name, shown)
        : failed(name, "review/portrait-below", { ...shown, below: worst.map(([measure]) => measure).join(", ") }),
      checkPresentation(signals, enrolment),
    ];
  } catch (error) {
    if (isCoded(error)) return [failed(name, error.code), notChecked(presentation, error.code)];
    throw error;
  }
}

/** Every measure that has a limit, `Name value limit`, with semicolons between: what the operator reads beside the picture. */
function valuesOf(measures: PortraitAssessment["measures"], pass: PassLimits): string {
  const limits: Readonly<Record<string, number>> = { ...faceLimits.pass, ...pass };
  return Object.entries(measures)
    .filter(([name]) => name in limits)
    .map(([name, { value }]) => `${name} ${Math.round(10 * value) / 10} ${limits[name]}`)
    .join("; ");
}

/**
 * For drawing: where the right eye, the left eye, the chin and the top of the head of the largest face are (x and y of each in thousandths
 * of the picture), how the head is turned (degrees), how far the eyes are apart (pixels).
 */
function marksOf({ faces, width, height }: FaceObservation): Record<string, string | number | null> {
  const [face] = faces;
  if (face === undefined) return { marks: null };
  const places = [face.eyes.right, face.eyes.left, face.chin, face.crown];
  const tenth = (value: number) => Math.round(10 * value) / 10;
  return {
    marks: places.map(({ x, y }) => `${Math.round((1000 * x) / width)} ${Math.round((1000 * y) / height)}`).join(" "),
    yaw: tenth(face.pose.yaw),
    pitch: tenth(face.pose.pitch),
    roll: tenth(face.pose.roll),
    eyeDistance: Math.round(face.interEyeDistance),
  };
}

/** What is seen here, and what the booth saw of the portrait in its full frame, in motion, and of what it asked and showed. */
function checkPresentation(signals: readonly PresentationSignal[], enrolment: Enrolment | undefined): StoredCheck {
  const name = "quality/presentation";
  const sent = enrolment?.portrait.candidates.find(({ part }) => part === "portrait");
  const measures: Record<string, number> = {};
  const suspicious = new Set<string>();
  for (const signal of [...signals, ...boothSignals(sent)]) {
    measures[signal.name] = Math.min(signal.value, measures[signal.name] ?? 100);
    if (signal.suspicious) suspicious.add(signal.name);
  }
  if (Object.keys(measures).length === 0) return notChecked(name, "face/none");
  const seen = { ...measures, score: Math.min(...Object.values(measures)) };
  if (suspicious.size === 0) return passed(name, seen);
  return failed(name, "review/presentation-suspicious", { ...seen, signals: [...suspicious].join(", ") });
}

/** Names that are none of ours say nothing here. Packages of older booths have them among the portrait's measures. */
function boothSignals(sent: Enrolment["portrait"]["candidates"][number] | undefined) {
  const told =
    sent?.presentation?.signals ??
    (sent?.measures ?? []).map(({ name, value, passes }) => ({ name, value, suspicious: !passes }));
  return told.filter(({ name }) => (presentationSignals as readonly string[]).includes(name));
}

interface MeasuredPrints {
  readonly check: StoredCheck;
  readonly templates: readonly (StoredPart & { readonly bytes: Buffer })[];
  readonly fresh: readonly FreshPrint[];
}

async function measurePrints(
  fingers: Enrolment["fingers"],
  engine: FingerEngine,
  input: StageInput,
): Promise<MeasuredPrints> {
  const name = "quality/prints";
  const measures: Record<string, number | string> = {};
  const templates: (StoredPart & { bytes: Buffer })[] = [];
  const fresh: FreshPrint[] = [];
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
      fresh.push({ position, template });
    } catch (error) {
      if (!isCoded(error)) throw error;
      if (error.code === "review/finger-engine-failed")
        return { check: notChecked(name, error.code), templates, fresh };
      reason = error.code;
    }
  }
  if (reason !== null) return { check: failed(name, reason, measures), templates, fresh };
  if (templates.length === 0) return { check: notChecked(name, "review/prints-absent"), templates, fresh };
  return { check: passed(name, measures), templates, fresh };
}
