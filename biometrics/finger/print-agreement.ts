/** Whether fresh prints are those of a document, by their scores: one rule for the booth and for the server that judges again. */

/** Best score of one fresh print against each of the document's, by its place there. */
export interface PrintScore {
  readonly position: string;
  readonly place: number;
  readonly score: number;
}

export type PrintAgreement = "agree" | "differ" | "other-fingers";

/**
 * A finger that both have must agree, else `differ`. Prints that were swapped between two fingers count as the fingers that they are. With no
 * finger in common nothing is said: `other-fingers`.
 * @param fresh positions of the fresh prints
 * @param held positions of the document's prints by their place; null where it does not say
 */
export function printAgreement(
  fresh: readonly string[],
  held: readonly (string | null)[],
  scores: readonly PrintScore[],
  threshold: number,
): PrintAgreement {
  const agrees = (position: string) => scores.some((one) => one.position === position && one.score >= threshold);
  const inBoth = (position: string) => held.some((one) => one === null || one === position);
  if (fresh.some((position) => inBoth(position) && !agrees(position))) return "differ";
  return fresh.some(agrees) ? "agree" : "other-fingers";
}
