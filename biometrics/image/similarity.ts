/** Taking a turned, scaled square out of a picture: what every later stage looks at. */
import type { Point } from "./image.ts";

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
