import type { PortraitAssessment } from "./assessment.ts";

/** A portrait's place among those of one session. */
export interface RankedPortrait {
  /** Its index in what was given. */
  readonly index: number;
  readonly score: number;
  readonly pass: boolean;
}

/**
 * Orders portraits, best first: those that pass before those that do not, then by score, then as given. The machine's choice
 * is the first; the person may take another.
 */
export function rankPortraits(assessments: readonly PortraitAssessment[]): readonly RankedPortrait[] {
  return assessments
    .map(({ score, pass }, index) => ({ index, score, pass }))
    .sort((a, b) => Number(b.pass) - Number(a.pass) || b.score - a.score || a.index - b.index);
}
