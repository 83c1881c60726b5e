/** Contextual enhancement: every pixel is filtered with the Gabor wave of its own ridge direction and period. */
import { FULL_BANK, HALF_BANK, kernelNumber } from "./gabor-bank.ts";
import { BLOCK, filterBlocks, NO_KERNEL } from "./gabor-engine.ts";
import type { RidgeMap } from "./ridge-map.ts";

const { atan2, ceil, floor, max, min } = Math;

/** Filters a picture where the mask is set (and 0 elsewhere); ridges stay negative. At scale 2 the picture has half the map's size. */
export function enhance(
  value: Float32Array,
  width: number,
  height: number,
  map: RidgeMap,
  scale: 1 | 2 = 1,
): Float32Array {
  return filterBlocks(
    value,
    width,
    height,
    kernelIndex(width, height, map, scale),
    scale === 1 ? FULL_BANK : HALF_BANK,
  );
}

/** The kernel of each block, from the orientation interpolated between cells. */
export function kernelIndex(width: number, height: number, map: RidgeMap, scale: 1 | 2): Uint16Array {
  const { columns, rows, cell, cos2, sin2 } = map;
  const across = ceil(width / BLOCK);
  const down = ceil(height / BLOCK);
  const index = new Uint16Array(across * down).fill(NO_KERNEL);
  for (let by = 0; by < down; by++) {
    const y = (by + 0.5) * BLOCK * scale;
    const row = min(rows - 1, floor(y / cell));
    const gy = min(max(y / cell - 0.5, 0), rows - 1.001);
    const y0 = floor(gy);
    const fy = gy - y0;
    for (let bx = 0; bx < across; bx++) {
      const x = (bx + 0.5) * BLOCK * scale;
      const own = row * columns + min(columns - 1, floor(x / cell));
      if (map.mask[own] === 0) continue;
      const gx = min(max(x / cell - 0.5, 0), columns - 1.001);
      const x0 = floor(gx);
      const fx = gx - x0;
      const i = y0 * columns + x0;
      const c =
        (cos2[i]! * (1 - fx) + cos2[i + 1]! * fx) * (1 - fy) +
        (cos2[i + columns]! * (1 - fx) + cos2[i + columns + 1]! * fx) * fy;
      const s =
        (sin2[i]! * (1 - fx) + sin2[i + 1]! * fx) * (1 - fy) +
        (sin2[i + columns]! * (1 - fx) + sin2[i + columns + 1]! * fx) * fy;
      index[by * across + bx] = kernelNumber(0.5 * atan2(s, c), map.period[own]!);
    }
  }
  return index;
}

/** The picture at half size, each pixel the mean of four. */
export function halved(value: Float32Array, width: number, height: number): Float32Array {
  const w = width >> 1;
  const h = height >> 1;
  const result = new Float32Array(w * h);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const i = 2 * y * width + 2 * x;
      result[y * w + x] = 0.25 * (value[i]! + value[i + 1]! + value[i + width]! + value[i + width + 1]!);
    }
  }
  return result;
}
