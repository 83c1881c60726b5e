// How unlike minutiae are by what lies around them, and the pairs that are most alike.
import { CANDIDATE, COUNT, GALLERY, part, PROBE, SEED_COUNT, SEEDS } from "./print";
import { apart, probes, scratch } from "./tables";

const CYLINDER_BYTES: usize = 64;
/** The most alike pairs, i32 each: i · 256 + j. */
export const SEED_PAIR: usize = 0;

/** Spreads each byte of the seeds' descriptors over a vector, once for many comparisons. */
export function spread(a: usize): void {
  const count = <usize>load<i32>(a + SEED_COUNT);
  const from = part(a, PROBE);
  const seeds = part(a, SEEDS);
  for (let n: usize = 0; n < count; n++) {
    const row = from + (<usize>load<u8>(seeds + n) << 4);
    const to = probes + (n << 8);
    for (let k: usize = 0; k < 16; k++) v128.store(to + (k << 4), v128.load8_splat(row + k));
  }
}

// @ts-ignore: decorator
@inline
function unlike(g: usize, p: usize, k: usize): v128 {
  return i8x16.abs(i8x16.sub(v128.load(p + (k << 4)), v128.load(g + (k << 4))));
}

/** Fills `apart`, a row for each seed of the first print. */
export function flowDistances(a: usize, b: usize): void {
  const countA = load<i32>(a + SEED_COUNT);
  const countB = load<i32>(b + SEED_COUNT);
  const blocks = (countB + 15) >> 4;
  const wide = <usize>blocks << 4;
  const gallery = part(b, GALLERY);
  const lanes = v128(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const rest = countB & 15;
  // Lanes past the last minutia are as far as can be.
  const past = rest == 0 ? i8x16.splat(0) : i8x16.ge_u(lanes, i8x16.splat(<i8>rest));
  for (let i: i32 = 0; i < countA; i++) {
    const p = probes + (<usize>i << 8);
    const row = apart + <usize>i * wide;
    for (let block: i32 = 0; block < blocks; block++) {
      const g = gallery + (<usize>block << 8);
      const d01 = i8x16.avgr_u(unlike(g, p, 0), unlike(g, p, 1));
      const d23 = i8x16.avgr_u(unlike(g, p, 2), unlike(g, p, 3));
      const d03 = i8x16.avgr_u(d01, d23);
      const d45 = i8x16.avgr_u(unlike(g, p, 4), unlike(g, p, 5));
      const d67 = i8x16.avgr_u(unlike(g, p, 6), unlike(g, p, 7));
      const d47 = i8x16.avgr_u(d45, d67);
      const d07 = i8x16.avgr_u(d03, d47);
      const d89 = i8x16.avgr_u(unlike(g, p, 8), unlike(g, p, 9));
      const dab = i8x16.avgr_u(unlike(g, p, 10), unlike(g, p, 11));
      const d8b = i8x16.avgr_u(d89, dab);
      const dcd = i8x16.avgr_u(unlike(g, p, 12), unlike(g, p, 13));
      const def = i8x16.avgr_u(unlike(g, p, 14), unlike(g, p, 15));
      const dcf = i8x16.avgr_u(dcd, def);
      const d8f = i8x16.avgr_u(d8b, dcf);
      let d = i8x16.avgr_u(d07, d8f);
      if (block == blocks - 1) d = v128.or(d, past);
      v128.store(row + (<usize>block << 4), d);
    }
  }
}

/** The same number for minutia `i` of the first print and `j` of the second, whether seeds or not. */
// @ts-ignore: decorator
@inline
export function flowDistance(a: usize, b: usize, i: usize, j: usize): i32 {
  const d = i8x16.abs(i8x16.sub(v128.load(part(a, PROBE) + (i << 4)), v128.load(part(b, CANDIDATE) + (j << 4))));
  const by2 = i8x16.avgr_u(d, i16x8.shr_u(d, 8));
  const by4 = i8x16.avgr_u(by2, i32x4.shr_u(by2, 16));
  const by8 = i8x16.avgr_u(by4, i64x2.shr_u(by4, 32));
  return (i8x16.extract_lane_u(by8, 0) + i8x16.extract_lane_u(by8, 8) + 1) >> 1;
}

/** From cylinder codes, for prints of which only minutiae are known; a row for each minutia of the first print. */
export function cylinderDistances(a: usize, b: usize, codesA: usize, codesB: usize): void {
  const countA = load<i32>(a + COUNT);
  const countB = load<i32>(b + COUNT);
  const wide = (countB + 15) & ~15;
  memory.fill(apart, 255, <usize>(countA * wide));
  for (let i: i32 = 0; i < countA; i++) {
    const p = codesA + <usize>i * CYLINDER_BYTES;
    for (let j: i32 = 0; j < countB; j++) {
      const q = codesB + <usize>j * CYLINDER_BYTES;
      let both: i64 = 0;
      for (let w: usize = 0; w < 56; w += 8) both += i64.popcnt(load<i64>(p + w) & load<i64>(q + w));
      both += <i64>i32.popcnt(load<i32>(p + 56) & load<i32>(q + 56));
      const ones = load<i32>(p + 60) + load<i32>(q + 60);
      if (both > 0) store<u8>(apart + <usize>(i * wide + j), <u8>(64 - (128 * <i32>both) / ones));
    }
  }
}

/** Distances at or below a threshold. */
function atMost(threshold: i32, size: i32): i32 {
  const t = i8x16.splat(<i8>threshold);
  let total: i32 = 0;
  let k: i32 = 0;
  while (k < size) {
    // A lane counts to at most 255.
    const end = min(size, k + 16 * 240);
    let counts = i8x16.splat(0);
    for (; k < end; k += 16) counts = i8x16.sub(counts, i8x16.le_u(v128.load(apart + <usize>k), t));
    const wide = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(counts));
    total +=
      i32x4.extract_lane(wide, 0) +
      i32x4.extract_lane(wide, 1) +
      i32x4.extract_lane(wide, 2) +
      i32x4.extract_lane(wide, 3);
  }
  return total;
}

/** Writes the most alike pairs (row · 256 + column of `apart`) to SEED_PAIR, at most `most`; returns how many. */
export function bestPairs(rows: i32, wide: i32, most: i32): i32 {
  const size = rows * wide;
  // The largest threshold below 254 that no more than `most` distances reach.
  let low: i32 = -1;
  let high: i32 = 254;
  let below: i32 = 0;
  let middle: i32 = 15;
  while (high - low > 1) {
    const count = atMost(middle, size);
    if (count <= most) {
      low = middle;
      below = count;
    } else high = middle;
    // Most prints' best pairs differ little: from below the steps double.
    middle = high == 254 ? min(253, 2 * middle + 1) : (low + high) >> 1;
  }
  let more = low + 1 < 255 ? most - below : 0;
  const next = i8x16.splat(<i8>(low + 1));
  let found: i32 = 0;
  for (let k: i32 = 0; k < size && found < most; k += 16) {
    let mask = i8x16.bitmask(i8x16.le_u(v128.load(apart + <usize>k), next));
    while (mask != 0) {
      const at = k + i32.ctz(mask);
      mask &= mask - 1;
      if (<i32>load<u8>(apart + <usize>at) > low) {
        if (more <= 0) continue;
        more--;
      }
      const i = at / wide;
      store<i32>(scratch + SEED_PAIR + (<usize>found << 2), (i << 8) | (at - i * wide));
      found++;
    }
  }
  return found;
}
