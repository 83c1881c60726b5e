/**
 * Minutia cylinder codes (Cappelli, Ferrara, Maltoni 2010): what other minutiae lie around a minutia, at which place and
 * turned how far, as a string of bits that does not change when the finger is shifted or turned.
 */
import type { PlacedMinutiae } from "./packed-template.ts";

const SIDE = 10;
const SECTIONS = 6;
const RADIUS = 75;
const SIGMA_PLACE = 10;
const SIGMA_TURN = (2 * Math.PI) / 9;
/** A cell is set when the neighbourhood's mass reaches this. */
const SET_AT = 0.0006;
/** A minutia with fewer neighbours than this has no descriptor. */
const LEAST_NEIGHBOURS = 2;

interface Cell {
  readonly x: number;
  readonly y: number;
}
const STEP = (2 * RADIUS) / SIDE;
const CELLS: Cell[] = [];
for (let j = 0; j < SIDE; j++) {
  for (let i = 0; i < SIDE; i++) {
    const x = (i - (SIDE - 1) / 2) * STEP;
    const y = (j - (SIDE - 1) / 2) * STEP;
    if (Math.hypot(x, y) <= RADIUS) CELLS.push({ x, y });
  }
}
/** 32-bit words of a descriptor. */
const WORDS = Math.ceil((CELLS.length * SECTIONS) / 32);
/** Gaussian of place by the whole square of the distance. */
const PLACE = Float64Array.from(
  { length: 9 * SIGMA_PLACE * SIGMA_PLACE + 1 },
  (_, d2) => Math.exp(-d2 / (2 * SIGMA_PLACE * SIGMA_PLACE)) / (2 * Math.PI * SIGMA_PLACE * SIGMA_PLACE),
);

/** Share of a turn's Gaussian that falls into one section, by the distance from its middle. */
function turnMass(distance: number): number {
  const half = Math.PI / SECTIONS;
  return (gaussIntegral((distance + half) / SIGMA_TURN) - gaussIntegral((distance - half) / SIGMA_TURN)) / 2;
}

function gaussIntegral(t: number): number {
  // erf(t/√2) by Abramowitz and Stegun 7.1.26.
  const x = Math.abs(t) / Math.SQRT2;
  const k = 1 / (1 + 0.3275911 * x);
  const poly = ((((1.061405429 * k - 1.453152027) * k + 1.421413741) * k - 0.284496736) * k + 0.254829592) * k;
  return Math.sign(t) * (1 - poly * Math.exp(-x * x));
}

/** Writes the descriptor of minutia `i`; all words stay 0 when it has too few neighbours. */
function describe(i: number, x: Float32Array, y: Float32Array, angle: Float32Array, bits: Int32Array): void {
  const cos = Math.cos(angle[i]!);
  const sin = Math.sin(angle[i]!);
  const reach = RADIUS + 3 * SIGMA_PLACE;
  const near: { u: number; v: number; mass: Float64Array }[] = [];
  let neighbours = 0;
  for (let k = 0; k < x.length; k++) {
    if (k === i) continue;
    const dx = x[k]! - x[i]!;
    const dy = y[k]! - y[i]!;
    const d = Math.hypot(dx, dy);
    if (d > reach) continue;
    if (d < RADIUS) neighbours++;
    const turn = angle[k]! - angle[i]!;
    const mass = new Float64Array(SECTIONS);
    for (let s = 0; s < SECTIONS; s++) {
      const middle = -Math.PI + ((s + 0.5) * 2 * Math.PI) / SECTIONS;
      const difference = Math.atan2(Math.sin(turn - middle), Math.cos(turn - middle));
      mass[s] = turnMass(difference);
    }
    near.push({ u: dx * cos + dy * sin, v: dy * cos - dx * sin, mass });
  }
  if (neighbours < LEAST_NEIGHBOURS) return;
  const base = i * WORDS;
  const sums = new Float64Array(SECTIONS);
  for (let c = 0; c < CELLS.length; c++) {
    const cell = CELLS[c]!;
    sums.fill(0);
    for (const n of near) {
      const d2 = (n.u - cell.x) ** 2 + (n.v - cell.y) ** 2;
      if (d2 > 9 * SIGMA_PLACE * SIGMA_PLACE) continue;
      const w = PLACE[d2 | 0]!;
      for (let s = 0; s < SECTIONS; s++) sums[s]! += w * n.mass[s]!;
    }
    for (let s = 0; s < SECTIONS; s++) {
      const bit = s * CELLS.length + c;
      if (sums[s]! > SET_AT) bits[base + (bit >> 5)]! |= 1 << (bit & 31);
    }
  }
}

/** 32-bit words kept for a minutia: its descriptor, and last the number of its set bits. */
export const CYLINDER_WORDS = 16;

/** The descriptors of all minutiae. */
export function cylinderCodes({ count, x, y, angle }: PlacedMinutiae): Int32Array {
  const bits = new Int32Array(count * WORDS);
  const codes = new Int32Array(count * CYLINDER_WORDS);
  for (let i = 0; i < count; i++) {
    describe(i, x, y, angle, bits);
    const own = bits.subarray(i * WORDS, (i + 1) * WORDS);
    codes.set(own, i * CYLINDER_WORDS);
    codes[(i + 1) * CYLINDER_WORDS - 1] = own.reduce((sum, word) => sum + popcount(word), 0);
  }
  return codes;
}

/** Bits set in a word. */
function popcount(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
