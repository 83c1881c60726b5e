/** Dark blobs of a picture, among them the characters: pixels darker than what surrounds them, joined to their neighbours. */
import type { GreyPixels } from "../reading.ts";
import { integral } from "./pixels.ts";

/** A connected patch of ink: its box (inclusive) and its centre of mass, in pixels. */
export interface Blob {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Ink is darker than its neighbourhood's mean by this part of the mean, and by this many grey levels at least. */
const inkContrast = 0.14;
const inkLevels = 9;
/** The neighbourhood reaches this many pixels to each side: about two characters of the size that is looked for. */
const neighbourhood = 24;
/** Heights of a character, in pixels. */
const minHeight = 5;
const maxHeight = 90;
/** Characters may run together to a blob this many times as wide as high, fillers above all. */
const maxAspect = 14;
/** More blobs than any page has: a picture of noise. */
const maxBlobs = 60_000;

/** Finds the blobs that are as high as a character may be. */
export function findBlobs(image: GreyPixels): Blob[] {
  const { width, height } = image;
  const ink = inkOf(image);
  const blobs: Blob[] = [];
  const stack = new Int32Array(width * height);
  for (let start = 0; start < ink.length; start++) {
    if (ink[start] !== 1) continue;
    let depth = 0;
    stack[depth++] = start;
    ink[start] = 2;
    let [left, right, top, bottom] = [width, -1, height, -1];
    let [area, sumX, sumY] = [0, 0, 0];
    while (depth > 0) {
      const at = stack[--depth]!;
      const y = Math.floor(at / width);
      const x = at - y * width;
      area++;
      sumX += x;
      sumY += y;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
      for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
        for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
          const next = ny * width + nx;
          if (ink[next] !== 1) continue;
          ink[next] = 2;
          stack[depth++] = next;
        }
      }
    }
    const blob = { left, right, top, bottom, x: sumX / area, y: sumY / area };
    const size = { width: right - left + 1, height: bottom - top + 1 };
    if (size.height < minHeight || size.height > maxHeight || size.width > size.height * maxAspect) continue;
    blobs.push({ ...blob, ...size });
    if (blobs.length >= maxBlobs) break;
  }
  return blobs;
}

/** 1 where there is ink. */
function inkOf(image: GreyPixels): Uint8Array {
  const { width, height, data } = image;
  const sums = integral(image);
  const ink = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const y0 = Math.max(0, y - neighbourhood);
    const y1 = Math.min(height, y + neighbourhood + 1);
    for (let x = 0; x < width; x++) {
      const x0 = Math.max(0, x - neighbourhood);
      const x1 = Math.min(width, x + neighbourhood + 1);
      const sum =
        sums[y1 * (width + 1) + x1]! -
        sums[y0 * (width + 1) + x1]! -
        sums[y1 * (width + 1) + x0]! +
        sums[y0 * (width + 1) + x0]!;
      const mean = sum / ((y1 - y0) * (x1 - x0));
      if (mean - data[y * width + x]! > Math.max(inkLevels, mean * inkContrast)) ink[y * width + x] = 1;
    }
  }
  return ink;
}
