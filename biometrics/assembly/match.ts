// The matcher's loops, in AssemblyScript with SIMD; biometrics/finger/match-plainly.ts holds the same in plain TypeScript and
// explains it; a test holds one against the other, bit by bit. Layout of a print: biometrics/finger/packed-template.ts.
// Build: node biometrics/assembly/build.mjs

// Header words of a packed template.
const COUNT: usize = 0;
const COLUMNS: usize = 4;
const ROWS: usize = 8;
const HAS_FLOW: usize = 12;
const POINTS: usize = 16;
const FIRST_POINTS: usize = 20;
const PROBE: usize = 24;
const GALLERY: usize = 28;
const X: usize = 32;
const Y: usize = 36;
const DIRECTION: usize = 40;
const EXACT_X: usize = 44;
const EXACT_Y: usize = 48;
const STRIPS: usize = 52;
const MAP: usize = 56;
const POINT_X: usize = 60;
const POINT_Y: usize = 64;
const POINT_RIDGE: usize = 68;
const POINT_PERIOD: usize = 72;
const HOT: usize = 76;
const HOT_HALF: usize = 80;

const SEEDS: i32 = 32;
const CYLINDER_BYTES: usize = 64;

const NEAR: f64 = 9;
const STRETCH: f64 = 0.06;
const TURN: i32 = 4694;
const FIRST_SLACK: f64 = 1.5;
const FIRST_REACH: f64 = 130;
const EVERYWHERE: f64 = 1e9;
const REACH_PART: f64 = 1 / (145 * 145);
const NO_DRAG: f64 = 0.6;
const FINAL_NEAR: f64 = 9;
const OWN_TURN: f64 = 400;
const DEPTH: i32 = 3;
const STRIP: f64 = 8;
const STRIP_COUNT: f64 = 256;

// Scratch; fixed places given by match.ts through `setUp`.
let sines: usize = 0;
let logarithms: usize = 0;
let settings: usize = 0;
let apart: usize = 0;
let scratch: usize = 0;
let evidence: usize = 0;
let probes: usize = 0;
let masks: usize = 0;

// Settings, 64-bit floats.
const FOUND: usize = 0;
const MISSED: usize = 8;
const UNLIKE: usize = 16;
const LOOK_FOUND: usize = 24;
const LOOK_SHOWN: usize = 32;
const LOOK_TURN: usize = 40;
const LOOK_CELLS: usize = 48;
const LOOK_PERIOD: usize = 56;
const LOOK_CONSTANT: usize = 64;
const CUT: usize = 72;
const REFINED: usize = 80;
const REFINED_BARE: usize = 88;
const LOOKED_AT: usize = 96;

// Sections of the scratch, bytes; room for 160 minutiae.
const SEED_PAIR: usize = 0; // i32 × 32: i · 256 + j
const SEED: usize = 128; // up to 14 seeds of 48 bytes
const SEED_BYTES: usize = 48;
const MOVED_X: usize = 1024;
const MOVED_Y: usize = MOVED_X + 1280;
const SLACK: usize = MOVED_Y + 1280;
const WEIGHT: usize = SLACK + 1280;
const DRAG_X: usize = WEIGHT + 1280;
const DRAG_Y: usize = DRAG_X + 1280;
const PARTNER: usize = DRAG_Y + 1280;
const OWNER: usize = PARTNER + 640;
const BEST_PARTNER: usize = OWNER + 640;
const PAIR_OF: usize = BEST_PARTNER + 640;
const PAIRS: usize = PAIR_OF + 640;

// A seed: i32 turn, ax, ay, bx, by, worth, found, shown; f64 odds.
const S_TURN: usize = 0;
const S_AX: usize = 4;
const S_AY: usize = 8;
const S_BX: usize = 12;
const S_BY: usize = 16;
const S_WORTH: usize = 20;
const S_FOUND: usize = 24;
const S_SHOWN: usize = 28;
const S_ODDS: usize = 32;

// The pose at hand.
let turn: i32 = 0;
let cos: f64 = 1;
let sin: f64 = 0;
let ax: f64 = 0;
let ay: f64 = 0;
let bx: f64 = 0;
let by: f64 = 0;

// Results of `flowDifference`.
let flowTurn: i32 = 0;
let flowSquares: i32 = 0;
let flowPeriod: i32 = 0;
let flowCells: i32 = 0;

export function setUp(
  sineTable: usize,
  logarithmTable: usize,
  settingTable: usize,
  apartTable: usize,
  scratchSpace: usize,
  evidenceSpace: usize,
  probeSpace: usize,
  maskSpace: usize,
): void {
  sines = sineTable;
  logarithms = logarithmTable;
  settings = settingTable;
  apart = apartTable;
  scratch = scratchSpace;
  evidence = evidenceSpace;
  probes = probeSpace;
  masks = maskSpace;
  // Kept in memory: written as constants they would be made anew in every round of a loop.
  v128.store(masks, i32x4.splat(0xffff));
  v128.store(masks + 16, i32x4.splat(0));
  v128.store(masks + 32, i16x8.splat(0xff));
  v128.store(masks + 48, i16x8.splat(256));
}

// @ts-ignore: decorator
@inline
function part(print: usize, name: usize): usize {
  return print + <usize>load<i32>(print + name);
}

// @ts-ignore: decorator
@inline
function setting(name: usize): f64 {
  return load<f64>(settings + name);
}

// @ts-ignore: decorator
@inline
function sineOf(angle: i32): i32 {
  return load<i16>(sines + ((<usize>(angle & 0xffff) >> 6) << 1));
}

// @ts-ignore: decorator
@inline
function cosineOf(angle: i32): i32 {
  return load<i16>(sines + (((<usize>(angle & 0xffff) >> 6) + 256) << 1));
}

/** The evidence of a comparison, written as ten 64-bit floats; codes are 0 when both prints have ridge flow. */
export function compare(a: usize, b: usize, codesA: usize, codesB: usize): void {
  for (let k: usize = 0; k < 80; k += 16) v128.store(evidence + k, i32x4.splat(0));
  const countA = load<i32>(a + COUNT);
  const countB = load<i32>(b + COUNT);
  if (countA < 3 || countB < 3) return;
  const bare = codesA != 0;
  if (bare) cylinderDistances(countA, countB, codesA, codesB);
  else flowDistances(b, countA, countB);
  const pairs = bestPairs(countA, (countB + 15) & ~15);
  const seeds = offer(a, b, pairs, <i32>setting(bare ? REFINED_BARE : LOOKED_AT));
  if (!bare) {
    for (let k: i32 = 0; k < seeds; k++) look(a, b, seedAt(k));
    sortByOdds(seeds);
  }
  store<f64>(evidence, seeds > 0 ? load<f64>(seedAt(0) + S_ODDS) : -1e9);
  if (seeds == 0 || (!bare && load<f64>(evidence) < setting(CUT))) return;
  refine(a, b, bare ? seeds : min(seeds, <i32>setting(REFINED)));
}

/** Spreads each byte of the probe's descriptors over a vector, once for many comparisons. */
export function spread(a: usize): void {
  const count = <usize>load<i32>(a + COUNT);
  const from = part(a, PROBE);
  for (let k: usize = 0; k < count << 4; k++) v128.store(probes + (k << 4), v128.load8_splat(from + k));
}

// @ts-ignore: decorator
@inline
function unlike(g: usize, p: usize, k: usize): v128 {
  return i8x16.abs(i8x16.sub(v128.load(p + (k << 4)), v128.load(g + (k << 4))));
}

function flowDistances(b: usize, countA: i32, countB: i32): void {
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

function cylinderDistances(countA: i32, countB: i32, codesA: usize, codesB: usize): void {
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
    total += i32x4.extract_lane(wide, 0) + i32x4.extract_lane(wide, 1) + i32x4.extract_lane(wide, 2) + i32x4.extract_lane(wide, 3);
  }
  return total;
}

/** Writes the most alike pairs to SEED_PAIR; returns how many. */
function bestPairs(rows: i32, wide: i32): i32 {
  const size = rows * wide;
  // The largest threshold below 254 that no more than SEEDS distances reach.
  let low: i32 = -1;
  let high: i32 = 254;
  let below: i32 = 0;
  let middle: i32 = 15;
  while (high - low > 1) {
    const count = atMost(middle, size);
    if (count <= SEEDS) {
      low = middle;
      below = count;
    } else high = middle;
    // Most prints' best pairs differ little: from below the steps double.
    middle = high == 254 ? min(253, 2 * middle + 1) : (low + high) >> 1;
  }
  let more = low + 1 < 255 ? SEEDS - below : 0;
  const next = i8x16.splat(<i8>(low + 1));
  let found: i32 = 0;
  for (let k: i32 = 0; k < size && found < SEEDS; k += 16) {
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

// @ts-ignore: decorator
@inline
function seedAt(k: i32): usize {
  return scratch + SEED + <usize>k * SEED_BYTES;
}

/** Which cells of the second print's map eight places of the first fall into. */
// @ts-ignore: decorator
@inline
function cellsOf(
  x: v128,
  y: v128,
  right0: v128,
  down0: v128,
  c: v128,
  s: v128,
  lastColumn: v128,
  lastRow: v128,
  columns: v128,
): v128 {
  const right = i16x8.add(right0, i16x8.sub(i16x8.q15mulr_sat_s(x, c), i16x8.q15mulr_sat_s(y, s)));
  const down = i16x8.sub(down0, i16x8.add(i16x8.q15mulr_sat_s(x, s), i16x8.q15mulr_sat_s(y, c)));
  const column = i16x8.min_u(i16x8.shr_s(right, 3), lastColumn);
  const row = i16x8.min_u(i16x8.shr_s(down, 3), lastRow);
  return i16x8.add(i16x8.mul(row, columns), column);
}

// @ts-ignore: decorator
@inline
function scaled(v: i32, factor: i32): i32 {
  return (v * factor + 0x4000) >> 15;
}

/** Where the first print's origin falls, and a cell further for the map's border: to the right, and down. */
// @ts-ignore: decorator
@inline
function originRight(px: i32, py: i32, qx: i32, c: i32, s: i32): v128 {
  return i16x8.splat(<i16>(qx - scaled(px, c) + scaled(py, s) + 8));
}
// @ts-ignore: decorator
@inline
function originDown(px: i32, py: i32, qy: i32, c: i32, s: i32): v128 {
  return i16x8.splat(<i16>(-qy + scaled(px, s) + scaled(py, c) + 8));
}

// @ts-ignore: decorator
@inline
function firstFour(map: usize, at: v128): v128 {
  const zero = v128.load32_zero(map + (<usize>i16x8.extract_lane_u(at, 0) << 2));
  const one = v128.load32_lane(map + (<usize>i16x8.extract_lane_u(at, 1) << 2), zero, 1);
  const two = v128.load32_lane(map + (<usize>i16x8.extract_lane_u(at, 2) << 2), one, 2);
  return v128.load32_lane(map + (<usize>i16x8.extract_lane_u(at, 3) << 2), two, 3);
}

// @ts-ignore: decorator
@inline
function lastFour(map: usize, at: v128): v128 {
  const zero = v128.load32_zero(map + (<usize>i16x8.extract_lane_u(at, 4) << 2));
  const one = v128.load32_lane(map + (<usize>i16x8.extract_lane_u(at, 5) << 2), zero, 1);
  const two = v128.load32_lane(map + (<usize>i16x8.extract_lane_u(at, 6) << 2), one, 2);
  return v128.load32_lane(map + (<usize>i16x8.extract_lane_u(at, 7) << 2), two, 3);
}

// @ts-ignore: decorator
@inline
function copySeed(to: usize, from: usize): void {
  v128.store(to, v128.load(from));
  v128.store(to, v128.load(from, 16), 16);
  v128.store(to, v128.load(from, 32), 32);
}

/** Judges the pose of each pair and keeps the best, in order of worth; equals in order of the pairs. Returns how many. */
function offer(a: usize, b: usize, pairs: i32, most: i32): i32 {
  const xs = part(a, X);
  const ys = part(a, Y);
  const directions = part(a, DIRECTION);
  const xb = part(b, X);
  const yb = part(b, Y);
  const directionsB = part(b, DIRECTION);
  const hotWhole = part(a, HOT);
  const hotHalf = part(a, HOT_HALF);
  const bytes = <usize>load<i32>(a + COUNT) << 1;
  const padded = (load<i32>(a + COUNT) + 7) & ~7;
  const wideB = (load<i32>(b + COUNT) + 15) & ~15;
  const foundWorth = <i32>setting(FOUND);
  const missedWorth = <i32>setting(MISSED);
  const unlikeWorth = <i32>setting(UNLIKE);
  const columns = i16x8.splat(<i16>load<i32>(b + COLUMNS));
  const lastColumn = i16x8.splat(<i16>(load<i32>(b + COLUMNS) - 1));
  const lastRow = i16x8.splat(<i16>(load<i32>(b + ROWS) - 1));
  const map = part(b, MAP);
  const lowBits = v128.load(masks);
  const zero = v128.load(masks + 16);
  let seeds: i32 = 0;
  for (let n: i32 = 0; n < pairs; n++) {
    const pair = load<i32>(scratch + SEED_PAIR + (<usize>n << 2));
    const i = pair >> 8;
    const j = pair & 255;
    const angle = (<i32>load<i16>(directionsB + (<usize>j << 1)) - <i32>load<i16>(directions + (<usize>i << 1))) & 0xffff;
    const px = <i32>load<i16>(xs + (<usize>i << 1));
    const py = <i32>load<i16>(ys + (<usize>i << 1));
    const qx = <i32>load<i16>(xb + (<usize>j << 1));
    const qy = <i32>load<i16>(yb + (<usize>j << 1));
    const cosine = cosineOf(angle);
    const sine = sineOf(angle);
    const right0 = originRight(px, py, qx, cosine, sine);
    const down0 = originDown(px, py, qy, cosine, sine);
    const c = i16x8.splat(<i16>cosine);
    const s = i16x8.splat(<i16>sine);
    // The directions as one bit of sixteen each, turned: by whole parts here, the half part by the second set.
    const hot = (angle >> 11) & 1 ? hotHalf : hotWhole;
    const left = angle >> 12;
    const back = 16 - left;
    // A shift by sixteen would be one by none.
    const around = left == 0 ? zero : i16x8.splat(-1);
    let missed = zero;
    let shown: i32 = 0;
    for (let k: usize = 0; k < bytes; k += 16) {
      const at = cellsOf(v128.load(xs + k), v128.load(ys + k), right0, down0, c, s, lastColumn, lastRow, columns);
      const low = firstFour(map, at);
      const high = lastFour(map, at);
      const near = i16x8.narrow_i32x4_u(v128.and(low, lowBits), v128.and(high, lowBits));
      const bits = v128.load(hot + k);
      const bit = v128.or(i16x8.shl(bits, left), v128.and(i16x8.shr_u(bits, back), around));
      missed = i16x8.add(missed, i16x8.eq(v128.and(near, bit), zero));
      shown += i32.popcnt(i32x4.bitmask(low) | (i32x4.bitmask(high) << 4));
    }
    const found = padded - sum16(i16x8.sub(zero, missed));
    const distance = <i32>load<u8>(apart + <usize>(i * wideB + j));
    const worth = foundWorth * found - missedWorth * shown - unlikeWorth * distance;
    let at = seeds < most ? seeds : most - 1;
    if (seeds == most && worth <= load<i32>(seedAt(at) + S_WORTH)) continue;
    for (; at > 0 && load<i32>(seedAt(at - 1) + S_WORTH) < worth; at--) copySeed(seedAt(at), seedAt(at - 1));
    const seed = seedAt(at);
    store<i32>(seed + S_TURN, angle);
    store<i32>(seed + S_AX, px);
    store<i32>(seed + S_AY, py);
    store<i32>(seed + S_BX, qx);
    store<i32>(seed + S_BY, qy);
    store<i32>(seed + S_WORTH, worth);
    store<i32>(seed + S_FOUND, found);
    store<i32>(seed + S_SHOWN, shown);
    store<f64>(seed + S_ODDS, 0);
    if (seeds < most) seeds++;
  }
  return seeds;
}

// @ts-ignore: decorator
@inline
function sum32(v: v128): i32 {
  return i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3);
}

// @ts-ignore: decorator
@inline
function sum16(v: v128): i32 {
  return sum32(i32x4.extadd_pairwise_i16x8_u(v));
}

/** Differences of ridge direction and period over the points both prints show, at a pose of whole pixels. */
function flowDifference(a: usize, b: usize, angle: i32, px: i32, py: i32, qx: i32, qy: i32, points: i32): void {
  const cosine = cosineOf(angle);
  const sine = sineOf(angle);
  const right0 = originRight(px, py, qx, cosine, sine);
  const down0 = originDown(px, py, qy, cosine, sine);
  const c = i16x8.splat(<i16>cosine);
  const s = i16x8.splat(<i16>sine);
  const columns = i16x8.splat(<i16>load<i32>(b + COLUMNS));
  const lastColumn = i16x8.splat(<i16>(load<i32>(b + COLUMNS) - 1));
  const lastRow = i16x8.splat(<i16>(load<i32>(b + ROWS) - 1));
  const map = part(b, MAP);
  const xs = part(a, POINT_X);
  const ys = part(a, POINT_Y);
  const ridges = part(a, POINT_RIDGE);
  const periods = part(a, POINT_PERIOD);
  const ridgeTurn = i16x8.splat(<i16>(angle >> 7));
  const low8 = v128.load(masks + 32);
  const zero = v128.load(masks + 16);
  const whole = v128.load(masks + 48);
  let turns = zero;
  let squares = zero;
  let wave = zero;
  let cells = zero;
  for (let k: usize = 0; k < <usize>points << 1; k += 16) {
    const at = cellsOf(v128.load(xs + k), v128.load(ys + k), right0, down0, c, s, lastColumn, lastRow, columns);
    const flow = i16x8.narrow_i32x4_u(i32x4.shr_u(firstFour(map, at), 16), i32x4.shr_u(lastFour(map, at), 16));
    const period = i16x8.shr_u(flow, 8);
    const seen = i16x8.ne(period, zero);
    const off = v128.and(i16x8.sub(i16x8.add(v128.load(ridges + k), ridgeTurn), flow), low8);
    const difference = v128.and(i16x8.min_s(off, i16x8.sub(whole, off)), seen);
    turns = i32x4.add(turns, i32x4.extadd_pairwise_i16x8_u(difference));
    squares = i32x4.add(squares, i32x4.dot_i16x8_s(difference, difference));
    const stretch = v128.and(i16x8.abs(i16x8.sub(v128.load(periods + k), period)), seen);
    wave = i32x4.add(wave, i32x4.extadd_pairwise_i16x8_u(stretch));
    cells = i16x8.sub(cells, seen);
  }
  flowTurn = sum32(turns);
  flowSquares = sum32(squares);
  flowPeriod = sum32(wave);
  flowCells = sum16(cells);
}

// @ts-ignore: decorator
@inline
function logarithm(k: i32): f64 {
  return load<f64>(logarithms + (<usize>k << 3));
}

/** Log-odds that a seed's pose is right. */
function look(a: usize, b: usize, seed: usize): void {
  flowDifference(
    a,
    b,
    load<i32>(seed + S_TURN),
    load<i32>(seed + S_AX),
    load<i32>(seed + S_AY),
    load<i32>(seed + S_BX),
    load<i32>(seed + S_BY),
    load<i32>(a + FIRST_POINTS),
  );
  if (flowCells == 0) {
    store<f64>(seed + S_ODDS, -1e9);
    return;
  }
  const apartness = logarithm((16 * flowTurn) / flowCells + 32) - logarithm(16);
  store<f64>(
    seed + S_ODDS,
    setting(LOOK_CONSTANT) +
      setting(LOOK_FOUND) * Math.sqrt(<f64>load<i32>(seed + S_FOUND)) +
      setting(LOOK_SHOWN) * logarithm(load<i32>(seed + S_SHOWN) + 5) +
      setting(LOOK_TURN) * apartness +
      setting(LOOK_CELLS) * logarithm(flowCells + 3) +
      setting(LOOK_PERIOD) * Math.min(0.15, <f64>flowPeriod / <f64>flowCells / 190),
  );
}

/** Best first; equals keep their order. */
function sortByOdds(seeds: i32): void {
  const held = seedAt(seeds);
  for (let k: i32 = 1; k < seeds; k++) {
    const odds = load<f64>(seedAt(k) + S_ODDS);
    copySeed(held, seedAt(k));
    let at = k;
    for (; at > 0 && load<f64>(seedAt(at - 1) + S_ODDS) < odds; at--) copySeed(seedAt(at), seedAt(at - 1));
    copySeed(seedAt(at), held);
  }
}

function refine(a: usize, b: usize, seeds: i32): void {
  const count = load<i32>(a + COUNT);
  let best: f64 = 0;
  let bestTurn: i32 = 0;
  let bestCos: f64 = 1;
  let bestSin: f64 = 0;
  let bestAx: f64 = 0;
  let bestAy: f64 = 0;
  let bestBx: f64 = 0;
  let bestBy: f64 = 0;
  for (let k: i32 = 0; k < seeds; k++) {
    const seed = seedAt(k);
    turn = load<i32>(seed + S_TURN);
    cos = <f64>cosineOf(turn) / 32768;
    sin = <f64>sineOf(turn) / 32768;
    ax = <f64>load<i32>(seed + S_AX);
    ay = <f64>load<i32>(seed + S_AY);
    bx = <f64>load<i32>(seed + S_BX);
    by = <f64>load<i32>(seed + S_BY);
    move(a, NEAR * FIRST_SLACK, STRETCH * FIRST_SLACK);
    if (pairUp(a, b, FIRST_REACH) < 2) continue;
    for (let step = 0; step < 2; step++) {
      align(a, b);
      move(a, NEAR, STRETCH);
      pairUp(a, b, EVERYWHERE);
    }
    let total: f64 = 0;
    for (let i: usize = 0; i < <usize>count; i++) {
      if (load<i32>(scratch + PARTNER + (i << 2)) >= 0) total += load<f64>(scratch + WEIGHT + (i << 3));
    }
    if (total > best) {
      best = total;
      bestTurn = turn;
      bestCos = cos;
      bestSin = sin;
      bestAx = ax;
      bestAy = ay;
      bestBx = bx;
      bestBy = by;
      for (let i: usize = 0; i < <usize>count << 2; i += 16) v128.store(scratch + BEST_PARTNER + i, v128.load(scratch + PARTNER + i));
    }
  }
  if (best <= 0) return;
  turn = bestTurn;
  cos = bestCos;
  sin = bestSin;
  ax = bestAx;
  ay = bestAy;
  bx = bestBx;
  by = bestBy;
  gather(a, b);
}

function move(a: usize, near: f64, stretch: f64): void {
  const count = <usize>load<i32>(a + COUNT);
  const xs = part(a, EXACT_X);
  const ys = part(a, EXACT_Y);
  for (let i: usize = 0; i < count; i++) {
    const dx = <f64>load<f32>(xs + (i << 2)) - ax;
    const dy = <f64>load<f32>(ys + (i << 2)) - ay;
    store<f64>(scratch + MOVED_X + (i << 3), bx + dx * cos - dy * sin);
    store<f64>(scratch + MOVED_Y + (i << 3), by + dx * sin + dy * cos);
    store<f64>(scratch + SLACK + (i << 3), near + stretch * Math.sqrt(dx * dx + dy * dy));
  }
}

function pairUp(a: usize, b: usize, reach: f64): i32 {
  const count = load<i32>(a + COUNT);
  const nobody = i32x4.splat(-1);
  for (let k: usize = 0; k < <usize>load<i32>(b + COUNT) << 2; k += 16) v128.store(scratch + OWNER + k, nobody);
  for (let k: usize = 0; k < <usize>count << 2; k += 16) v128.store(scratch + PARTNER + k, nobody);
  for (let i: i32 = 0; i < count; i++) {
    if (reach < EVERYWHERE) {
      const dx = load<f64>(scratch + MOVED_X + (<usize>i << 3)) - bx;
      const dy = load<f64>(scratch + MOVED_Y + (<usize>i << 3)) - by;
      if (dx * dx + dy * dy > reach * reach) continue;
    }
    let seeker = i;
    for (let depth: i32 = 0; seeker >= 0 && depth <= DEPTH; depth++) seeker = seekPartner(a, b, <usize>seeker);
  }
  let pairs: i32 = 0;
  for (let i: usize = 0; i < <usize>count; i++) if (load<i32>(scratch + PARTNER + (i << 2)) >= 0) pairs++;
  return pairs;
}

function seekPartner(a: usize, b: usize, i: usize): i32 {
  const countB = <usize>load<i32>(b + COUNT);
  const wide = (countB + 15) & ~15;
  const xs = part(b, EXACT_X);
  const ys = part(b, EXACT_Y);
  const directions = part(b, DIRECTION);
  const x = load<f64>(scratch + MOVED_X + (i << 3));
  const y = load<f64>(scratch + MOVED_Y + (i << 3));
  const slack = load<f64>(scratch + SLACK + (i << 3));
  const limit = slack * slack;
  const direction = <i32>load<i16>(part(a, DIRECTION) + (i << 1)) + turn;
  const row = apart + i * wide;
  let best: f64 = 0;
  let chosen: i32 = -1;
  const left = x - slack;
  if (left >= STRIP_COUNT * STRIP) return -1;
  for (let j: usize = left < 0 ? 0 : <usize>load<u8>(part(b, STRIPS) + <usize>(left / STRIP)); j < countB; j++) {
    const ex = <f64>load<f32>(xs + (j << 2)) - x;
    if (ex > slack) break;
    const ey = <f64>load<f32>(ys + (j << 2)) - y;
    const d2 = ex * ex + ey * ey;
    if (d2 > limit) continue;
    const off = abs(((<i32>load<i16>(directions + (j << 1)) - direction) << 16) >> 16);
    if (off > TURN) continue;
    const like = <f64>max(0, 64 - <i32>load<u8>(row + j)) / 64;
    const weight = (1 - (0.5 * d2) / limit) * (1 - (0.5 * <f64>off) / TURN) * (0.5 + like);
    if (weight <= best) continue;
    const owner = load<i32>(scratch + OWNER + (j << 2));
    if (owner >= 0 && load<f64>(scratch + WEIGHT + (<usize>owner << 3)) >= weight) continue;
    best = weight;
    chosen = <i32>j;
  }
  if (chosen < 0) return -1;
  const evicted = load<i32>(scratch + OWNER + (<usize>chosen << 2));
  store<i32>(scratch + OWNER + (<usize>chosen << 2), <i32>i);
  store<i32>(scratch + PARTNER + (i << 2), chosen);
  store<f64>(scratch + WEIGHT + (i << 3), best);
  if (evicted >= 0) store<i32>(scratch + PARTNER + (<usize>evicted << 2), -1);
  return evicted;
}

function align(a: usize, b: usize): void {
  const count = <usize>load<i32>(a + COUNT);
  const xa = part(a, EXACT_X);
  const ya = part(a, EXACT_Y);
  const xb = part(b, EXACT_X);
  const yb = part(b, EXACT_Y);
  const da = part(a, DIRECTION);
  const db = part(b, DIRECTION);
  let w: f64 = 0;
  let sax: f64 = 0;
  let say: f64 = 0;
  let sbx: f64 = 0;
  let sby: f64 = 0;
  for (let i: usize = 0; i < count; i++) {
    const partner = load<i32>(scratch + PARTNER + (i << 2));
    if (partner < 0) continue;
    const j = <usize>partner;
    const p = load<f64>(scratch + WEIGHT + (i << 3));
    w += p;
    sax += p * <f64>load<f32>(xa + (i << 2));
    say += p * <f64>load<f32>(ya + (i << 2));
    sbx += p * <f64>load<f32>(xb + (j << 2));
    sby += p * <f64>load<f32>(yb + (j << 2));
  }
  ax = sax / w;
  ay = say / w;
  bx = sbx / w;
  by = sby / w;
  let c: f64 = 0;
  let s: f64 = 0;
  for (let i: usize = 0; i < count; i++) {
    const partner = load<i32>(scratch + PARTNER + (i << 2));
    if (partner < 0) continue;
    const j = <usize>partner;
    const p = load<f64>(scratch + WEIGHT + (i << 3));
    const dx = <f64>load<f32>(xa + (i << 2)) - ax;
    const dy = <f64>load<f32>(ya + (i << 2)) - ay;
    const ex = <f64>load<f32>(xb + (j << 2)) - bx;
    const ey = <f64>load<f32>(yb + (j << 2)) - by;
    const own = <i32>load<i16>(db + (j << 1)) - <i32>load<i16>(da + (i << 1));
    c += p * (dx * ex + dy * ey + (OWN_TURN * <f64>cosineOf(own)) / 32768);
    s += p * (dx * ey - dy * ex + (OWN_TURN * <f64>sineOf(own)) / 32768);
  }
  const length = Math.sqrt(c * c + s * s);
  if (length == 0) {
    turn = 0;
    cos = 1;
    sin = 0;
    return;
  }
  turn = turnOf(s, c);
  cos = c / length;
  sin = s / length;
}

function turnOf(y: f64, x: f64): i32 {
  const ox = Math.abs(x);
  const oy = Math.abs(y);
  const t = Math.min(ox, oy) / Math.max(ox, oy);
  const q = t * t;
  let angle = ((-0.0464964749 * q + 0.15931422) * q - 0.327622764) * q * t + t;
  if (oy > ox) angle = 1.57079637 - angle;
  if (x < 0) angle = 3.14159274 - angle;
  if (y < 0) angle = -angle;
  return <i32>Math.floor(angle * 10430.378350470453 + 0.5) & 0xffff;
}

function gather(a: usize, b: usize): void {
  const countA = <usize>load<i32>(a + COUNT);
  const countB = <usize>load<i32>(b + COUNT);
  const xb = part(b, EXACT_X);
  const yb = part(b, EXACT_Y);
  const da = part(a, DIRECTION);
  const db = part(b, DIRECTION);
  move(a, 0, 0);
  // The pairs one after another, so that the loop below meets nothing else.
  let known: usize = 0;
  for (let k: usize = 0; k < countA; k++) {
    const partner = load<i32>(scratch + BEST_PARTNER + (k << 2));
    if (partner < 0) continue;
    const kx = load<f64>(scratch + MOVED_X + (k << 3));
    const ky = load<f64>(scratch + MOVED_Y + (k << 3));
    const at = scratch + PAIRS + (known << 5);
    store<f64>(at, kx);
    store<f64>(at + 8, ky);
    store<f64>(at + 16, <f64>load<f32>(xb + (<usize>partner << 2)) - kx);
    store<f64>(at + 24, <f64>load<f32>(yb + (<usize>partner << 2)) - ky);
    store<i32>(scratch + PAIR_OF + (known << 2), <i32>k);
    known++;
  }
  for (let i: usize = 0; i < countA; i++) {
    const x = load<f64>(scratch + MOVED_X + (i << 3));
    const y = load<f64>(scratch + MOVED_Y + (i << 3));
    let w: f64 = NO_DRAG;
    let sx: f64 = 0;
    let sy: f64 = 0;
    for (let k: usize = 0; k < known; k++) {
      const at = scratch + PAIRS + (k << 5);
      const dx = load<f64>(at) - x;
      const dy = load<f64>(at + 8) - y;
      const t = 1 - (dx * dx + dy * dy) * REACH_PART;
      if (t <= 0 || load<i32>(scratch + PAIR_OF + (k << 2)) == <i32>i) continue;
      const g = t * t * t;
      w += g;
      sx += g * load<f64>(at + 16);
      sy += g * load<f64>(at + 24);
    }
    store<f64>(scratch + DRAG_X + (i << 3), sx / w);
    store<f64>(scratch + DRAG_Y + (i << 3), sy / w);
  }
  for (let i: usize = 0; i < countA; i++) {
    const at = i << 3;
    store<f64>(scratch + MOVED_X + at, load<f64>(scratch + MOVED_X + at) + load<f64>(scratch + DRAG_X + at));
    store<f64>(scratch + MOVED_Y + at, load<f64>(scratch + MOVED_Y + at) + load<f64>(scratch + DRAG_Y + at));
    store<f64>(scratch + SLACK + at, FINAL_NEAR);
  }
  const pairs = pairUp(a, b, EVERYWHERE);
  let weight: f64 = 0;
  let reachA: f64 = 0;
  let reachB: f64 = 0;
  let distance: f64 = 0;
  let turns: f64 = 0;
  for (let i: usize = 0; i < countA; i++) {
    const x = load<f64>(scratch + MOVED_X + (i << 3));
    const y = load<f64>(scratch + MOVED_Y + (i << 3));
    if (shows(b, x, y)) reachA += 1;
    const partner = load<i32>(scratch + PARTNER + (i << 2));
    if (partner < 0) continue;
    const j = <usize>partner;
    weight += load<f64>(scratch + WEIGHT + (i << 3));
    const ex = <f64>load<f32>(xb + (j << 2)) - x;
    const ey = <f64>load<f32>(yb + (j << 2)) - y;
    distance += Math.sqrt(ex * ex + ey * ey);
    turns += <f64>abs(((<i32>load<i16>(db + (j << 1)) - <i32>load<i16>(da + (i << 1)) - turn) << 16) >> 16);
  }
  for (let j: usize = 0; j < countB; j++) {
    const dx = <f64>load<f32>(xb + (j << 2)) - bx;
    const dy = <f64>load<f32>(yb + (j << 2)) - by;
    if (shows(a, ax + dx * cos + dy * sin, ay - dx * sin + dy * cos)) reachB += 1;
  }
  const n = Math.max(1, <f64>pairs);
  store<f64>(evidence + 8, <f64>pairs);
  store<f64>(evidence + 16, weight);
  store<f64>(evidence + 24, reachA);
  store<f64>(evidence + 32, reachB);
  store<f64>(evidence + 40, distance / n);
  store<f64>(evidence + 48, turns / n);
  if (load<i32>(a + HAS_FLOW) == 0 || load<i32>(b + HAS_FLOW) == 0) return;
  flowDifference(
    a,
    b,
    turn,
    <i32>Math.floor(ax + 0.5),
    <i32>Math.floor(ay + 0.5),
    <i32>Math.floor(bx + 0.5),
    <i32>Math.floor(by + 0.5),
    load<i32>(a + POINTS),
  );
  store<f64>(evidence + 64, <f64>flowCells);
  if (flowCells == 0) return;
  store<f64>(evidence + 56, <f64>flowSquares / <f64>flowCells);
  store<f64>(evidence + 72, <f64>flowPeriod / <f64>flowCells / 190);
}

function shows(print: usize, x: f64, y: f64): boolean {
  if (x < 0 || y > 0) return false;
  const column = <i32>Math.floor(x / 8) + 1;
  const row = <i32>Math.floor(-y / 8) + 1;
  const columns = load<i32>(print + COLUMNS);
  if (column >= columns || row >= load<i32>(print + ROWS)) return false;
  return load<u32>(part(print, MAP) + (<usize>(row * columns + column) << 2)) >>> 24 != 0;
}
