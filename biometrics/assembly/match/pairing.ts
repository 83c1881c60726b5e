// Laying one print exactly on the other: minutiae moved, paired, and the pose taken anew from the pairs.
import { flowDistance } from "./descriptors";
import { S_AX, S_AY, S_BX, S_BY, S_TURN } from "./poses";
import { COUNT, DIRECTION, EXACT_X, EXACT_Y, part, STRIPS, X, Y } from "./print";
import { apart, cosineOf, SAME_PLACE, SAME_TURN, scratch, setting, sineOf } from "./tables";

const TURN: i32 = 4694;
const HALF_TURN_PART: f64 = 0.5 / 4694;
export const EVERYWHERE: f64 = 1e9;
const OWN_TURN: f64 = 400;
const DEPTH: i32 = 3;
const STRIP: f64 = 8;
const STRIP_COUNT: f64 = 256;

// Sections of the scratch, bytes; room for 160 minutiae. Of the first print: where each lies on the second and how far it may be off,
// exact and in whole pixels (16 bits x, y, slack).
export const MOVED_X: usize = 1024;
export const MOVED_Y: usize = MOVED_X + 1280;
export const SLACK: usize = MOVED_Y + 1280;
const NEAR_X: usize = SLACK + 1280;
const NEAR_Y: usize = NEAR_X + 320;
const NEAR_SLACK: usize = NEAR_Y + 320;
export const WEIGHT: usize = NEAR_SLACK + 320;
export const PARTNER: usize = WEIGHT + 1280;
const OWNER: usize = PARTNER + 640;
/** The paired minutiae of the first print in order, i32 each. */
export const PAIRED: usize = OWNER + 640;
export const BEST_PAIRED: usize = PAIRED + 640;
export const BEST_PARTNER: usize = BEST_PAIRED + 640;
export const PAIRING_END: usize = BEST_PARTNER + 640;

// The pose at hand: (ax, ay) of the first print falls on (bx, by), turned around it.
export let turn: i32 = 0;
export let cos: f64 = 1;
export let sin: f64 = 0;
export let ax: f64 = 0;
export let ay: f64 = 0;
export let bx: f64 = 0;
export let by: f64 = 0;
/** Pairs of the last `pairUp`. */
export let pairs: i32 = 0;

// The best pose so far.
let bestTurn: i32 = 0;
let bestCos: f64 = 1;
let bestSin: f64 = 0;
let bestAx: f64 = 0;
let bestAy: f64 = 0;
let bestBx: f64 = 0;
let bestBy: f64 = 0;
export let bestPairs: i32 = 0;

export function poseOf(seed: usize): void {
  turn = load<i32>(seed + S_TURN);
  cos = <f64>cosineOf(turn) / 32768;
  sin = <f64>sineOf(turn) / 32768;
  ax = <f64>load<i32>(seed + S_AX);
  ay = <f64>load<i32>(seed + S_AY);
  bx = <f64>load<i32>(seed + S_BX);
  by = <f64>load<i32>(seed + S_BY);
}

export function keepPose(): void {
  bestTurn = turn;
  bestCos = cos;
  bestSin = sin;
  bestAx = ax;
  bestAy = ay;
  bestBx = bx;
  bestBy = by;
  bestPairs = pairs;
  for (let n: usize = 0; n < <usize>pairs << 2; n += 16) {
    v128.store(scratch + BEST_PAIRED + n, v128.load(scratch + PAIRED + n));
  }
  for (let n: usize = 0; n < 640; n += 16) v128.store(scratch + BEST_PARTNER + n, v128.load(scratch + PARTNER + n));
}

export function returnToBest(): void {
  turn = bestTurn;
  cos = bestCos;
  sin = bestSin;
  ax = bestAx;
  ay = bestAy;
  bx = bestBx;
  by = bestBy;
}

/** Whether a seed's pose is the best one again. */
export function nearBest(seed: usize): bool {
  const off = abs(((bestTurn - load<i32>(seed + S_TURN)) << 16) >> 16);
  if (<f64>off > setting(SAME_TURN)) return false;
  const dx = <f64>load<i32>(seed + S_AX) - bestAx;
  const dy = <f64>load<i32>(seed + S_AY) - bestAy;
  const x = bestBx + dx * bestCos - dy * bestSin - <f64>load<i32>(seed + S_BX);
  const y = bestBy + dx * bestSin + dy * bestCos - <f64>load<i32>(seed + S_BY);
  return x * x + y * y <= setting(SAME_PLACE) * setting(SAME_PLACE);
}

/** Moves the first print's minutiae by the pose and sets how far each may be off. */
export function move(a: usize, near: f64, stretch: f64): void {
  const count = <usize>load<i32>(a + COUNT);
  const xs = part(a, EXACT_X);
  const ys = part(a, EXACT_Y);
  const fromX = f64x2.splat(ax);
  const fromY = f64x2.splat(ay);
  const toX = f64x2.splat(bx);
  const toY = f64x2.splat(by);
  const c = f64x2.splat(cos);
  const s = f64x2.splat(sin);
  const least = f64x2.splat(near);
  const growth = f64x2.splat(stretch);
  for (let i: usize = 0; i < count; i += 2) {
    const dx = f64x2.sub(f64x2.promote_low_f32x4(v128.load64_zero(xs + (i << 2))), fromX);
    const dy = f64x2.sub(f64x2.promote_low_f32x4(v128.load64_zero(ys + (i << 2))), fromY);
    const x = f64x2.sub(f64x2.add(toX, f64x2.mul(dx, c)), f64x2.mul(dy, s));
    const y = f64x2.add(f64x2.add(toY, f64x2.mul(dx, s)), f64x2.mul(dy, c));
    const far = f64x2.sqrt(f64x2.add(f64x2.mul(dx, dx), f64x2.mul(dy, dy)));
    place(i, x, y, f64x2.add(least, f64x2.mul(growth, far)));
  }
}

/** Two minutiae's places and slacks. */
// @ts-ignore: decorator
@inline
export function place(i: usize, x: v128, y: v128, slack: v128): void {
  v128.store(scratch + MOVED_X + (i << 3), x);
  v128.store(scratch + MOVED_Y + (i << 3), y);
  v128.store(scratch + SLACK + (i << 3), slack);
  // Cut to whole pixels either way, so the box of `seekPartner` is two wider.
  const xy = i16x8.narrow_i32x4_s(i32x4.trunc_sat_f64x2_s_zero(x), i32x4.trunc_sat_f64x2_s_zero(y));
  const box = i16x8.narrow_i32x4_s(i32x4.trunc_sat_f64x2_s_zero(slack), i32x4.splat(0));
  v128.store32_lane(scratch + NEAR_X + (i << 1), xy, 0);
  v128.store32_lane(scratch + NEAR_Y + (i << 1), xy, 2);
  v128.store32_lane(scratch + NEAR_SLACK + (i << 1), i16x8.add_sat_s(box, i16x8.splat(2)), 0);
}

/** Gives each minutia of the first print its best free partner; minutiae farther than `reach` from the pose's point stay out. */
export function pairUp(a: usize, b: usize, reach: f64, bare: bool): void {
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
    for (let depth: i32 = 0; seeker >= 0 && depth <= DEPTH; depth++) seeker = seekPartner(a, b, <usize>seeker, bare);
  }
  pairs = 0;
  for (let i: i32 = 0; i < count; i++) {
    store<i32>(scratch + PAIRED + (<usize>pairs << 2), i);
    pairs += <i32>(load<i32>(scratch + PARTNER + (<usize>i << 2)) >= 0);
  }
}

/** Returns the minutia that was driven out, or -1. */
function seekPartner(a: usize, b: usize, i: usize, bare: bool): i32 {
  const x = load<f64>(scratch + MOVED_X + (i << 3));
  const slack = load<f64>(scratch + SLACK + (i << 3));
  const left = x - slack;
  const right = x + slack;
  if (left >= STRIP_COUNT * STRIP || right < 0) return -1;
  const count = load<i32>(b + COUNT);
  const strips = part(b, STRIPS);
  const from: i32 = left < 0 ? 0 : <i32>load<u8>(strips + <usize>(left / STRIP));
  const last = <i32>Math.min(STRIP_COUNT - 1, right / STRIP) + 1;
  const to: i32 = <f64>last >= STRIP_COUNT ? count : <i32>load<u8>(strips + <usize>last);
  const xs = part(b, X);
  const ys = part(b, Y);
  const directions = part(b, DIRECTION);
  const direction = <i32>load<i16>(part(a, DIRECTION) + (i << 1)) + turn;
  const nearX = v128.load16_splat(scratch + NEAR_X + (i << 1));
  const nearY = v128.load16_splat(scratch + NEAR_Y + (i << 1));
  const box = v128.load16_splat(scratch + NEAR_SLACK + (i << 1));
  const facing = i16x8.splat(<i16>direction);
  const most = i16x8.splat(<i16>TURN);
  let best: f64 = 0;
  let chosen: i32 = -1;
  for (let eight = from & ~7; eight < to; eight += 8) {
    const at = <usize>eight << 1;
    const ox = i16x8.abs(i16x8.sub_sat_s(v128.load(xs + at), nearX));
    const oy = i16x8.abs(i16x8.sub_sat_s(v128.load(ys + at), nearY));
    const turned = i16x8.abs(i16x8.sub(v128.load(directions + at), facing));
    let mask = i16x8.bitmask(v128.and(i16x8.le_u(i16x8.max_u(ox, oy), box), i16x8.le_u(turned, most)));
    for (; mask != 0; mask &= mask - 1) {
      const j = <usize>(eight + i32.ctz(mask));
      if (<i32>j >= count) break;
      const ex = <f64>load<f32>(part(b, EXACT_X) + (j << 2)) - x;
      const ey = <f64>load<f32>(part(b, EXACT_Y) + (j << 2)) - load<f64>(scratch + MOVED_Y + (i << 3));
      const d2 = ex * ex + ey * ey;
      const limit = slack * slack;
      if (d2 > limit) continue;
      const off = abs(((<i32>load<i16>(directions + (j << 1)) - direction) << 16) >> 16);
      const unlike = bare
        ? <i32>load<u8>(apart + i * <usize>((count + 15) & ~15) + j)
        : flowDistance(a, b, i, j);
      const like = <f64>max(0, 64 - unlike) / 64;
      const weight = (1 - (0.5 * d2) / limit) * (1 - HALF_TURN_PART * <f64>off) * (0.5 + like);
      if (weight <= best) continue;
      const owner = load<i32>(scratch + OWNER + (j << 2));
      if (owner >= 0 && load<f64>(scratch + WEIGHT + (<usize>owner << 3)) >= weight) continue;
      best = weight;
      chosen = <i32>j;
    }
  }
  if (chosen < 0) return -1;
  const evicted = load<i32>(scratch + OWNER + (<usize>chosen << 2));
  store<i32>(scratch + OWNER + (<usize>chosen << 2), <i32>i);
  store<i32>(scratch + PARTNER + (i << 2), chosen);
  store<f64>(scratch + WEIGHT + (i << 3), best);
  if (evicted >= 0) store<i32>(scratch + PARTNER + (<usize>evicted << 2), -1);
  return evicted;
}

/** Sum of the pairs' weights. */
export function weightOfPairs(): f64 {
  let total: f64 = 0;
  for (let n: usize = 0; n < <usize>pairs; n++) {
    total += load<f64>(scratch + WEIGHT + (<usize>load<i32>(scratch + PAIRED + (n << 2)) << 3));
  }
  return total;
}

/** Least-squares turn and shift of the pairs. */
export function align(a: usize, b: usize): void {
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
  for (let n: usize = 0; n < <usize>pairs; n++) {
    const i = <usize>load<i32>(scratch + PAIRED + (n << 2));
    const j = <usize>load<i32>(scratch + PARTNER + (i << 2));
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
  for (let n: usize = 0; n < <usize>pairs; n++) {
    const i = <usize>load<i32>(scratch + PAIRED + (n << 2));
    const j = <usize>load<i32>(scratch + PARTNER + (i << 2));
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
