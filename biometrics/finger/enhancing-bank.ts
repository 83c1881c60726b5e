/** The Gabor kernels of contextual enhancement: waves of every direction and period, at full and at half size, in whole numbers. */
import { gaborTaps, type Wave } from "./gabor-bank.ts";
import { PERIOD_RANGE } from "./limits.ts";

export const ANGLES = 32;
export const PERIODS = 10;
/** Spread of a kernel in ridge periods: across, and along the ridges. */
const SIGMA_ACROSS = 0.42;
const SIGMA_ALONG = 0.55;
/** Half side of a kernel at full size, pixels. */
const RADIUS = 10;
const LOG_STEP = Math.log(PERIOD_RANGE.most / PERIOD_RANGE.least) / (PERIODS - 1);

/** Parts of one in the picture, and the most its values are (see normalise.ts). */
export const PICTURE_PARTS = 4096;
const MOST_VALUE = 2.5;

/** Kernels one after another, [period][angle], their rows taken two at a time. */
export interface EnhancingBank {
  readonly radius: number;
  /** Pairs of rows in a kernel. */
  readonly side: number;
  /** For each pair of rows of each kernel: its first column and how many pairs of taps it has. */
  readonly rows: Int32Array;
  /** Where each kernel's taps begin. */
  readonly firsts: Int32Array;
  /** Pairs of taps: the upper row's in the low 16 bits, the lower row's above. */
  readonly taps: Int32Array;
  /** Parts of one in the taps. */
  readonly parts: number;
}

/** Number of the kernel for a ridge angle (image coordinates) and a period in full-size pixels. */
export function kernelNumber(angle: number, period: number): number {
  const a = ((Math.round((angle * ANGLES) / Math.PI) % ANGLES) + ANGLES) % ANGLES;
  return periodNumber(period) * ANGLES + a;
}

export function periodNumber(period: number): number {
  const p = Math.round(Math.log(period / PERIOD_RANGE.least) / LOG_STEP);
  return Math.min(PERIODS - 1, Math.max(0, p));
}

export const FULL_BANK = makeBank(RADIUS, 1);
export const HALF_BANK = makeBank(RADIUS / 2, 2);

function makeBank(radius: number, scale: number): EnhancingBank {
  const kernels = Array.from({ length: PERIODS * ANGLES }, (_, k) => {
    const period = (PERIOD_RANGE.least * Math.exp(Math.floor(k / ANGLES) * LOG_STEP)) / scale;
    const angle = ((k % ANGLES) * Math.PI) / ANGLES;
    return square({ period, angle, sigmaAcross: SIGMA_ACROSS * period, sigmaAlong: SIGMA_ALONG * period }, radius);
  });
  const largest = Math.max(...kernels.map((taps) => taps.reduce((most, tap) => Math.max(most, Math.abs(tap)), 0)));
  const heaviest = Math.max(...kernels.map((taps) => taps.reduce((sum, tap) => sum + Math.abs(tap), 0)));
  // Taps fit 16 bits and sums 32.
  const parts = Math.floor(Math.min(32_767 / largest, 2 ** 31 / (heaviest * 1.01 * MOST_VALUE * PICTURE_PARTS)));
  const side = radius + 1;
  const rows: number[] = [];
  const firsts: number[] = [];
  const taps: number[] = [];
  for (const kernel of kernels) {
    firsts.push(taps.length);
    for (let pair = 0; pair < side; pair++) {
      const tap = (row: number, column: number) =>
        row > 2 * radius ? 0 : Math.round(kernel[row * (2 * radius + 1) + column]! * parts);
      const pairs = Array.from(
        { length: 2 * radius + 1 },
        (_, column) => (tap(2 * pair, column) & 0xffff) | (tap(2 * pair + 1, column) << 16),
      );
      const first = Math.max(
        0,
        pairs.findIndex((p) => p !== 0),
      );
      const end = pairs.findLastIndex((p) => p !== 0) + 1;
      rows.push(first, Math.max(0, end - first));
      taps.push(...pairs.slice(first, end));
    }
  }
  return {
    radius,
    side,
    rows: Int32Array.from(rows),
    firsts: Int32Array.from(firsts),
    taps: Int32Array.from(taps),
    parts,
  };
}

/** A kernel's taps on the whole square, 0 outside the circle. */
function square(wave: Wave, radius: number): Float64Array {
  const side = 2 * radius + 1;
  const offsets = Array.from({ length: side * side }, (_, i) => ({
    x: (i % side) - radius,
    y: Math.floor(i / side) - radius,
  })).filter(({ x, y }) => x * x + y * y <= (radius + 0.5) ** 2);
  const result = new Float64Array(side * side);
  const taps = gaborTaps(wave, offsets);
  offsets.forEach(({ x, y }, i) => {
    result[(y + radius) * side + x + radius] = taps[i]!;
  });
  return result;
}
