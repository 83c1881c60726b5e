/** Local contrast normalisation: every neighbourhood to mean 0 and deviation about 1. */
import type { WorkingImage } from "./working-image.ts";

/** Half side of the neighbourhood, pixels: about three ridges. */
const RADIUS = 14;
/** Deviations below this are noise and are not stretched to full contrast, grey levels. */
const NOISE_FLOOR = 6;
/** Stretched values are cut here, so that scars and dirt do not outshout ridges. */
const CLIP = 2.5;

export interface NormalisedImage {
  readonly width: number;
  readonly height: number;
  /** About -2.5..2.5; ridges (dark) are negative. */
  readonly value: Float32Array;
  /** Local mean and deviation in grey levels. */
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

export function normalise(image: WorkingImage): NormalisedImage {
  const { width, height, data } = image;
  const size = width * height;
  const grey = Float32Array.from(data);
  const square = new Float32Array(size);
  for (let i = 0; i < size; i++) square[i] = grey[i]! * grey[i]!;
  const mean = boxMean(grey, width, height, RADIUS);
  const deviation = boxMean(square, width, height, RADIUS);
  const value = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    const spread = Math.sqrt(Math.max(0, deviation[i]! - mean[i]! * mean[i]!));
    deviation[i] = spread;
    const v = (grey[i]! - mean[i]!) / Math.max(spread, NOISE_FLOOR);
    value[i] = v > CLIP ? CLIP : Math.max(v, -CLIP);
  }
  return { width, height, value, mean, deviation };
}

/** Mean over a square of side 2·radius+1, cut at the border; linear in the number of pixels. */
export function boxMean(source: Float32Array, width: number, height: number, radius: number): Float32Array {
  const across = new Float32Array(source.length);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    let sum = 0;
    let count = 0;
    for (let x = 0; x < Math.min(radius, width); x++) {
      sum += source[row + x]!;
      count++;
    }
    for (let x = 0; x < width; x++) {
      if (x + radius < width) {
        sum += source[row + x + radius]!;
        count++;
      }
      if (x - radius - 1 >= 0) {
        sum -= source[row + x - radius - 1]!;
        count--;
      }
      across[row + x] = sum / count;
    }
  }
  const result = new Float32Array(source.length);
  const sums = new Float64Array(width);
  let count = 0;
  for (let y = 0; y < Math.min(radius, height); y++) {
    for (let x = 0; x < width; x++) sums[x]! += across[y * width + x]!;
    count++;
  }
  for (let y = 0; y < height; y++) {
    if (y + radius < height) {
      const row = (y + radius) * width;
      for (let x = 0; x < width; x++) sums[x]! += across[row + x]!;
      count++;
    }
    if (y - radius - 1 >= 0) {
      const row = (y - radius - 1) * width;
      for (let x = 0; x < width; x++) sums[x]! -= across[row + x]!;
      count--;
    }
    const row = y * width;
    for (let x = 0; x < width; x++) result[row + x] = sums[x]! / count;
  }
  return result;
}
