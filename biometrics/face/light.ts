/** Light and detail on a live face, judged on the pixels that the mesh was laid on. */
import type { Point } from "../image/image.ts";
import { linear, luminance } from "../image/luminance.ts";
import { polygonMask } from "../image/polygon.ts";
import { toCut } from "../image/similarity.ts";
import { type FaceMesh, meshIndex, meshPoint, meshSide } from "./mesh.ts";
import type { Exposure, ObservedFace } from "./observation.ts";

/** Bounds of what counts as too dark and too bright, of linear luminance (ISO/IEC 29794-5: 25/255 and 247/255). */
const dark = 25 / 255;
const bright = 247 / 255;

export function lightOf(mesh: FaceMesh): { exposure: Exposure } & Pick<ObservedFace, "cheeks" | "sharpness"> {
  const place = (index: number) => {
    const { x, y } = meshPoint(mesh.points, index);
    return toCut(mesh.cut, x, y);
  };
  const mask = polygonMask(meshIndex.oval.map(place), meshSide, meshSide);
  const light = new Float32Array(meshSide * meshSide);
  for (let i = 0; i < light.length; i++)
    light[i] = luminance(mesh.pixels[i * 3]!, mesh.pixels[i * 3 + 1]!, mesh.pixels[i * 3 + 2]!);
  let total = 0;
  let under = 0;
  let over = 0;
  let count = 0;
  for (let i = 0; i < light.length; i++) {
    if (mask[i] === 0) continue;
    const value = light[i]!;
    total += value;
    if (value <= dark) under++;
    if (value >= bright) over++;
    count++;
  }
  const area = Math.max(1, count);
  const right = disc(light, place(205));
  const left = disc(light, place(425));
  return {
    exposure: {
      mean: total / area,
      under: under / area,
      over: over / area,
      balance: (left - right) / Math.max(0.01, left + right),
    },
    cheeks: colourOf(mesh.pixels, [place(205), place(425)]),
    sharpness: detail(mesh.pixels, mask),
  };
}

/** Mean light around a cheek. */
function disc(light: Float32Array, centre: Point): number {
  const pixels = around(centre);
  return pixels.reduce((sum, i) => sum + light[i]!, 0) / Math.max(1, pixels.length);
}

/** Mean linear red, green and blue around some places. */
function colourOf(pixels: Float32Array, centres: readonly Point[]): ObservedFace["cheeks"] {
  const all = centres.flatMap(around);
  const mean = (k: number) =>
    all.reduce((sum, i) => sum + linear[pixels[i * 3 + k]! | 0]!, 0) / Math.max(1, all.length);
  return { red: mean(0), green: mean(1), blue: mean(2) };
}

function around({ x: cx, y: cy }: Point): number[] {
  const radius = Math.round(meshSide / 24);
  const pixels: number[] = [];
  for (let y = Math.round(cy) - radius; y <= cy + radius; y++)
    for (let x = Math.round(cx) - radius; x <= cx + radius; x++)
      if (x >= 0 && y >= 0 && x < meshSide && y < meshSide) pixels.push(y * meshSide + x);
  return pixels;
}

/** Mean size of the finest differences over that of differences eight times as wide: high when edges are crisp. */
function detail(pixels: Float32Array, mask: Uint8Array): number {
  const wide = 8;
  let fine = 0;
  let coarse = 0;
  for (let y = wide; y < meshSide - wide; y++) {
    for (let x = wide; x < meshSide - wide; x++) {
      const i = y * meshSide + x;
      if (mask[i] === 0) continue;
      const g = (k: number) => pixels[(i + k) * 3 + 1]!;
      const here = g(0) * 2;
      fine += Math.abs(here - g(-1) - g(1)) + Math.abs(here - g(-meshSide) - g(meshSide));
      coarse += Math.abs(here - g(-wide) - g(wide)) + Math.abs(here - g(-wide * meshSide) - g(wide * meshSide));
    }
  }
  return coarse === 0 ? 0 : fine / coarse;
}
