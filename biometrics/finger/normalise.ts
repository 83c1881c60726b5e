/** Local contrast normalisation: every neighbourhood to mean 0 and deviation about 1. */
import type { WorkingImage } from "./working-image.ts";

const { max, min, sqrt } = Math;

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
  const { mean, deviation } = localStatistics(data, width, height, RADIUS);
  const value = new Float32Array(data.length);
  for (let i = 0; i < value.length; i++) {
    const v = (data[i]! - mean[i]!) / max(deviation[i]!, NOISE_FLOOR);
    value[i] = min(CLIP, max(-CLIP, v));
  }
  return { width, height, value, mean, deviation };
}

/** Mean and deviation over a square of side 2·radius+1, cut at the border; linear in the number of pixels. */
function localStatistics(data: Uint8Array, width: number, height: number, radius: number) {
  const mean = new Float32Array(data.length);
  const deviation = new Float32Array(data.length);
  const sums = new Float64Array(width);
  const squares = new Float64Array(width);
  let rows = 0;
  const addRow = (y: number, sign: 1 | -1) => {
    rows += sign;
    for (let x = 0, i = y * width; x < width; x++, i++) {
      const v = data[i]!;
      sums[x]! += sign * v;
      squares[x]! += sign * v * v;
    }
  };
  for (let y = 0; y < min(radius, height); y++) addRow(y, 1);
  for (let y = 0; y < height; y++) {
    if (y + radius < height) addRow(y + radius, 1);
    if (y > radius) addRow(y - radius - 1, -1);
    let sum = 0;
    let square = 0;
    let columns = 0;
    for (let x = 0; x < min(radius, width); x++, columns++) {
      sum += sums[x]!;
      square += squares[x]!;
    }
    for (let x = 0, i = y * width; x < width; x++, i++) {
      if (x + radius < width) {
        sum += sums[x + radius]!;
        square += squares[x + radius]!;
        columns++;
      }
      if (x > radius) {
        sum -= sums[x - radius - 1]!;
        square -= squares[x - radius - 1]!;
        columns--;
      }
      const n = columns * rows;
      const m = sum / n;
      mean[i] = m;
      deviation[i] = sqrt(max(0, square / n - m * m));
    }
  }
  return { mean, deviation };
}
