/** Durations and thresholds of the capture loops. */
export const captureLimits = {
  /** Pixels across of the frames that the guide looks at. */
  guideFrameWidth: 640,
  /** Colours that the screen shows while a burst is judged, half a second each. */
  colours: 5,
  /** Live pictures that a camera must give of each colour, so that it can be told whether the face threw it back. */
  picturesOfColour: 2,
  /** Milliseconds between the pictures that are looked at for it, and for those that are still on the way when the last colour is over. */
  lightEveryMs: 110,
  colourLagMs: 250,
  /** Milliseconds that the camera has for its first picture of a challenge, and that "thank you" stands. */
  firstPictureMs: 3000,
  thanksMs: 700,
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
