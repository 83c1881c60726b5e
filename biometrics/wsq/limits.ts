/** Limits of the WSQ reader, checked before anything is allocated. */

/** Pixels of an accepted picture: a ten-print card at 1000 ppi. */
export const MAX_PIXELS = 64_000_000;
/** A larger picture than this (a slap) must have a byte of file for so many pixels; WSQ's usual rates give 10 to 25. */
export const FREE_PIXELS = 4_000_000;
export const MOST_PIXELS_PER_BYTE = 1_000;
/** Sides of an accepted picture; below the least the subbands are shorter than the filters. */
export const LEAST_SIDE = 64;
export const MOST_SIDE = 16_384;
/** Taps of a filter (IAFIS-IC-0110 v3.1 §A.4.4.3: 31 symmetric, 32 half-sample symmetric). */
export const MOST_TAPS = 32;
