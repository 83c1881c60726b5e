/** Taking a turned, scaled square out of a picture: what every later stage looks at. */
import type { Point, RgbImage } from "./image.ts";

/** Maps places of a cut-out to places of the picture: picture = origin + (a −b; b a) · cut-out. */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly originX: number;
  readonly originY: number;
}

/** The similarity of a square cut-out with this centre and side (picture pixels), turned by `angle` radians, of `size` pixels. */
export function squareCut(centre: Point, side: number, angle: number, size: number): Similarity {
  const scale = side / size;
  const a = Math.cos(angle) * scale;
  const b = Math.sin(angle) * scale;
  const half = size / 2;
  return { a, b, originX: centre.x - a * half + b * half, originY: centre.y - b * half - a * half };
}

/** From cut-out to picture. */
export function toPicture(cut: Similarity, x: number, y: number): Point {
  return { x: cut.originX + cut.a * x - cut.b * y, y: cut.originY + cut.b * x + cut.a * y };
}

/** From picture to cut-out. */
export function toCut(cut: Similarity, x: number, y: number): Point {
  const norm = cut.a * cut.a + cut.b * cut.b;
  const dx = x - cut.originX;
  const dy = y - cut.originY;
  return { x: (cut.a * dx + cut.b * dy) / norm, y: (cut.a * dy - cut.b * dx) / norm };
}

/**
 * Samples a cut-out: bilinear, and where it shrinks the picture the mean of a grid of samples a pixel, so that fine texture
 * does not alias. Outside of the picture is `outside` (0…255).
 * @returns `width * height * 3` samples, 0…255
 */
export function sampleCut(image: RgbImage, cut: Similarity, width: number, height: number, outside = 0): Float32Array {
  const result = new Float32Array(width * height * 3);
  const scale = Math.hypot(cut.a, cut.b);
  const taps = Math.min(4, Math.max(1, Math.round(scale)));
  const share = 1 / (taps * taps);
  const { data, width: columns, height: rows } = image;
  let out = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let t = 0; t < taps * taps; t++) {
        const u = x + ((t % taps) + 0.5) / taps - 0.5;
        const v = y + (Math.floor(t / taps) + 0.5) / taps - 0.5;
        const px = cut.originX + cut.a * u - cut.b * v;
        const py = cut.originY + cut.b * u + cut.a * v;
        const x0 = Math.floor(px);
        const y0 = Math.floor(py);
        if (x0 < 0 || y0 < 0 || x0 >= columns - 1 || y0 >= rows - 1) {
          red += outside;
          green += outside;
          blue += outside;
          continue;
        }
        const fx = px - x0;
        const fy = py - y0;
        const i = (y0 * columns + x0) * 3;
        const j = i + columns * 3;
        const w00 = (1 - fx) * (1 - fy);
        const w10 = fx * (1 - fy);
        const w01 = (1 - fx) * fy;
        const w11 = fx * fy;
        red +=
          (data[i] as number) * w00 +
          (data[i + 3] as number) * w10 +
          (data[j] as number) * w01 +
          (data[j + 3] as number) * w11;
        green +=
          (data[i + 1] as number) * w00 +
          (data[i + 4] as number) * w10 +
          (data[j + 1] as number) * w01 +
          (data[j + 4] as number) * w11;
        blue +=
          (data[i + 2] as number) * w00 +
          (data[i + 5] as number) * w10 +
          (data[j + 2] as number) * w01 +
          (data[j + 5] as number) * w11;
      }
      result[out++] = red * share;
      result[out++] = green * share;
      result[out++] = blue * share;
    }
  }
  return result;
}

/** The similarity that brings points of a cut-out nearest to their points in the picture (least squares). */
export function fitCut(pairs: readonly { readonly cut: Point; readonly picture: Point }[]): Similarity {
  const n = pairs.length;
  const mean = (pick: (pair: (typeof pairs)[number]) => number) => pairs.reduce((sum, pair) => sum + pick(pair), 0) / n;
  const cx = mean(({ cut }) => cut.x);
  const cy = mean(({ cut }) => cut.y);
  const px = mean(({ picture }) => picture.x);
  const py = mean(({ picture }) => picture.y);
  let along = 0;
  let turned = 0;
  let norm = 0;
  for (const { cut, picture } of pairs) {
    const u = cut.x - cx;
    const v = cut.y - cy;
    const x = picture.x - px;
    const y = picture.y - py;
    along += u * x + v * y;
    turned += u * y - v * x;
    norm += u * u + v * v;
  }
  const a = along / norm;
  const b = turned / norm;
  return { a, b, originX: px - a * cx + b * cy, originY: py - b * cx - a * cy };
}
