/** The finger engine as the pipeline uses it; the computing is cut into turns so that the intake is never kept waiting long. */
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  assessFinger,
  extractTemplate,
  type FingerAssessment,
  matchTemplates,
  type Template,
} from "../../biometrics/finger/finger.ts";
import type { GreyImage } from "../../biometrics/image/image.ts";

export interface FingerEngine {
  examine(print: GreyImage): Promise<{ assessment: FingerAssessment; template: Template }>;
  /** Match score; larger = more surely the same finger. */
  compare(a: Template, b: Template): Promise<number>;
}

export const fingerEngine: FingerEngine = {
  async examine(print) {
    const assessment = assessFinger(print);
    await nextTurn();
    const template = extractTemplate(print);
    await nextTurn();
    return { assessment, template };
  },
  async compare(a, b) {
    const { score } = matchTemplates(a, b);
    await nextTurn();
    return score;
  },
};
