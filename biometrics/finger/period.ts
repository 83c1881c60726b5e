/** Ridge period: the strongest wave across the ridges in an oriented window, smoothed over the print. */
import { PERIOD_RANGE } from "./limits.ts";
import type { NormalisedImage } from "./normalise.ts";
import { type RidgeMap, ridgeAngle, smoothGrid } from "./ridge-map.ts";

const { cos, max, min, sin } = Math;

/** The oriented window: samples across the ridges and lines along them, pixels. */
const ACROSS = 48;
const ALONG = 7;
const ALONG_STEP = 3;
/** Every third cell is measured. */
const STRIDE = 3;
/** Smoothing of the measured periods, cells. */
const SIGMA = 4;
/** Candidate periods, pixels. */
const PERIODS = Array.from(
  { length: 24 },
  (_, i) => PERIOD_RANGE.least * (PERIOD_RANGE.most / PERIOD_RANGE.least) ** (i / 23),
);

const WAVES = PERIODS.map((period) => {
  const cos = new Float32Array(ACROSS);
  const sin = new Float32Array(ACROSS);
  for (let k = 0; k < ACROSS; k++) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * (k + 0.5)) / ACROSS);
    const phase = (2 * Math.PI * (k - ACROSS / 2 + 0.5)) / period;
    cos[k] = window * Math.cos(phase);
    sin[k] = window * Math.sin(phase);
  }
  return { cos, sin };
});

const HALF = ACROSS / 2;
const even = new Float64Array(HALF);
const odd = new Float64Array(HALF);

/** Writes the period into the map, for cells of the mask and around them. */
export function estimatePeriod(image: NormalisedImage, map: RidgeMap): void {
  const { columns, rows, cell } = map;
  const weighted = new Float32Array(map.period.length);
  const weight = new Float32Array(map.period.length);
  const signal = new Float32Array(ACROSS);
  const power = new Float64Array(PERIODS.length);
  for (let row = 0; row < rows; row += STRIDE) {
    for (let column = 0; column < columns; column += STRIDE) {
      const i = row * columns + column;
      if (map.mask[i] === 0) continue;
      profile(image, column * cell + cell / 2, row * cell + cell / 2, ridgeAngle(map, i), signal);
      const peak = strongest(signal, power);
      if (peak === undefined) continue;
      const w = peak.clarity * map.coherence[i]!;
      weighted[i] = w / peak.period;
      weight[i] = w;
    }
  }
  const sum = smoothGrid(weighted, columns, rows, SIGMA);
  const total = smoothGrid(weight, columns, rows, SIGMA);
  let all = 0;
  let allWeight = 0;
  for (let i = 0; i < weight.length; i++) {
    all += weighted[i]!;
    allWeight += weight[i]!;
  }
  const typical = allWeight > 0 ? allWeight / all : 9;
  for (let i = 0; i < map.period.length; i++) {
    map.period[i] = total[i]! > 1e-4 ? total[i]! / sum[i]! : typical;
  }
}

/** Grey profile across the ridges, averaged along them. */
function profile(image: NormalisedImage, x: number, y: number, angle: number, signal: Float32Array): void {
  const { width, height, value } = image;
  const ux = cos(angle);
  const uy = sin(angle);
  const reach = (ALONG - 1) / 2;
  for (let k = 0; k < ACROSS; k++) {
    const across = k - ACROSS / 2 + 0.5;
    // Half a pixel is added once, so that cutting off the fraction rounds.
    const cx = x - across * uy + 0.5;
    const cy = y + across * ux + 0.5;
    let sum = 0;
    for (let l = -reach; l <= reach; l++) {
      const px = cx + l * ALONG_STEP * ux;
      const py = cy + l * ALONG_STEP * uy;
      if (px >= 0 && py >= 0 && px < width && py < height) sum += value[(py | 0) * width + (px | 0)]!;
    }
    signal[k] = sum;
  }
}

/** The strongest candidate wave, refined between candidates, and how far it stands out (0..1). */
function strongest(signal: Float32Array, power: Float64Array): { period: number; clarity: number } | undefined {
  let best = 0;
  let total = 0;
  // The waves are even and odd around the window's middle: each needs only half of its samples.
  for (let k = 0; k < HALF; k++) {
    even[k] = signal[ACROSS - 1 - k]! + signal[k]!;
    odd[k] = signal[ACROSS - 1 - k]! - signal[k]!;
  }
  for (let p = 0; p < PERIODS.length; p++) {
    const { cos, sin } = WAVES[p]!;
    let re = 0;
    let im = 0;
    for (let k = 0; k < HALF; k++) {
      re += cos[k]! * even[k]!;
      im -= sin[k]! * odd[k]!;
    }
    power[p] = re * re + im * im;
    total += power[p]!;
    if (power[p]! > power[best]!) best = p;
  }
  if (total <= 0 || best === 0 || best === PERIODS.length - 1) return undefined;
  const l = power[best - 1]!;
  const m = power[best]!;
  const r = power[best + 1]!;
  const shift = (l - r) / (2 * (l - 2 * m + r) || 1);
  const step = PERIODS[1]! / PERIODS[0]!;
  return { period: PERIODS[best]! * step ** max(-0.5, min(0.5, shift)), clarity: (l + m + r) / total };
}
