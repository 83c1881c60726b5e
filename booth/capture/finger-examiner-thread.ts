/** The examiner's thread: looks at live pictures, judges prints and compares them. Started by `finger-examiner.ts`. */
import { parentPort } from "node:worker_threads";
import {
  assessFinger,
  extractTemplate,
  type FingerAssessment,
  matchTemplates,
  type Template,
} from "../../biometrics/finger/finger.ts";
import type { GreyImage } from "../../biometrics/image/image.ts";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import { Stillness } from "./stillness.ts";

export type ExaminerRequest =
  | { readonly kind: "observe"; readonly image: GreyImage }
  | {
      readonly kind: "examine";
      readonly id: string;
      readonly image: GreyImage;
      /** The prints to compare with; a picture only of those that this thread has not seen. */
      readonly others: readonly { readonly id: string; readonly image: GreyImage | null }[];
    };

/** What a live picture shows. */
export interface FingerSight {
  readonly present: boolean;
  readonly centred: boolean;
  readonly still: boolean;
  readonly reasons: FingerAssessment["reasons"];
}

export interface Examination {
  readonly assessment: FingerAssessment;
  /** Match scores by the id of the other print. */
  readonly scores: Readonly<Record<string, number>>;
  readonly engine: string;
}

export interface ExaminerReply {
  readonly sight?: FingerSight;
  readonly examination?: Examination;
  readonly failure?: { readonly code: string; readonly details: Readonly<Record<string, string | number>> };
}

const templates = new Map<string, Template>();
const stillness = new Stillness();

function observe(image: GreyImage): FingerSight {
  const { present, reasons } = assessFinger(image);
  const still = stillness.observe(image) && present;
  return {
    present,
    still,
    centred: present && !reasons.includes("shifted") && !reasons.includes("too-small"),
    reasons,
  };
}

function examine({ id, image, others }: Extract<ExaminerRequest, { kind: "examine" }>): Examination {
  const assessment = assessFinger(image);
  const template = extractTemplate(image);
  const scores: Record<string, number> = {};
  for (const other of others) {
    if (other.image !== null) templates.set(other.id, extractTemplate(other.image));
    const known = templates.get(other.id);
    if (known !== undefined) scores[other.id] = Math.round(matchTemplates(template, known).score * 10) / 10;
  }
  templates.set(id, template);
  return { assessment, scores, engine: template.version };
}

parentPort?.on("message", (request: ExaminerRequest) => {
  try {
    const reply: ExaminerReply =
      request.kind === "observe" ? { sight: observe(request.image) } : { examination: examine(request) };
    parentPort?.postMessage(reply);
  } catch (error) {
    const failure = isCoded(error)
      ? { code: error.code, details: error.details as Record<string, string | number> }
      : { code: "finger/engine-failed", details: { reason: error instanceof Error ? error.message : "unknown" } };
    parentPort?.postMessage({ failure } satisfies ExaminerReply);
  }
});
