/** The best of several captures of one finger is the one that matches the others best (row B4). */
import { matchTemplates } from "./match.ts";
import type { Template } from "./template.ts";

export interface BestOf {
  /** Which capture to keep; -1 when there is none. */
  readonly index: number;
  /** All scores; the diagonal is 0. */
  readonly matrix: readonly (readonly number[])[];
}

/** Compares every pair; ties and a single capture go to the template with the most minutiae. */
export function bestOfN(templates: readonly Template[]): BestOf {
  const matrix = templates.map(() => new Array<number>(templates.length).fill(0));
  for (let i = 0; i < templates.length; i++) {
    for (let j = i + 1; j < templates.length; j++) {
      const { score } = matchTemplates(templates[i]!, templates[j]!);
      matrix[i]![j] = score;
      matrix[j]![i] = score;
    }
  }
  const total = (i: number) => matrix[i]!.reduce((sum, score) => sum + score, 0);
  let index = templates.length > 0 ? 0 : -1;
  for (let i = 1; i < templates.length; i++) {
    const gain = total(i) - total(index);
    const fuller = templates[i]!.minutiae.length > templates[index]!.minutiae.length;
    if (gain > 0 || (gain === 0 && fuller)) index = i;
  }
  return { index, matrix };
}
