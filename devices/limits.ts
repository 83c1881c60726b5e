/** Every size and duration of the devices room, in one place. Milliseconds, bytes, pixels, frames, as each name says. */

export const cameraLimits = {
  /** A JPEG of 20 megapixels at high quality is about 8 MB; what is larger is not a frame. */
  frameBytes: 16 * 1024 * 1024,
  /** A frame must be at most this many pixels wide or high before anything decodes it. */
  framePixelsPerSide: 8192,
  previewWidth: 640,
  previewQuality: 75,
  /** No frame for so long: the camera is frozen. */
  frozenAfterMs: 3_000,
  /** The first frame may take longer: cameras adjust their exposure, ffmpeg probes. */
  firstFrameMs: 10_000,
  stillTimeoutMs: 5_000,
  /** Per frame of a burst, beyond the first. */
  slowestFrameMs: 250,
  /** How often a frame is measured for being black. */
  blackCheckEveryMs: 1_000,
  /** Mean luminance (0–255) at or under which a frame counts as black: a covered lens, a lamp that failed. */
  blackLuminance: 6,
  burstFrames: 50,
  /** Between the stills of a burst, so that a blink that spoils one spares the next. */
  burstSpacingMs: 120,
} as const;

/** The person's own browser: they may look at its question for a while before they allow the camera. */
export const browserCameraLimits = {
  firstFrameMs: 60_000,
  frozenAfterMs: 10_000,
} as const;

export const fingerprintLimits = {
  captureTimeoutMs: 60_000,
  /** Four fingers at 1000 ppi are 3200 × 3000 pixels; what is larger is not a print. */
  imageSide: 4096,
  openTimeoutMs: 10_000,
  /** libfprint counts in pixels per millimetre and many of its drivers leave it at 0: then this is assumed. */
  defaultPpi: 500,
} as const;

export const smartcardLimits = {
  waitForCardMs: 120_000,
  connectTimeoutMs: 5_000,
  /** Between two attempts to connect to a card that another program uses. */
  busyRetryMs: 300,
  /** How long the first list of readers waits for them to tell of their cards. */
  settleMs: 300,
  /** A chip may take seconds for one RSA operation; the reader keeps it alive with waiting-time extensions. */
  transmitTimeoutMs: 20_000,
  /** How long a reader's word that the card is gone may lag behind a command that failed: pcscd looks every 400 ms. */
  resettleMs: 1_500,
  /** An extended command: header, three bytes of length, 65 535 of data, three of expected length. */
  commandBytes: 65_544,
  /** An extended response: 65 536 of data and two of status. */
  responseBytes: 65_538,
} as const;

export const scannerLimits = {
  pageBytes: 32 * 1024 * 1024,
  pagePixelsPerSide: 12_000,
  pageTimeoutMs: 30_000,
  codeTimeoutMs: 120_000,
  /** The largest QR code holds 4296 characters; a slip needs far fewer. */
  codeLength: 4_296,
} as const;

export const signatureLimits = {
  captureTimeoutMs: 180_000,
} as const;

export const printerLimits = {
  slipBytes: 4 * 1024 * 1024,
  printTimeoutMs: 20_000,
  /** Slips that wait in memory for the screen; the oldest goes first. */
  slipsKept: 20,
} as const;

export const supervisorLimits = {
  /** A driver that has not opened its device by then hangs. */
  openMs: 15_000,
  listMs: 5_000,
  closeMs: 3_000,
  /** After an abort or its own time-out a call must settle within this, or its driver counts as hung. */
  graceMs: 2_000,
  /** Back-off before the next attempt to open: doubles from the first to the last. */
  firstRetryMs: 250,
  lastRetryMs: 10_000,
  /** A device that stayed up for so long starts its back-off afresh. */
  steadyMs: 30_000,
  /** How often devices without hot-plug events are looked for. */
  pollMs: 2_000,
  /** Entries of each device's health history. */
  historyEntries: 100,
} as const;

/** The child processes that hold what may hang. */
export const childLimits = {
  startMs: 10_000,
  /** After a child that did not start; doubles with each failure. */
  firstRestartMs: 1_000,
  /** A living child answers a ping within this, whatever its library does in other threads. */
  pingEveryMs: 2_000,
  pingAnswerMs: 5_000,
  /** From the polite request to end until SIGKILL. */
  endMs: 1_500,
  messageBytes: 32 * 1024 * 1024,
} as const;
