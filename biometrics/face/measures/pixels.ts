/** Are the face's pixels the camera's own? A picture that was scaled up has no detail near the finest its pixels could show. */
import type { Box, RgbImage } from "../../image/image.ts";
import { fadedSquare, powerSpectrum } from "../../image/spectrum.ts";

/** Side of the squares looked at, in pixels, and how many each way. */
const side = 64;
const squares = 4;
/** Bands of frequency, cycles a square: what fine detail there could be, and what there is of middling size. */
const fine = { from: 22, to: 31 } as const;
const middling = { from: 8, to: 13 } as const;

/** Power of the finest detail over that of middling size, decibels; undefined when the face is too small to tell. */
export function finestDetail(image: RgbImage, box: Box): number | undefined {
  const left = Math.max(0, Math.ceil(box.x));
  const top = Math.max(0, Math.ceil(box.y));
  const right = Math.min(image.width, Math.floor(box.x + box.width));
  const bottom = Math.min(image.height, Math.floor(box.y + box.height));
  if (right - left < side || bottom - top < side) return undefined;
  const bands = { fine: 0, middling: 0 };
  for (let row = 0; row < squares; row++) {
    for (let column = 0; column < squares; column++) {
      const x = left + Math.floor(((right - left - side) * column) / (squares - 1));
      const y = top + Math.floor(((bottom - top - side) * row) / (squares - 1));
      const power = powerSpectrum(fadedSquare(image, x, y, side), side);
      bands.fine += bandOf(power, fine);
      bands.middling += bandOf(power, middling);
    }
  }
  return 10 * Math.log10(Math.max(1e-9, bands.fine) / Math.max(1e-9, bands.middling));
}

/** Mean power along both axes' halves of a ring, without the frequencies of a JPEG's blocks. */
function bandOf(power: Float64Array, { from, to }: { readonly from: number; readonly to: number }): number {
  let total = 0;
  let count = 0;
  for (let v = 0; v < side; v++) {
    const fv = v > side / 2 ? side - v : v;
    for (let u = 0; u <= side / 2; u++) {
      const radius = Math.hypot(u, fv);
      if (radius < from || radius > to || u < 2 || fv < 2) continue;
      total += power[v * side + u]!;
      count++;
    }
  }
  return total / Math.max(1, count);
}
