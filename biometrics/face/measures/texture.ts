/** Detail and damage: sharpness, noise, compression. OFIQ uses trained models here; these are substitutes by plain measures. */
import type { Box, RgbImage } from "../../image/image.ts";
import { selectRank } from "../../image/rank.ts";
import { type WorkFace, workSide } from "./work-face.ts";

export interface TextureValues {
  /** Fine differences over coarse ones on the face, in the work image; noise is smoothed away first. */
  readonly Sharpness: number;
  /** Deviation of the sensor noise, of 255, in the picture's own pixels. */
  readonly Noise: number;
  /** How much higher steps at the borders of 8 × 8 blocks are than beside them. */
  readonly CompressionArtifacts: number;
}

export function textureValues(still: RgbImage, box: Box, work: WorkFace): TextureValues {
  const grey = greyOf(still, box);
  return { Sharpness: sharpness(work), Noise: noise(grey), CompressionArtifacts: blocks(grey) };
}

interface Grey {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
  /** Where it lies in the picture. */
  readonly x: number;
  readonly y: number;
}

function greyOf({ width, height, data }: RgbImage, box: Box): Grey {
  const x = Math.max(0, Math.floor(box.x));
  const y = Math.max(0, Math.floor(box.y));
  const w = Math.max(0, Math.min(width, Math.ceil(box.x + box.width)) - x);
  const h = Math.max(0, Math.min(height, Math.ceil(box.y + box.height)) - y);
  const grey = new Float32Array(w * h);
  for (let r = 0; r < h; r++) {
    for (let c = 0; c < w; c++) {
      const i = ((y + r) * width + x + c) * 3;
      grey[r * w + c] = 0.299 * data[i]! + 0.587 * data[i + 1]! + 0.114 * data[i + 2]!;
    }
  }
  return { data: grey, width: w, height: h, x, y };
}

function sharpness({ rgb, mask }: WorkFace): number {
  const wide = 12;
  const grey = new Float32Array(workSide * workSide);
  for (let i = 0; i < grey.length; i++) grey[i] = 0.3 * rgb[i * 3]! + 0.6 * rgb[i * 3 + 1]! + 0.1 * rgb[i * 3 + 2]!;
  const soft = new Float32Array(grey.length);
  for (let y = 1; y < workSide - 1; y++) {
    for (let x = 1; x < workSide - 1; x++) {
      const i = y * workSide + x;
      if (mask[i] === 0) continue;
      const g = (k: number) => grey[i + k]!;
      soft[i] =
        (4 * g(0) +
          2 * (g(-1) + g(1) + g(-workSide) + g(workSide)) +
          g(-workSide - 1) +
          g(-workSide + 1) +
          g(workSide - 1) +
          g(workSide + 1)) /
        16;
    }
  }
  const fine = new Float32Array(workSide * workSide);
  let coarse = 0;
  let count = 0;
  for (let y = wide; y < workSide - wide; y++) {
    for (let x = wide; x < workSide - wide; x++) {
      const i = y * workSide + x;
      if (
        mask[i] === 0 ||
        mask[i - wide] === 0 ||
        mask[i + wide] === 0 ||
        mask[i - wide * workSide] === 0 ||
        mask[i + wide * workSide] === 0
      )
        continue;
      const g = (k: number) => soft[i + k]!;
      const here = 2 * g(0);
      fine[count] = Math.abs(here - g(-2) - g(2)) + Math.abs(here - g(-2 * workSide) - g(2 * workSide));
      coarse += Math.abs(here - g(-wide) - g(wide)) + Math.abs(here - g(-wide * workSide) - g(wide * workSide));
      count++;
    }
  }
  if (count === 0) return 0;
  // Only the strongest tenth counts: lids, lashes, lips and brows are edges on every face, skin may be smooth.
  const rank = Math.min(count - 1, Math.ceil(count * 0.9));
  selectRank(fine.subarray(0, count), rank);
  let strongest = 0;
  for (let i = rank; i < count; i++) strongest += fine[i]!;
  return strongest / (count - rank) / Math.max(1, (coarse / count) * 3);
}

/** Median of Immerkær's noise mask over the smoother half of the picture. */
function noise({ data, width, height }: Grey): number {
  const step = Math.max(1, Math.floor(Math.sqrt((width * height) / 16_000)));
  const most = Math.ceil(width / step) * Math.ceil(height / step);
  const edges = new Float32Array(most);
  const values = new Float32Array(most);
  let count = 0;
  for (let y = 2; y < height - 2; y += step) {
    for (let x = 2; x < width - 2; x += step) {
      const i = y * width + x;
      const corners = data[i - width - 1]! + data[i - width + 1]! + data[i + width - 1]! + data[i + width + 1]!;
      const sides = data[i - 1]! + data[i + 1]! + data[i - width]! + data[i + width]!;
      values[count] = Math.abs(corners - 2 * sides + 4 * data[i]!);
      edges[count] = Math.abs(data[i + 2]! - data[i - 2]!) + Math.abs(data[i + 2 * width]! - data[i - 2 * width]!);
      count++;
    }
  }
  if (count < 50) return 0;
  const typical = selectRank(edges.slice(0, count), count >> 1);
  const smooth = values.subarray(0, count).filter((_, i) => edges[i]! <= typical);
  return selectRank(smooth, smooth.length >> 1) / 0.6745 / 6;
}

/** The strongest phase of an 8-pixel grid, both ways. */
function blocks(grey: Grey): number {
  const { data, width, height } = grey;
  if (width < 32 || height < 32) return 0;
  const across = new Float64Array(8);
  const down = new Float64Array(8);
  for (let y = 2; y < height - 2; y++) {
    for (let x = 2; x < width - 2; x++) {
      const i = y * width + x;
      // A step that is not the run of a slope: what a block border adds.
      const stepX =
        Math.abs(data[i + 1]! - data[i]!) -
        0.5 * (Math.abs(data[i]! - data[i - 1]!) + Math.abs(data[i + 2]! - data[i + 1]!));
      const stepY =
        Math.abs(data[i + width]! - data[i]!) -
        0.5 * (Math.abs(data[i]! - data[i - width]!) + Math.abs(data[i + 2 * width]! - data[i + width]!));
      across[(grey.x + x) & 7]! += stepX;
      down[(grey.y + y) & 7]! += stepY;
    }
  }
  const peak = (list: Float64Array) => {
    const sorted = [...list].sort((a, b) => b - a);
    const rest = sorted.slice(1).reduce((sum, value) => sum + value, 0) / 7;
    return sorted[0]! - rest;
  };
  return ((peak(across) + peak(down)) * 4) / (width * height);
}
