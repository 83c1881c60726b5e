/** One finger against another: local descriptors choose where to lay one print on the other, the whole print judges. */
import { similarity } from "./cylinder.ts";
import { type PreparedTemplate, prepare } from "./prepared.ts";
import type { Template } from "./template.ts";

export interface MatchResult {
  /** 0 and up; larger = more surely the same finger. */
  readonly score: number;
}

/** Best descriptor pairs tried as an alignment. */
const SEEDS = 24;
/** Tolerances of a pair: pixels at the seed, growth per pixel of distance from it, and radians. */
const NEAR = 9;
const STRETCH = 0.06;
const TURN = 0.45;

/** Compares two templates; symmetric up to rounding. */
export function matchTemplates(a: Template, b: Template): MatchResult {
  return { score: matchPrepared(prepare(a), prepare(b)) };
}

export function matchPrepared(a: PreparedTemplate, b: PreparedTemplate): number {
  if (a.count < 3 || b.count < 3) return 0;
  const like = new Float32Array(a.count * b.count);
  const seeds: { i: number; j: number; s: number }[] = [];
  for (let i = 0; i < a.count; i++) {
    for (let j = 0; j < b.count; j++) {
      const s = similarity(a.bits, i, b.bits, j);
      like[i * b.count + j] = s;
      if (seeds.length < SEEDS || s > seeds[seeds.length - 1]!.s) {
        seeds.push({ i, j, s });
        seeds.sort((p, q) => q.s - p.s);
        if (seeds.length > SEEDS) seeds.pop();
      }
    }
  }
  let best = 0;
  for (const seed of seeds) best = Math.max(best, scoreFrom(a, b, like, seed.i, seed.j));
  return best;
}

function scoreFrom(a: PreparedTemplate, b: PreparedTemplate, like: Float32Array, i: number, j: number): number {
  let pose = {
    turn: b.angle[j]! - a.angle[i]!,
    ax: a.x[i]!,
    ay: a.y[i]!,
    bx: b.x[j]!,
    by: b.y[j]!,
  };
  let pairs = pairUp(a, b, like, pose, 1.6);
  if (pairs.length < 3) return 0;
  pose = align(a, b, pairs);
  pairs = pairUp(a, b, like, pose, 1);
  let sum = 0;
  for (const p of pairs) sum += p.weight;
  const reach = overlap(a, b, pose);
  return (sum * sum * 10) / Math.sqrt((reach.a + 5) * (reach.b + 5));
}

interface Pose {
  readonly turn: number;
  readonly ax: number;
  readonly ay: number;
  readonly bx: number;
  readonly by: number;
}
interface Pair {
  readonly i: number;
  readonly j: number;
  readonly weight: number;
}

function pairUp(a: PreparedTemplate, b: PreparedTemplate, like: Float32Array, pose: Pose, slack: number): Pair[] {
  const cos = Math.cos(pose.turn);
  const sin = Math.sin(pose.turn);
  const all: Pair[] = [];
  for (let i = 0; i < a.count; i++) {
    const dx = a.x[i]! - pose.ax;
    const dy = a.y[i]! - pose.ay;
    const x = pose.bx + dx * cos - dy * sin;
    const y = pose.by + dx * sin + dy * cos;
    const tolerance = (NEAR + STRETCH * Math.hypot(dx, dy)) * slack;
    for (let j = 0; j < b.count; j++) {
      const ex = b.x[j]! - x;
      const ey = b.y[j]! - y;
      const d2 = ex * ex + ey * ey;
      if (d2 > tolerance * tolerance) continue;
      const turn = Math.abs(wrap(b.angle[j]! - a.angle[i]! - pose.turn));
      if (turn > TURN) continue;
      const weight =
        (1 - (0.5 * d2) / (tolerance * tolerance)) * (1 - (0.5 * turn) / TURN) * (0.5 + like[i * b.count + j]!);
      all.push({ i, j, weight });
    }
  }
  all.sort((p, q) => q.weight - p.weight);
  const usedA = new Uint8Array(a.count);
  const usedB = new Uint8Array(b.count);
  return all.filter((p) => {
    if (usedA[p.i] === 1 || usedB[p.j] === 1) return false;
    usedA[p.i] = 1;
    usedB[p.j] = 1;
    return true;
  });
}

/** Least-squares turn and shift of the pairs. */
function align(a: PreparedTemplate, b: PreparedTemplate, pairs: readonly Pair[]): Pose {
  let w = 0;
  let ax = 0;
  let ay = 0;
  let bx = 0;
  let by = 0;
  for (const p of pairs) {
    w += p.weight;
    ax += p.weight * a.x[p.i]!;
    ay += p.weight * a.y[p.i]!;
    bx += p.weight * b.x[p.j]!;
    by += p.weight * b.y[p.j]!;
  }
  ax /= w;
  ay /= w;
  bx /= w;
  by /= w;
  let c = 0;
  let s = 0;
  for (const p of pairs) {
    const dx = a.x[p.i]! - ax;
    const dy = a.y[p.i]! - ay;
    const ex = b.x[p.j]! - bx;
    const ey = b.y[p.j]! - by;
    c += p.weight * (dx * ex + dy * ey);
    s += p.weight * (dx * ey - dy * ex);
  }
  return { turn: Math.atan2(s, c), ax, ay, bx, by };
}

/** How many minutiae of each print lie inside the other print's extent. */
function overlap(a: PreparedTemplate, b: PreparedTemplate, pose: Pose): { a: number; b: number } {
  const cos = Math.cos(pose.turn);
  const sin = Math.sin(pose.turn);
  const inside = (p: PreparedTemplate, x: number, y: number) => {
    const { flow, ppi, width, height } = p.template;
    const px = (x * ppi) / 500;
    const py = (-y * ppi) / 500;
    if (flow === undefined) return px >= 0 && py >= 0 && px < width && py < height;
    const column = Math.floor(px / flow.cell);
    const row = Math.floor(py / flow.cell);
    if (column < 0 || row < 0 || column >= flow.columns || row >= flow.rows) return false;
    return flow.orientation[row * flow.columns + column] !== 255;
  };
  let countA = 0;
  for (let i = 0; i < a.count; i++) {
    const dx = a.x[i]! - pose.ax;
    const dy = a.y[i]! - pose.ay;
    if (inside(b, pose.bx + dx * cos - dy * sin, pose.by + dx * sin + dy * cos)) countA++;
  }
  let countB = 0;
  for (let j = 0; j < b.count; j++) {
    const dx = b.x[j]! - pose.bx;
    const dy = b.y[j]! - pose.by;
    if (inside(a, pose.ax + dx * cos + dy * sin, pose.ay - dx * sin + dy * cos)) countB++;
  }
  return { a: countA, b: countB };
}

function wrap(angle: number): number {
  return Math.atan2(Math.sin(angle), Math.cos(angle));
}
