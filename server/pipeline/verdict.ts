/** What stands beside every verdict on fingers: score, false-match rate, threshold, and which extractor made the templates. */

import type { Template } from "../../biometrics/finger/finger.ts";
import { MEASURED_TO } from "../../biometrics/finger/limits.ts";

export interface VerdictMeasures {
  readonly score: number;
  readonly threshold: number;
  /** The false-match rate at which the comparison would just pass: docs/fingers.md says how it was measured, and up to where. */
  readonly falseMatchRate: number;
  readonly extrapolated: boolean;
  /** Versions of the extractors, such as `kabina-finger-1`. */
  readonly template: string;
  readonly [name: string]: number | string | boolean;
}

export function verdictMeasures(score: number, threshold: number, templates: readonly Template[]): VerdictMeasures {
  return {
    score: Math.round(score * 10) / 10,
    threshold: Math.round(threshold * 10) / 10,
    falseMatchRate: Number((10 ** (-score / 10)).toPrecision(2)),
    extrapolated: score > MEASURED_TO,
    template: [...new Set(templates.map(({ version }) => version))].join(", "),
  };
}
