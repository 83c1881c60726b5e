/**
 * Ridges grow out of noise: filtered again and again with the wave of their own direction and period, they join into lines;
 * where they cannot, minutiae appear by themselves (the idea of SFinGe, Cappelli, Maio and Maltoni 2000).
 */
import type { FingerFlow } from "./finger-flow.ts";
import type { SeededRandom } from "./random.ts";

const ANGLES = 48;
const PERIODS = 12;
const LEAST_PERIOD = 6.5;
const MOST_PERIOD = 13;
/** Most passes run at half size, where they cost a sixteenth. */
const COARSE_PASSES = 14;
const FINE_PASSES = 2;
/** Gain of a pass before clipping to -1..1. */
const GAIN = 1.6;

/** Grows the ridges; returns a wave of about -1 (valley) to 1 (ridge), row by row. Width and height must be even. */
export function growRidges(flow: FingerFlow, width: number, height: number, random: SeededRandom): Float32Array {
  const w = width / 2;
  const h = height / 2;
  let wave: Float32Array = new Float32Array(w * h);
  for (let i = 0; i < wave.length; i++) wave[i] = random.between(-1, 1);
  const coarse = bank(2, 0.45, 0.62);
  const coarseIndex = kernelIndex(flow, w, h, 2);
  for (let pass = 0; pass < COARSE_PASSES; pass++) wave = filter(wave, w, h, coarse, coarseIndex);
  wave = doubled(wave, w, h);
  const fine = bank(1, 0.4, 0.5);
  const fineIndex = kernelIndex(flow, width, height, 1);
  for (let pass = 0; pass < FINE_PASSES; pass++) wave = filter(wave, width, height, fine, fineIndex);
  return wave;
}

interface Bank {
  readonly radius: number;
  readonly kernels: readonly Float32Array[];
}

/** Kernels of all periods and angles at a scale (2 = half size); spreads in periods. */
function bank(scale: number, sigmaAcross: number, sigmaAlong: number): Bank {
  const radius = Math.ceil((1.15 * 10) / scale);
  const side = 2 * radius + 1;
  const kernels: Float32Array[] = [];
  for (let p = 0; p < PERIODS; p++) {
    const period = periodOf(p) / scale;
    for (let a = 0; a < ANGLES; a++) {
      const angle = (a * Math.PI) / ANGLES;
      const taps = new Float32Array(side * side);
      const weight = new Float32Array(side * side);
      let sum = 0;
      let weights = 0;
      for (let i = 0; i < taps.length; i++) {
        const x = (i % side) - radius;
        const y = Math.floor(i / side) - radius;
        const along = x * Math.cos(angle) + y * Math.sin(angle);
        const across = y * Math.cos(angle) - x * Math.sin(angle);
        weight[i] = Math.exp(-0.5 * ((across / (sigmaAcross * period)) ** 2 + (along / (sigmaAlong * period)) ** 2));
        taps[i] = weight[i]! * Math.cos((2 * Math.PI * across) / period);
        sum += taps[i]!;
        weights += weight[i]!;
      }
      let gain = 0;
      for (let i = 0; i < taps.length; i++) {
        taps[i]! -= (weight[i]! * sum) / weights;
        const across = (Math.floor(i / side) - radius) * Math.cos(angle) - ((i % side) - radius) * Math.sin(angle);
        gain += taps[i]! * Math.cos((2 * Math.PI * across) / period);
      }
      for (let i = 0; i < taps.length; i++) taps[i]! *= GAIN / gain;
      kernels.push(taps);
    }
  }
  return { radius, kernels };
}

function periodOf(p: number): number {
  return LEAST_PERIOD + ((MOST_PERIOD - LEAST_PERIOD) * p) / (PERIODS - 1);
}

function kernelIndex(flow: FingerFlow, width: number, height: number, scale: number): Uint16Array {
  const index = new Uint16Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const angle = flow.angle(x * scale, y * scale);
      const a = ((Math.round((angle * ANGLES) / Math.PI) % ANGLES) + ANGLES) % ANGLES;
      const share = (flow.period(x * scale, y * scale) - LEAST_PERIOD) / (MOST_PERIOD - LEAST_PERIOD);
      const p = Math.min(PERIODS - 1, Math.max(0, Math.round(share * (PERIODS - 1))));
      index[y * width + x] = p * ANGLES + a;
    }
  }
  return index;
}

function filter(wave: Float32Array, width: number, height: number, { radius, kernels }: Bank, index: Uint16Array) {
  const stride = width + 2 * radius;
  const pad = new Float32Array(stride * (height + 2 * radius));
  for (let y = 0; y < height; y++) pad.set(wave.subarray(y * width, (y + 1) * width), (y + radius) * stride + radius);
  const side = 2 * radius + 1;
  const result = new Float32Array(wave.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const taps = kernels[index[y * width + x]!]!;
      let sum = 0;
      let t = 0;
      let i = y * stride + x;
      for (let j = 0; j < side; j++) {
        for (let u = 0; u < side; u++) sum += taps[t++]! * pad[i + u]!;
        i += stride;
      }
      result[y * width + x] = Math.max(-1, Math.min(1, sum));
    }
  }
  return result;
}

/** Twice the size by linear interpolation. */
function doubled(wave: Float32Array, width: number, height: number): Float32Array {
  const result = new Float32Array(4 * wave.length);
  for (let y = 0; y < 2 * height; y++) {
    const y0 = Math.min(y >> 1, height - 1);
    const y1 = Math.min(y0 + (y & 1), height - 1);
    for (let x = 0; x < 2 * width; x++) {
      const x0 = Math.min(x >> 1, width - 1);
      const x1 = Math.min(x0 + (x & 1), width - 1);
      result[y * 2 * width + x] =
        0.25 * (wave[y0 * width + x0]! + wave[y0 * width + x1]! + wave[y1 * width + x0]! + wave[y1 * width + x1]!);
    }
  }
  return result;
}
