/** Numbers the matcher looks up, the same for the compiled and the plain one, so that both give the same bits. */

/** Sine of a turn in 1,024 parts, in 1/32,768; the cosine lies a quarter further on. */
export const SINE = Int16Array.from({ length: 1024 + 256 }, (_, k) =>
  Math.min(32_767, Math.round(32_768 * Math.sin((2 * Math.PI * k) / 1024))),
);
/** Natural logarithms of 0 (taken as 1) to 4,095. */
export const LOGARITHM = Float64Array.from({ length: 4096 }, (_, k) => Math.log(Math.max(1, k)));

/** Best descriptor pairs tried as an alignment. */
export const SEEDS = 24;
/** Of these, how many are judged by the flow of the ridges too, and how many are laid on exactly. */
export const LOOKED_AT = 4;
export const REFINED = 2;
/** Without flow, how many are tried, and how many laid on exactly. */
export const SEEDS_BARE = 32;
export const REFINED_BARE = 12;
/** A pose is laid on only when it is farther than this from the best before it: parts of 65,536 of a turn, and pixels. */
export const SAME_TURN = 1820;
export const SAME_PLACE = 8;
/** Worth of a pose: points for a minutia that finds one, and off for one that should have, and for unlike descriptors. */
export const FOUND = 40;
export const MISSED = 16;
export const UNLIKE = 5;
/** Descriptors farther apart than this have nothing in common (0..255, see packed-template.ts). */
export const FAR = 64;
/** Log-odds of the first look, docs/fingers.md. */
export const LOOK = { found: 4.88, shown: -6.86, turn: -1.9, cells: 2.38, period: -57.7, constant: 5.4 } as const;
/** Poses below these log-odds are not laid on exactly: about one impostor in twenty gets further. */
export const CUT = -2.2;
