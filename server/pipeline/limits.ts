/** Thresholds of the pipeline, with their units; policy will be able to change them. */
export const PIPELINE_LIMITS = {
  /** Milliseconds a booth's clock may differ from what else is known of the time. */
  clockToleranceMs: 10 * 60_000,
  /** Quality of a print below which an operator must look, 0–100. */
  printQuality: 40,
  /** Points by which booth and server may differ on the same print. */
  printQualityDifference: 15,
  /** Match score from which two prints are taken for the same finger. */
  sameFinger: 40,
  /** People compared with, newest first; more needs an engine of its own. */
  duplicatesComparedWith: 300,
} as const;
