/**
 * Ridges grow out of noise: filtered again and again with the wave of their own direction and period, they join into lines;
 * where they cannot, minutiae appear by themselves (the idea of SFinGe, Cappelli, Maio and Maltoni 2000).
 */
import { type KernelBank, kernelBank } from "../finger/gabor-bank.ts";
import { BLOCK, filterBlocks } from "../finger/gabor-engine.ts";
import type { FingerFlow } from "./finger-flow.ts";
import type { SeededRandom } from "./random.ts";

const { ceil, floor, max, min, round } = Math;

const ANGLES = 48;
const PERIODS = 12;
const LEAST_PERIOD = 6.5;
const MOST_PERIOD = 13;
/** Most passes run at half size, where they cost a sixteenth. */
const COARSE_PASSES = 14;
const FINE_PASSES = 2;
/** Gain of a pass before clipping to -1..1. */
const GAIN = 1.6;

const COARSE = bank(2, 0.45, 0.62);
const FINE = bank(1, 0.4, 0.5);

/** Grows the ridges; returns a wave of about -1 (valley) to 1 (ridge), row by row. Width and height must be even. */
export function growRidges(flow: FingerFlow, width: number, height: number, random: SeededRandom): Float32Array {
  const w = width / 2;
  const h = height / 2;
  let wave: Float32Array = new Float32Array(w * h);
  for (let i = 0; i < wave.length; i++) wave[i] = random.between(-1, 1);
  const coarseIndex = kernelIndex(flow, w, h, 2);
  for (let pass = 0; pass < COARSE_PASSES; pass++) wave = clipped(filterBlocks(wave, w, h, coarseIndex, COARSE));
  wave = doubled(wave, w, h);
  const fineIndex = kernelIndex(flow, width, height, 1);
  for (let pass = 0; pass < FINE_PASSES; pass++) wave = clipped(filterBlocks(wave, width, height, fineIndex, FINE));
  return wave;
}

/** Kernels of all periods and angles at a scale (2 = half size); spreads in periods. */
function bank(scale: number, sigmaAcross: number, sigmaAlong: number): KernelBank {
  const waves = Array.from({ length: PERIODS * ANGLES }, (_, k) => {
    const period = periodOf(floor(k / ANGLES)) / scale;
    const angle = ((k % ANGLES) * Math.PI) / ANGLES;
    return { period, angle, sigmaAcross: sigmaAcross * period, sigmaAlong: sigmaAlong * period };
  });
  return kernelBank(ceil(11.5 / scale), waves);
}

function clipped(wave: Float32Array): Float32Array {
  for (let i = 0; i < wave.length; i++) wave[i] = max(-1, min(1, GAIN * wave[i]!));
  return wave;
}

function periodOf(p: number): number {
  return LEAST_PERIOD + ((MOST_PERIOD - LEAST_PERIOD) * p) / (PERIODS - 1);
}

/** The kernel of each block of the filter. */
function kernelIndex(flow: FingerFlow, width: number, height: number, scale: number): Uint16Array {
  const across = ceil(width / BLOCK);
  return Uint16Array.from({ length: across * ceil(height / BLOCK) }, (_, i) => {
    const x = ((i % across) + 0.5) * BLOCK * scale;
    const y = (floor(i / across) + 0.5) * BLOCK * scale;
    const a = ((round((flow.angle(x, y) * ANGLES) / Math.PI) % ANGLES) + ANGLES) % ANGLES;
    const share = (flow.period(x, y) - LEAST_PERIOD) / (MOST_PERIOD - LEAST_PERIOD);
    return min(PERIODS - 1, max(0, round(share * (PERIODS - 1)))) * ANGLES + a;
  });
}

/** Twice the size by linear interpolation. */
function doubled(wave: Float32Array, width: number, height: number): Float32Array {
  const result = new Float32Array(4 * wave.length);
  for (let y = 0; y < 2 * height; y++) {
    const y0 = min(y >> 1, height - 1);
    const y1 = min(y0 + (y & 1), height - 1);
    for (let x = 0; x < 2 * width; x++) {
      const x0 = min(x >> 1, width - 1);
      const x1 = min(x0 + (x & 1), width - 1);
      result[y * 2 * width + x] =
        0.25 * (wave[y0 * width + x0]! + wave[y0 * width + x1]! + wave[y1 * width + x0]! + wave[y1 * width + x1]!);
    }
  }
  return result;
}
