/**
 * Whether a finger moved while its one picture was taken. Movement blurs along its own way only, so the finest detail fades first in ridges that run
 * one way and last in those that run the other; a lens out of focus, a soft sensor or a light press do not care which way ridges run.
 */
import { CELL } from "./limits.ts";
import { type RidgeMap, ridgeAngle } from "./ridge-map.ts";
import type { WorkingImage } from "./working-image.ts";

const { cos, floor, hypot, log, max, min, sin, PI } = Math;

/** Places of a cell that are looked at, pixels from its corner. */
const PLACES = [
  [1, 2],
  [5, 1],
  [3, 5],
  [6, 6],
] as const;
/** Differences over so many pixels, along the ridge and across it. */
const SPANS = [1, 2, 4] as const;
/** Ridge directions are told apart in so many classes; a class of fewer cells says nothing. */
const CLASSES = 8;
const LEAST_OF_CLASS = 4;
/** Fewer cells than this show too little. */
const LEAST_CELLS = 40;
/** Added to a cell's sums, squared grey levels: less is no detail but rounding. */
const ROUNDING = 4;
/** Keeps a fit over nearly one direction from inventing the others. */
const STEADY = 0.05;
const MOST_SWING = 2;

/** Log-odds of movement, fitted on prints as they are, smeared over 7 to 13 pixels, and blurred evenly (docs/fingers.md). */
const WEIGHTS = {
  contrastSwing: 6.73,
  grainSwing: 35.3,
  grainAlong: -22.16,
  grainAcross: 3.05,
  fineGrainAlong: 31.03,
  oneWay: 8.69,
  constant: -15.06,
} as const;

/** Sums of squared differences by class of ridge direction. */
interface Detail {
  readonly cells: Float64Array;
  readonly cos: Float64Array;
  readonly sin: Float64Array;
  readonly along: readonly Float64Array[];
  readonly across: readonly Float64Array[];
}

/** Log-odds that the finger moved; very low when too little of it is to be seen. */
export function smearOdds(image: WorkingImage, map: RidgeMap): number {
  const detail = gather(image, map);
  let [cells, c, s] = [0, 0, 0];
  for (let k = 0; k < CLASSES; k++) {
    cells += detail.cells[k]!;
    c += detail.cos[k]!;
    s += detail.sin[k]!;
  }
  if (cells < LEAST_CELLS) return -99;
  const [a1, a2, a4] = detail.along as [Float64Array, Float64Array, Float64Array];
  const [x1, , x4] = detail.across as [Float64Array, Float64Array, Float64Array];
  const ratio = (over: Float64Array, under: Float64Array) => (k: number) => {
    const floorOf = ROUNDING * detail.cells[k]!;
    return log((over[k]! + floorOf) / (under[k]! + floorOf));
  };
  const contrast = harmonic(detail, ratio(a1, x1));
  const grain = harmonic(detail, ratio(a1, a4));
  return (
    WEIGHTS.constant +
    WEIGHTS.contrastSwing * min(MOST_SWING, contrast.swing) +
    WEIGHTS.grainSwing * grain.swing +
    WEIGHTS.grainAlong * grain.mean +
    WEIGHTS.grainAcross * harmonic(detail, ratio(x1, x4)).mean +
    WEIGHTS.fineGrainAlong * harmonic(detail, ratio(a1, a2)).mean +
    WEIGHTS.oneWay * (hypot(c, s) / cells)
  );
}

function gather({ data, width, height }: WorkingImage, map: RidgeMap): Detail {
  const sums = () => new Float64Array(CLASSES);
  const detail = { cells: sums(), cos: sums(), sin: sums(), along: SPANS.map(sums), across: SPANS.map(sums) };
  const reach = max(...SPANS);
  for (let i = 0; i < map.mask.length; i++) {
    if (map.mask[i] === 0) continue;
    const angle = ridgeAngle(map, i);
    const [tx, ty] = [cos(angle), sin(angle)];
    const k = floor(((angle / PI + 1) % 1) * CLASSES) % CLASSES;
    detail.cells[k]!++;
    detail.cos[k]! += cos(2 * angle);
    detail.sin[k]! += sin(2 * angle);
    const left = (i % map.columns) * CELL;
    const top = floor(i / map.columns) * CELL;
    for (const [right, down] of PLACES) {
      const x = left + right;
      const y = top + down;
      if (x < reach || y < reach || x >= width - reach - 1 || y >= height - reach - 1) continue;
      for (let n = 0; n < SPANS.length; n++) {
        const half = SPANS[n]! / 2;
        const along = difference(data, width, x, y, half * tx, half * ty);
        const across = difference(data, width, x, y, half * ty, -half * tx);
        detail.along[n]![k]! += along * along;
        detail.across[n]![k]! += across * across;
      }
    }
  }
  return detail;
}

/** Grey on one side of a place less grey on the other, between pixels. */
function difference(data: Uint8Array, width: number, x: number, y: number, dx: number, dy: number): number {
  return between(data, width, x + dx, y + dy) - between(data, width, x - dx, y - dy);
}

function between(data: Uint8Array, width: number, x: number, y: number): number {
  const [x0, y0] = [x | 0, y | 0];
  const [fx, fy] = [x - x0, y - y0];
  const i = y0 * width + x0;
  const top = data[i]! + fx * (data[i + 1]! - data[i]!);
  const bottom = data[i + width]! + fx * (data[i + width + 1]! - data[i + width]!);
  return top + fy * (bottom - top);
}

/** Least squares of value = a + b·cos 2θ + c·sin 2θ over the classes: how far it swings with the direction (|b, c|), and its mean. */
function harmonic(
  { cells, cos: cosines, sin: sines }: Detail,
  value: (k: number) => number,
): { swing: number; mean: number } {
  let [n, c, s, cc, cs, ss, d, dc, ds] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let k = 0; k < CLASSES; k++) {
    const weight = cells[k]!;
    if (weight < LEAST_OF_CLASS) continue;
    const [u, v, r] = [cosines[k]! / weight, sines[k]! / weight, value(k)];
    n += weight;
    c += weight * u;
    s += weight * v;
    cc += weight * u * u;
    cs += weight * u * v;
    ss += weight * v * v;
    d += weight * r;
    dc += weight * r * u;
    ds += weight * r * v;
  }
  if (n === 0) return { swing: 0, mean: 0 };
  // Centred, two equations are left.
  const [a11, a12, a22] = [cc - (c * c) / n + STEADY * n, cs - (c * s) / n, ss - (s * s) / n + STEADY * n];
  const [b1, b2] = [dc - (d * c) / n, ds - (d * s) / n];
  const determinant = a11 * a22 - a12 * a12;
  return { swing: hypot(b1 * a22 - b2 * a12, b2 * a11 - b1 * a12) / determinant, mean: d / n };
}
