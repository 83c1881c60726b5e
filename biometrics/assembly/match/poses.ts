// Poses proposed by pairs of alike minutiae: how many minutiae find a partner there, and whether the ridges run alike.
import { SEED_PAIR } from "./descriptors";
import {
  COLUMNS,
  COUNT,
  DIRECTION,
  FIRST_POINTS,
  HOT,
  HOT_HALF,
  MAP,
  part,
  POINT_PERIOD,
  POINT_RIDGE,
  POINT_X,
  POINT_Y,
  ROWS,
  SEEDS,
  X,
  Y,
} from "./print";
import {
  apart,
  cosineOf,
  FOUND,
  logarithm,
  LOOK_CELLS,
  LOOK_CONSTANT,
  LOOK_FOUND,
  LOOK_PERIOD,
  LOOK_SHOWN,
  LOOK_TURN,
  masks,
  MISSED,
  scratch,
  setting,
  sineOf,
  UNLIKE,
} from "./tables";

/** Up to 14 seeds of 48 bytes: i32 turn, ax, ay, bx, by, worth, found, shown; f64 odds. */
const SEED: usize = 128;
const SEED_BYTES: usize = 48;
export const S_TURN: usize = 0;
export const S_AX: usize = 4;
export const S_AY: usize = 8;
export const S_BX: usize = 12;
export const S_BY: usize = 16;
const S_WORTH: usize = 20;
const S_FOUND: usize = 24;
const S_SHOWN: usize = 28;
export const S_ODDS: usize = 32;

// Results of `flowDifference`.
let flowTurn: i32 = 0;
export let flowSquares: i32 = 0;
export let flowPeriod: i32 = 0;
export let flowCells: i32 = 0;

// @ts-ignore: decorator
@inline
export function seedAt(k: i32): usize {
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
export function offer(a: usize, b: usize, pairs: i32, wide: i32, most: i32, bare: bool): i32 {
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
  const seedsA = part(a, SEEDS);
  const seedsB = part(b, SEEDS);
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
    const row = pair >> 8;
    const column = pair & 255;
    const i = bare ? row : <i32>load<u8>(seedsA + <usize>row);
    const j = bare ? column : <i32>load<u8>(seedsB + <usize>column);
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
    const distance = <i32>load<u8>(apart + <usize>(row * wide + column));
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
export function flowDifference(a: usize, b: usize, angle: i32, px: i32, py: i32, qx: i32, qy: i32, points: i32): void {
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

/** Log-odds that a seed's pose is right. */
export function look(a: usize, b: usize, seed: usize): void {
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
export function sortByOdds(seeds: i32): void {
  const held = seedAt(seeds);
  for (let k: i32 = 1; k < seeds; k++) {
    const odds = load<f64>(seedAt(k) + S_ODDS);
    copySeed(held, seedAt(k));
    let at = k;
    for (; at > 0 && load<f64>(seedAt(at - 1) + S_ODDS) < odds; at--) copySeed(seedAt(at), seedAt(at - 1));
    copySeed(seedAt(at), held);
  }
}
