/** The power spectrum of a small square of grey values: a radix-2 fast Fourier transform, rows then columns. */

import type { RgbImage } from "./image.ts";

/** Cosines and sines of a length's turns, and where each place goes when its bits are read backwards. */
interface Plan {
  readonly cos: Float64Array;
  readonly sin: Float64Array;
  readonly swaps: readonly (readonly [number, number])[];
}

const plans = new Map<number, Plan>();

function planOf(n: number): Plan {
  const known = plans.get(n);
  if (known !== undefined) return known;
  const swaps: [number, number][] = [];
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) swaps.push([i, j]);
  }
  const turn = (of: (angle: number) => number) =>
    Float64Array.from({ length: n / 2 }, (_, k) => of((-2 * Math.PI * k) / n));
  const plan = { cos: turn(Math.cos), sin: turn(Math.sin), swaps };
  plans.set(n, plan);
  return plan;
}

/** Turns `re` and `im` (a power of two long) into their discrete Fourier transform, in place. */
export function transform(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  const { cos, sin, swaps } = planOf(n);
  for (const [i, j] of swaps) {
    const [a, b] = [re[i]!, im[i]!];
    re[i] = re[j]!;
    im[i] = im[j]!;
    re[j] = a;
    im[j] = b;
  }
  for (let length = 2; length <= n; length <<= 1) {
    const half = length >> 1;
    const step = n / length;
    for (let k = 0; k < half; k++) {
      const c = cos[k * step]!;
      const s = sin[k * step]!;
      for (let i = k; i < n; i += length) {
        const j = i + half;
        const x = re[j]! * c - im[j]! * s;
        const y = re[j]! * s + im[j]! * c;
        re[j] = re[i]! - x;
        im[j] = im[i]! - y;
        re[i]! += x;
        im[i]! += y;
      }
    }
  }
}

/** Squared magnitudes of the transform of `side` × `side` values; frequency 0 at index 0, negative ones from `side / 2`. */
export function powerSpectrum(values: Float64Array, side: number): Float64Array {
  const re = new Float64Array(side * side);
  const im = new Float64Array(side * side);
  const a = new Float64Array(side);
  const b = new Float64Array(side);
  // Two rows of real numbers are one of complex ones: their transforms are its even and its odd half.
  for (let y = 0; y < side; y += 2) {
    a.set(values.subarray(y * side, (y + 1) * side));
    b.set(values.subarray((y + 1) * side, (y + 2) * side));
    transform(a, b);
    for (let k = 0; k < side; k++) {
      const mirror = (side - k) % side;
      const first = y * side + k;
      re[first] = (a[k]! + a[mirror]!) / 2;
      im[first] = (b[k]! - b[mirror]!) / 2;
      re[first + side] = (b[k]! + b[mirror]!) / 2;
      im[first + side] = (a[mirror]! - a[k]!) / 2;
    }
  }
  const power = new Float64Array(side * side);
  for (let x = 0; x <= side / 2; x++) {
    for (let y = 0; y < side; y++) {
      a[y] = re[y * side + x]!;
      b[y] = im[y * side + x]!;
    }
    transform(a, b);
    const mirrored = (side - x) % side;
    for (let y = 0; y < side; y++) {
      const size = a[y]! ** 2 + b[y]! ** 2;
      power[y * side + x] = size;
      // The transform of real numbers is its own mirror image.
      power[((side - y) % side) * side + mirrored] = size;
    }
  }
  return power;
}

const windows = new Map<number, Float64Array>();

/** Luminances of a square of a picture without their mean, faded out to its border (Hann), as a spectrum wants them. */
export function fadedSquare({ width, data }: RgbImage, left: number, top: number, side: number): Float64Array {
  const fade =
    windows.get(side) ??
    Float64Array.from({ length: side }, (_, at) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (at + 0.5)) / side));
  windows.set(side, fade);
  const grey = new Float64Array(side * side);
  let total = 0;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const i = ((top + y) * width + left + x) * 3;
      const value = 0.3 * data[i]! + 0.6 * data[i + 1]! + 0.1 * data[i + 2]!;
      grey[y * side + x] = value;
      total += value;
    }
  }
  const mean = total / grey.length;
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) grey[y * side + x] = (grey[y * side + x]! - mean) * fade[x]! * fade[y]!;
  return grey;
}
