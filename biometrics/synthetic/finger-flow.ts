/**
 * Ridge flow of a made-up finger: a zero-pole model (Sherlock and Monro 1993) with the angle corrections of Vizcaya and
 * Gerhardt (1996), and a plain arch formula for fingers without singular points.
 */
import type { SeededRandom } from "./random.ts";

const { atan, atan2, exp, floor, max, min, sin } = Math;

export type FingerClass = "arch" | "tented-arch" | "left-loop" | "right-loop" | "whorl" | "double-loop";

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Ridge flow over a finger; places in pixels at 500 ppi, y down. */
export interface FingerFlow {
  readonly cores: readonly Place[];
  readonly deltas: readonly Place[];
  /** Ridge angle (y down), radians; continuous apart from turns of π and the singular points. */
  angle(x: number, y: number): number;
  /** Ridge period in pixels. */
  period(x: number, y: number): number;
}

/** How common the classes are (Cappelli and Maltoni 2009), as cumulative shares; loops are split by the hand. */
const ARCH = 0.04;
const TENTED = 0.07;
const WHORL = 0.29;
const DOUBLE = 0.34;
/** Share of loops that open towards the little finger. */
const ULNAR = 0.92;

/**
 * How far flow strays from its model, radians: around singular points and everywhere. With these, strangers' flow is as alike as that of people's fingers
 * of one sensor, by the matcher's first look (docs/fingers.md).
 */
const BENDING = 0.27;
const WOBBLE = 0.09;

export function drawClass(random: SeededRandom, hand: "left" | "right"): FingerClass {
  const share = random.next();
  const ulnar = random.next() < ULNAR;
  if (share < ARCH) return "arch";
  if (share < TENTED) return "tented-arch";
  if (share < WHORL) return "whorl";
  if (share < DOUBLE) return "double-loop";
  return ulnar === (hand === "right") ? "right-loop" : "left-loop";
}

export function makeFlow(kind: FingerClass, width: number, height: number, random: SeededRandom): FingerFlow {
  const { cores, deltas } = singularPoints(kind, width, height, random);
  const cx = width / 2;
  const bend = random.between(0.4, 1.05);
  const archHeight = random.between(0.9, 1.5);
  const corrections = [...cores, ...deltas].map(() => correction(random));
  const wobble = smoothField(random, 4, 5);
  const base = random.between(7.7, 10.4);
  const periodField = smoothField(random, 4, 6);
  const coreY = cores[0]?.y ?? height * 0.45;
  const angle = (x: number, y: number) => {
    const u = (x - cx) / (width / 2);
    const v = y / height;
    let theta = WOBBLE * wobble(x / width, v);
    if (kind === "arch") {
      // The bow is highest in the middle of the finger and flattens towards the crease.
      const lift = exp(-(((v - 0.52) / 0.2) ** 2));
      return theta + atan(archHeight * lift * sin(Math.PI * u) * exp(-u * u)) + tip(u, v) * bend;
    }
    let i = 0;
    for (const c of cores) theta += 0.5 * corrected(atan2(-(y - c.y), x - c.x), corrections[i++]!);
    for (const d of deltas) theta -= 0.5 * corrected(atan2(-(y - d.y), x - d.x), corrections[i++]!);
    return -theta + tip(u, v) * bend;
  };
  const period = (x: number, y: number) => {
    const below = max(0, (y - coreY) / height);
    return base * (1 + 0.12 * below + 0.07 * periodField(x / width, y / height));
  };
  return { cores, deltas, angle, period };
}

/** Ridges of the finger tip bow around it: they fall away to both sides. */
function tip(u: number, v: number): number {
  const above = min(1, max(0, (0.55 - v) / 0.45));
  return u * above;
}

function singularPoints(kind: FingerClass, width: number, height: number, random: SeededRandom) {
  const near = (x: number, y: number, spread: number): Place => ({
    x: width * (x + spread * random.gauss()),
    y: height * (y + spread * random.gauss()),
  });
  const core = near(0.5, 0.44, 0.03);
  switch (kind) {
    case "arch":
      return { cores: [], deltas: [] };
    case "tented-arch":
      return {
        cores: [core],
        deltas: [{ x: core.x + width * 0.01 * random.gauss(), y: core.y + height * random.between(0.14, 0.2) }],
      };
    case "left-loop":
      return { cores: [core], deltas: [near(0.76, 0.67, 0.045)] };
    case "right-loop":
      return { cores: [core], deltas: [near(0.24, 0.67, 0.045)] };
    case "whorl": {
      const lower = { x: core.x + width * 0.03 * random.gauss(), y: core.y + height * random.between(0.06, 0.13) };
      return { cores: [core, lower], deltas: [near(0.17, 0.7, 0.045), near(0.83, 0.7, 0.045)] };
    }
    case "double-loop": {
      const side = random.next() < 0.5 ? -1 : 1;
      const lower = {
        x: core.x + side * width * random.between(0.1, 0.15),
        y: core.y + height * random.between(0.1, 0.15),
      };
      return { cores: [core, lower], deltas: [near(0.17, 0.72, 0.045), near(0.83, 0.72, 0.045)] };
    }
  }
}

const KNOTS = 8;

/** Random offsets of the angle around one singular point, the same at -π and π. */
function correction(random: SeededRandom): Float64Array {
  const knots = Float64Array.from({ length: KNOTS + 1 }, () => BENDING * random.gauss());
  knots[KNOTS] = knots[0]!;
  return knots;
}

function corrected(alpha: number, knots: Float64Array): number {
  const at = ((alpha + Math.PI) / (2 * Math.PI)) * KNOTS;
  const k = min(KNOTS - 1, max(0, floor(at)));
  const f = at - k;
  const smooth = f * f * (3 - 2 * f);
  return alpha + knots[k]! * (1 - smooth) + knots[k + 1]! * smooth;
}

/** A smooth random function of the unit square, deviation about 1. */
export function smoothField(random: SeededRandom, columns: number, rows: number): (u: number, v: number) => number {
  const grid = Float64Array.from({ length: (columns + 1) * (rows + 1) }, () => random.gauss());
  const ease = (t: number) => t * t * (3 - 2 * t);
  return (u, v) => {
    const gx = min(max(u * columns, 0), columns - 1e-6);
    const gy = min(max(v * rows, 0), rows - 1e-6);
    const x = floor(gx);
    const y = floor(gy);
    const fx = ease(gx - x);
    const fy = ease(gy - y);
    const i = y * (columns + 1) + x;
    const top = grid[i]! * (1 - fx) + grid[i + 1]! * fx;
    const bottom = grid[i + columns + 1]! * (1 - fx) + grid[i + columns + 2]! * fx;
    return top * (1 - fy) + bottom * fy;
  };
}
