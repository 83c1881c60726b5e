/** Thresholds of the pipeline, with their units; policy will be able to change them. */
export const PIPELINE_LIMITS = {
  /** Quality of a print below which an operator must look, 0–100. */
  printQuality: 40,
  /** Points by which booth and server may differ on the same print. */
  printQualityDifference: 15,
  /** Match score (10 · −log10 of the false-match rate) from which two prints are taken for the same finger. */
  sameFinger: 40,
  /** Of a search through everybody: false hits that one search in so many may give, as a score. The threshold grows with the gallery. */
  falseHitPerSearch: 20,
  /** Milliseconds after which the loading of the gallery lets the intake breathe. */
  galleryBreathMs: 20,
} as const;

/** The score from which a search through so many people calls somebody enrolled before. */
export function searchThreshold(people: number): number {
  return Math.max(PIPELINE_LIMITS.sameFinger, PIPELINE_LIMITS.falseHitPerSearch + 10 * Math.log10(Math.max(1, people)));
}
