/** Contextual enhancement: every pixel is filtered with the Gabor wave of its own ridge direction and period. */
import { ANGLES, FULL_BANK, HALF_BANK, periodNumber } from "./gabor-bank.ts";
import { BLOCK, filterBlocks, NO_KERNEL } from "./gabor-engine.ts";
import { RidgeKernel } from "./ridge-kernel.ts";
import type { RidgeMap } from "./ridge-map.ts";

const { abs, ceil, floor, max, min, PI, tan } = Math;

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
  const { columns, rows, cell, cos2, sin2, mask } = map;
  const across = ceil(width / BLOCK);
  const down = ceil(height / BLOCK);
  const index = new Uint16Array(across * down).fill(NO_KERNEL);
  const periods = map.period.map((period, i) => (mask[i] === 0 ? 0 : periodNumber(period)));
  for (let by = 0; by < down; by++) {
    const y = (by + 0.5) * BLOCK * scale;
    const row = min(rows - 1, floor(y / cell));
    const gy = min(max(y / cell - 0.5, 0), rows - 1.001);
    const y0 = floor(gy);
    const fy = gy - y0;
    for (let bx = 0; bx < across; bx++) {
      const x = (bx + 0.5) * BLOCK * scale;
      const own = row * columns + min(columns - 1, floor(x / cell));
      if (mask[own] === 0) continue;
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
      index[by * across + bx] = periods[own]! * ANGLES + angleOf(s, c);
    }
  }
  return index;
}

/** Borders between neighbouring kernels, as tangents of the doubled angle in the first eighth of a turn. */
const STEPS = ANGLES / 8;
const BORDERS = Float64Array.from({ length: STEPS }, (_, k) => tan(((k + 0.5) * 2 * PI) / ANGLES));

/** Number of the kernel nearest to half the angle of (c, s): by comparing, which is faster than an arctangent. */
function angleOf(s: number, c: number): number {
  const [as, ac] = [abs(s), abs(c)];
  const steep = as > ac;
  const large = steep ? as : ac;
  const small = steep ? ac : as;
  let k = 0;
  while (k < STEPS && small > BORDERS[k]! * large) k++;
  if (steep) k = ANGLES / 4 - k;
  if (c < 0) k = ANGLES / 2 - k;
  return s < 0 ? (ANGLES - k) % ANGLES : k;
}

/** The picture at half size, each pixel the mean of four. */
export function halved(value: Float32Array, width: number, height: number): Float32Array {
  const size = (width >> 1) * (height >> 1);
  const kernel = new RidgeKernel();
  const from = kernel.floats(value);
  const out = kernel.take(4 * size);
  kernel.call.halve(from, width, height, out);
  return kernel.readFloats(out, size);
}
