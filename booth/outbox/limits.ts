/** Limits of the outbox, with their units; the booth's policy will be able to change them. */
export const OUTBOX_LIMITS = {
  /** Bytes of waiting packages. */
  bytes: 8 * 2 ** 30,
  /** Milliseconds to the next try after one that got further before it failed: the link is there, it only broke. */
  afterProgressMs: 200,
  /** Milliseconds to the first repeated try, and the longest between two tries. */
  firstRetryMs: 1000,
  longestRetryMs: 10 * 60_000,
  /** Bytes sent in one tus request: how much must be asked for again where a reply was lost. */
  requestBytes: 512 << 10,
  /** Slowest link that is still a link, bytes per second: what is slower is taken for dead. */
  slowestBytesPerSecond: 2000,
  /** Milliseconds for connecting and answering, on top of the time for the bytes. */
  answerMs: 60_000,
  /** Milliseconds between two questions for decisions, while some are awaited. */
  statusEveryMs: 15_000,
  /** Milliseconds after which the server is asked for its signed time again: 2.4 KB on the link. */
  heartbeatEveryMs: 15 * 60_000,
  /** Milliseconds over which the rate of the forecast is measured. */
  forecastWindowMs: 6 * 3_600_000,
  /** Days that a delivered package's line is kept for the status page. */
  keepReceivedDays: 30,
} as const;

export type OutboxLimits = { readonly [Name in keyof typeof OUTBOX_LIMITS]: number };
