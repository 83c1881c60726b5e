/**
 * What a module may not reach for by itself: time and randomness come in as arguments, so that a recorded run replays
 * and a published vector can be checked.
 */

/** Time as the caller wants it seen. */
export interface Clock {
  /** Wall-clock time. */
  now(): Date;
  /** Milliseconds on a clock that never goes back, from an arbitrary origin. */
  monotonic(): number;
}

/** Returns `length` bytes that nobody can foresee (or, in a test, that are always the same). */
export type RandomBytes = (length: number) => Uint8Array;
