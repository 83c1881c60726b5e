/** Small operations on grey pixels that finding text needs. */
import type { GreyPixels, PicturePoint } from "../reading.ts";

/** The picture at a whole fraction of its size, each pixel the mean of those it covers, so that noise falls and thin strokes stay. */
export function reduced(image: GreyPixels, factor: number): GreyPixels {
  if (factor <= 1) return image;
  const width = Math.floor(image.width / factor);
  const height = Math.floor(image.height / factor);
  const data = new Uint8Array(width * height);
  const half = (factor * factor) >> 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = half;
      for (let dy = 0; dy < factor; dy++) {
        const row = (y * factor + dy) * image.width + x * factor;
        for (let dx = 0; dx < factor; dx++) sum += image.data[row + dx]!;
      }
      data[y * width + x] = Math.floor(sum / (factor * factor));
    }
  }
  return { width, height, data };
}

/** The picture turned clockwise by a quarter. */
export function quarterTurned({ width, height, data }: GreyPixels): GreyPixels {
  const turned = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) turned[x * height + (height - 1 - y)] = data[y * width + x]!;
  }
  return { width: height, height: width, data: turned };
}

/** Where a point of the quarter-turned picture lies in the picture that was turned; `height` is the latter's. */
export function beforeQuarterTurn({ x, y }: PicturePoint, height: number): PicturePoint {
  return { x: y, y: height - 1 - x };
}

/** The grey between pixels, bilinear; beyond the edge the edge goes on. */
export function greyAt({ width, height, data }: GreyPixels, x: number, y: number): number {
  const cx = Math.min(Math.max(x, 0), width - 1.001);
  const cy = Math.min(Math.max(y, 0), height - 1.001);
  const left = Math.floor(cx);
  const top = Math.floor(cy);
  const fx = cx - left;
  const at = top * width + left;
  const upper = data[at]! * (1 - fx) + data[at + 1]! * fx;
  const lower = data[at + width]! * (1 - fx) + data[at + width + 1]! * fx;
  return upper + (lower - upper) * (cy - top);
}

/** Sums over rectangles in constant time: `sums[(y)*(width+1)+x]` is the sum of everything above and left. */
export function integral({ width, height, data }: GreyPixels): Float64Array {
  const sums = new Float64Array((width + 1) * (height + 1));
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) {
      row += data[y * width + x]!;
      sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1]! + row;
    }
  }
  return sums;
}
