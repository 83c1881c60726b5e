/** Durations and thresholds of the capture loops. */
export const captureLimits = {
  /** Pixels across of the frames that the guide looks at. */
  guideFrameWidth: 640,
  /** Milliseconds that a try's result is shown at the least before the next one. */
  resultShownMs: 1200,
  /** Milliseconds to wait for a finger to be lifted, for sensors that do not tell. */
  liftWaitMs: 8000,
  /** Milliseconds between looks for a signature pad. */
  padLookMs: 1000,
  /** Milliseconds to wait for a finger, or a document, before looking at the device again. */
  waitForPersonMs: 30_000,
  /** Match score (10 · −log10 of the false-match rate) from which two prints are taken for the same finger. */
  sameFinger: 40,
} as const;
