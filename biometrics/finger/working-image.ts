/** From any accepted picture to the 500 ppi grey picture that every stage works on. */
import { BiometricsError } from "../errors.ts";
import type { GreyImage } from "../image/image.ts";
import { MOST_WORKING_SIDE, PPI_RANGE, SIDE_RANGE, WORKING_PPI } from "./limits.ts";
import { isNegative, negative } from "./negative.ts";

/** A working picture and the factor from its pixels back to the captured ones. */
export interface WorkingImage extends GreyImage {
  /** Captured pixels per working pixel. */
  readonly scale: number;
  /** The picture was a negative (light ridges on a dark ground) and has been turned round. */
  readonly inverted: boolean;
}

/**
 * Checks a picture and brings it to 500 ppi.
 * @throws BiometricsError `finger/image-size`, `finger/image-resolution`, `finger/image-extent`, `finger/image-data`
 */
export function workingImage(image: GreyImage): WorkingImage {
  const { width, height, ppi, data } = image;
  const sideOk = (side: number) => Number.isInteger(side) && side >= SIDE_RANGE.least && side <= SIDE_RANGE.most;
  if (!sideOk(width) || !sideOk(height)) {
    throw new BiometricsError("finger/image-size", { width, height, least: SIDE_RANGE.least, most: SIDE_RANGE.most });
  }
  if (!(ppi >= PPI_RANGE.least && ppi <= PPI_RANGE.most)) {
    throw new BiometricsError("finger/image-resolution", { ppi, least: PPI_RANGE.least, most: PPI_RANGE.most });
  }
  const inches = { across: width / ppi, down: height / ppi };
  if (Math.max(inches.across, inches.down) * WORKING_PPI > MOST_WORKING_SIDE) {
    const mm = (inch: number) => Math.round(25.4 * inch);
    throw new BiometricsError("finger/image-extent", {
      width,
      height,
      ppi,
      acrossMm: mm(inches.across),
      downMm: mm(inches.down),
      mostMm: mm(MOST_WORKING_SIDE / WORKING_PPI),
    });
  }
  if (data.length !== width * height) {
    throw new BiometricsError("finger/image-data", { bytes: data.length, expected: width * height });
  }
  const inverted = isNegative(image);
  const positive = inverted ? negative(image) : image;
  const scale = ppi / WORKING_PPI;
  if (Math.abs(scale - 1) < 0.01) return { width, height, data: positive.data, ppi: WORKING_PPI, scale: 1, inverted };
  return { ...resample(positive, scale), ppi: WORKING_PPI, scale, inverted };
}

/** Bilinear resampling, the border repeated; with a box filter first when it shrinks to less than a half. */
function resample(image: GreyImage, scale: number): { width: number; height: number; data: Uint8Array } {
  const width = Math.max(1, Math.round(image.width / scale));
  const height = Math.max(1, Math.round(image.height / scale));
  const taps = Math.max(1, Math.round(scale));
  const across = places(width * taps, scale / taps, image.width);
  const down = places(height * taps, scale / taps, image.height);
  const data = new Uint8Array(width * height);
  const line = new Float64Array(width * taps);
  // Two rows of the source, already resampled across; most rows of the result lie between the same two as the last.
  let [upper, lower] = [new Float64Array(width * taps), new Float64Array(width * taps)];
  let held = -2;
  for (let y = 0; y < height; y++) {
    for (let j = y * taps; j < (y + 1) * taps; j++) {
      const row = down.first[j]!;
      if (row === held + 1) [upper, lower] = [lower, upper];
      else if (row !== held) resampleRow(image, row, across, upper);
      if (row !== held) resampleRow(image, row + 1, across, lower);
      held = row;
      const part = down.part[j]!;
      if (taps === 1) blend(upper, lower, part, data, y * width);
      else for (let i = 0; i < line.length; i++) line[i]! += upper[i]! + part * (lower[i]! - upper[i]!);
    }
    if (taps > 1) gatherTaps(line, taps, data, y * width, width);
  }
  return { width, height, data };
}

/** A row of the result between two rows of the source. */
function blend(upper: Float64Array, lower: Float64Array, part: number, data: Uint8Array, from: number): void {
  // Cut off to a whole number first: storing a fraction in bytes is many times slower.
  for (let x = 0; x < upper.length; x++) data[from + x] = (upper[x]! + part * (lower[x]! - upper[x]!) + 0.5) | 0;
}

/** A row of the result from `taps`×`taps` samples a pixel; the sums are left at 0. */
function gatherTaps(line: Float64Array, taps: number, data: Uint8Array, from: number, width: number): void {
  for (let x = 0; x < width; x++) {
    let sum = 0;
    for (let i = x * taps; i < (x + 1) * taps; i++) sum += line[i]!;
    data[from + x] = (sum / (taps * taps) + 0.5) | 0;
  }
  line.fill(0);
}

function resampleRow({ data, width }: GreyImage, row: number, { first, part }: Places, out: Float64Array): void {
  const from = row * width;
  for (let i = 0; i < out.length; i++) {
    const at = from + first[i]!;
    const left = data[at]!;
    out[i] = left + part[i]! * (data[at + 1]! - left);
  }
}

interface Places {
  readonly first: Int32Array;
  readonly part: Float32Array;
}

/** Where samples fall on a side: the pixel before each, and how far past it. */
function places(count: number, scale: number, side: number): Places {
  const first = new Int32Array(count);
  const part = new Float32Array(count);
  for (let k = 0; k < count; k++) {
    const at = Math.min(Math.max((k + 0.5) * scale - 0.5, 0), side - 1);
    first[k] = Math.min(Math.floor(at), side - 2);
    part[k] = at - first[k]!;
  }
  return { first, part };
}
