/** Ridge period: the strongest wave across the ridges in an oriented window, smoothed over the print. */
import { PERIOD_RANGE } from "./limits.ts";
import type { NormalisedImage } from "./normalise.ts";
import { RidgeKernel } from "./ridge-kernel.ts";
import { type RidgeMap, ridgeAngle, smoothGrid } from "./ridge-map.ts";

const { cos, floor, fround, max, min, PI, sin } = Math;

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

/** For each candidate the first half of its windowed cosine, then of its sine: they are even and odd around the middle. */
const HALF = ACROSS / 2;
const WAVES = Float32Array.from({ length: PERIODS.length * ACROSS }, (_, i) => {
  const k = i % HALF;
  const window = 0.5 - 0.5 * cos((2 * PI * (k + 0.5)) / ACROSS);
  const phase = (2 * PI * (k - HALF + 0.5)) / PERIODS[floor(i / ACROSS)]!;
  return window * (i % ACROSS < HALF ? cos(phase) : sin(phase));
});

type Picture = Pick<NormalisedImage, "width" | "height" | "value">;

/** Writes the period into the map, for cells of the mask and around them. */
export function estimatePeriod(image: NormalisedImage, map: RidgeMap): void {
  const { columns, rows, cell } = map;
  const weighted = new Float32Array(map.period.length);
  const weight = new Float32Array(map.period.length);
  const places: number[] = [];
  for (let row = 0; row < rows; row += STRIDE) {
    for (let column = 0; column < columns; column += STRIDE) {
      if (map.mask[row * columns + column] === 1) places.push(row * columns + column);
    }
  }
  const at = Float32Array.from(
    places.flatMap((i) => {
      const angle = ridgeAngle(map, i);
      const [column, row] = [i % columns, floor(i / columns)];
      return [column * cell + cell / 2, row * cell + cell / 2, cos(angle), sin(angle)];
    }),
  );
  const power = wavePowers(image, at);
  places.forEach((i, n) => {
    const peak = strongest(power.subarray(n * PERIODS.length, (n + 1) * PERIODS.length));
    if (peak === undefined) return;
    const w = peak.clarity * map.coherence[i]!;
    weighted[i] = w / peak.period;
    weight[i] = w;
  });
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

/** Power of each candidate wave across the ridges at each place: x, y, cosine and sine of the ridge's angle. */
export function wavePowers({ width, height, value }: Picture, places: Float32Array): Float32Array {
  const kernel = new RidgeKernel();
  const count = places.length / 4;
  const out = kernel.take(4 * PERIODS.length * count);
  const mark = kernel.mark();
  const at = {
    value: kernel.floats(value),
    places: kernel.floats(places),
    waves: kernel.table(WAVES),
    profiles: kernel.take(4 * ACROSS * count),
  };
  kernel.call.profiles(at.value, width, height, at.places, count, ALONG, ALONG_STEP, at.profiles);
  for (let n = 0; n < count; n++) {
    kernel.call.powers(at.profiles + 4 * ACROSS * n, at.waves, PERIODS.length, out + 4 * PERIODS.length * n);
  }
  kernel.release(mark);
  return kernel.readFloats(out, PERIODS.length * count);
}

/** The same in plain TypeScript: the reference that a test holds the compiled one against. */
export function wavePowersPlainly(picture: Picture, places: Float32Array): Float32Array {
  const power: number[] = [];
  for (let n = 0; n < places.length; n += 4) {
    const signal = profile(picture, places[n]!, places[n + 1]!, places[n + 2]!, places[n + 3]!);
    for (const period of PERIODS) {
      let re = 0;
      let im = 0;
      for (let k = 0; k < ACROSS; k++) {
        const window = 0.5 - 0.5 * cos((2 * PI * (k + 0.5)) / ACROSS);
        const phase = (2 * PI * (k - HALF + 0.5)) / period;
        re += window * cos(phase) * signal[k]!;
        im += window * sin(phase) * signal[k]!;
      }
      power.push(re * re + im * im);
    }
  }
  return Float32Array.from(power);
}

/** Grey profile across the ridges, summed along them. */
function profile({ width, height, value }: Picture, x: number, y: number, ux: number, uy: number): number[] {
  const reach = (ALONG - 1) / 2;
  return Array.from({ length: ACROSS }, (_, k) => {
    const across = k - HALF + 0.5;
    let sum = 0;
    for (let l = -reach; l <= reach; l++) {
      const px = floor(fround(fround(fround(x + 0.5) - fround(across * uy)) + fround(l * ALONG_STEP * ux)));
      const py = floor(fround(fround(fround(y + 0.5) + fround(across * ux)) + fround(l * ALONG_STEP * uy)));
      if (px >= 0 && py >= 0 && px < width && py < height) sum += value[py * width + px]!;
    }
    return sum;
  });
}

/** The strongest candidate wave, refined between candidates, and how far it stands out (0..1). */
function strongest(power: Float32Array): { period: number; clarity: number } | undefined {
  let best = 0;
  let total = 0;
  for (let p = 0; p < PERIODS.length; p++) {
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
