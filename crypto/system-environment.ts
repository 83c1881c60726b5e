/** The real clock and the real source of randomness; only `cli/` and the two `main.ts` files pass these in. */
import { randomBytes } from "node:crypto";
import type { Clock, RandomBytes } from "./environment.ts";

export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
};

export const systemRandom: RandomBytes = (length) => new Uint8Array(randomBytes(length));
