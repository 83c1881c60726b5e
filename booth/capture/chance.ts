import type { RandomBytes } from "../../crypto/environment.ts";

const BYTES = 4;

/** Numbers 0 … 1 (not included), as `Math.random` gives them, from a source that nobody can foresee. */
export const chanceOf = (random: RandomBytes) => (): number =>
  Buffer.from(random(BYTES)).readUInt32BE() / 2 ** (8 * BYTES);
