// What speaks for and against at the best pose, once the skin's drag is followed.
import {
  ax,
  ay,
  bestPairs,
  BEST_PAIRED,
  BEST_PARTNER,
  bx,
  by,
  cos,
  EVERYWHERE,
  move,
  MOVED_X,
  MOVED_Y,
  PAIRED,
  PAIRING_END,
  PARTNER,
  pairs,
  pairUp,
  place,
  returnToBest,
  sin,
  turn,
  WEIGHT,
} from "./pairing";
import { flowCells, flowDifference, flowPeriod, flowSquares } from "./poses";
import { COUNT, DIRECTION, EXACT_X, EXACT_Y, HAS_FLOW, part, POINTS, shows } from "./print";
import { evidence, scratch } from "./tables";

const REACH_PART: f64 = 1 / (145 * 145);
const NO_DRAG: f64 = 0.6;
const FINAL_NEAR: f64 = 9;

/** For each pair of the best pose x, y, its error in x and y (f64) and twice the first print's minutia (i64); 48 bytes. */
const DRAGS: usize = (PAIRING_END + 15) & ~15;
const DRAG_BYTES: usize = 48;

export function gather(a: usize, b: usize, bare: bool): void {
  const countA = <usize>load<i32>(a + COUNT);
  const countB = <usize>load<i32>(b + COUNT);
  const xb = part(b, EXACT_X);
  const yb = part(b, EXACT_Y);
  const da = part(a, DIRECTION);
  const db = part(b, DIRECTION);
  returnToBest();
  move(a, 0, 0);
  followDrag(countA, xb, yb);
  pairUp(a, b, EVERYWHERE, bare);
  let weight: f64 = 0;
  let distance: f64 = 0;
  let turns: f64 = 0;
  for (let n: usize = 0; n < <usize>pairs; n++) {
    const i = <usize>load<i32>(scratch + PAIRED + (n << 2));
    const j = <usize>load<i32>(scratch + PARTNER + (i << 2));
    weight += load<f64>(scratch + WEIGHT + (i << 3));
    const ex = <f64>load<f32>(xb + (j << 2)) - load<f64>(scratch + MOVED_X + (i << 3));
    const ey = <f64>load<f32>(yb + (j << 2)) - load<f64>(scratch + MOVED_Y + (i << 3));
    distance += Math.sqrt(ex * ex + ey * ey);
    turns += <f64>abs(((<i32>load<i16>(db + (j << 1)) - <i32>load<i16>(da + (i << 1)) - turn) << 16) >> 16);
  }
  let reachA: i32 = 0;
  let reachB: i32 = 0;
  for (let i: usize = 0; i < countA; i++) {
    reachA += <i32>shows(b, load<f64>(scratch + MOVED_X + (i << 3)), load<f64>(scratch + MOVED_Y + (i << 3)));
  }
  for (let j: usize = 0; j < countB; j++) {
    const dx = <f64>load<f32>(xb + (j << 2)) - bx;
    const dy = <f64>load<f32>(yb + (j << 2)) - by;
    reachB += <i32>shows(a, ax + dx * cos + dy * sin, ay - dx * sin + dy * cos);
  }
  const n = Math.max(1, <f64>pairs);
  store<f64>(evidence + 8, <f64>pairs);
  store<f64>(evidence + 16, weight);
  store<f64>(evidence + 24, <f64>reachA);
  store<f64>(evidence + 32, <f64>reachB);
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

/** Moves each minutia as the pairs around it were dragged; two at a time. */
function followDrag(count: usize, xb: usize, yb: usize): void {
  const known = <usize>bestPairs;
  for (let n: usize = 0; n < known; n++) {
    const k = <usize>load<i32>(scratch + BEST_PAIRED + (n << 2));
    const j = <usize>load<i32>(scratch + BEST_PARTNER + (k << 2));
    const x = load<f64>(scratch + MOVED_X + (k << 3));
    const y = load<f64>(scratch + MOVED_Y + (k << 3));
    const at = scratch + DRAGS + n * DRAG_BYTES;
    store<f64>(at, x);
    store<f64>(at, y, 8);
    store<f64>(at, <f64>load<f32>(xb + (j << 2)) - x, 16);
    store<f64>(at, <f64>load<f32>(yb + (j << 2)) - y, 24);
    store<u64>(at, k, 32);
  }
  const one = f64x2.splat(1);
  const none = f64x2.splat(0);
  const reach = f64x2.splat(REACH_PART);
  const end = scratch + DRAGS + known * DRAG_BYTES;
  for (let i: usize = 0; i < count; i += 2) {
    const x = v128.load(scratch + MOVED_X + (i << 3));
    const y = v128.load(scratch + MOVED_Y + (i << 3));
    const own = i64x2(<i64>i, <i64>(i + 1));
    let w = f64x2.splat(NO_DRAG);
    let sx = none;
    let sy = none;
    for (let at = scratch + DRAGS; at < end; at += DRAG_BYTES) {
      const dx = f64x2.sub(v128.load64_splat(at), x);
      const dy = f64x2.sub(v128.load64_splat(at, 8), y);
      const t = f64x2.sub(one, f64x2.mul(f64x2.add(f64x2.mul(dx, dx), f64x2.mul(dy, dy)), reach));
      // A minutia does not drag itself.
      const g1 = v128.andnot(f64x2.pmax(none, t), i64x2.eq(v128.load64_splat(at, 32), own));
      const g = f64x2.mul(f64x2.mul(g1, g1), g1);
      w = f64x2.add(w, g);
      sx = f64x2.add(sx, f64x2.mul(g, v128.load64_splat(at, 16)));
      sy = f64x2.add(sy, f64x2.mul(g, v128.load64_splat(at, 24)));
    }
    place(i, f64x2.add(x, f64x2.div(sx, w)), f64x2.add(y, f64x2.div(sy, w)), f64x2.splat(FINAL_NEAR));
  }
}
