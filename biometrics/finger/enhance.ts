/** Contextual enhancement: every pixel is filtered with the Gabor wave of its own ridge direction and period. */
import { ANGLES, type EnhancingBank, FULL_BANK, HALF_BANK, PICTURE_PARTS, periodNumber } from "./enhancing-bank.ts";
import { RidgeKernel } from "./ridge-kernel.ts";
import type { RidgeMap } from "./ridge-map.ts";

const { abs, ceil, floor, max, min, PI, round, tan } = Math;

/** A block of this side shares one kernel. */
export const BLOCK = 4;
/** In an index of blocks: this block stays 0. */
export const NO_KERNEL = 0xffff;

/** Filters a picture where the mask is set (and 0 elsewhere); ridges stay negative. At scale 2 the picture has half the map's size. */
export function enhance(
  value: Float32Array,
  width: number,
  height: number,
  map: RidgeMap,
  scale: 1 | 2 = 1,
): Float32Array {
  const bank = scale === 1 ? FULL_BANK : HALF_BANK;
  return filterBlocks(value, width, height, kernelIndex(width, height, map, scale), bank);
}

/** Filters a picture (values as of normalise.ts) block by block; `index` names the kernel of each, row by row. */
export function filterBlocks(
  value: Float32Array,
  width: number,
  height: number,
  index: Uint16Array,
  bank: EnhancingBank,
): Float32Array {
  const kernel = new RidgeKernel();
  const { radius, side } = bank;
  const across = ceil(width / BLOCK);
  const down = ceil(height / BLOCK);
  const stride = across * BLOCK + 2 * radius + BLOCK;
  const rows = down * BLOCK + 2 * side;
  const out = kernel.take(4 * width * (down + 1) * BLOCK);
  const mark = kernel.mark();
  const from = kernel.floats(value);
  const at = {
    rows: kernel.table(bank.rows),
    firsts: kernel.table(bank.firsts),
    taps: kernel.table(bank.taps),
    pairs: kernel.take(4 * stride * rows),
    index: kernel.bytes(new Uint8Array(index.buffer, index.byteOffset, index.byteLength)),
  };
  kernel.call.pairRows(from, width, height, radius, stride, rows, at.pairs);
  const unit = 1 / (PICTURE_PARTS * bank.parts);
  kernel.call.filter(at.pairs, stride, at.index, across, down, at.rows, side, at.firsts, at.taps, unit, out, width);
  kernel.release(mark);
  return kernel.readFloats(out, width * height);
}

/** The same in plain TypeScript: the reference that a test holds the compiled one against. */
export function filterBlocksPlainly(
  value: Float32Array,
  width: number,
  height: number,
  index: Uint16Array,
  bank: EnhancingBank,
): Float32Array {
  const { radius, side, rows, firsts, taps, parts } = bank;
  const across = ceil(width / BLOCK);
  const result = new Float32Array(width * height);
  const whole = Float32Array.from(value, (v) => roundEven(v * PICTURE_PARTS));
  const at = (x: number, y: number) => (x >= 0 && y >= 0 && x < width && y < height ? whole[y * width + x]! : 0);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const k = index[floor(y / BLOCK) * across + floor(x / BLOCK)]!;
      if (k === NO_KERNEL) continue;
      let sum = 0;
      let t = firsts[k]!;
      for (let pair = 0; pair < side; pair++) {
        const row = 2 * (k * side + pair);
        for (let u = 0; u < rows[row + 1]!; u++, t++) {
          const px = x + rows[row]! + u - radius;
          const py = y + 2 * pair - radius;
          sum += ((taps[t]! << 16) >> 16) * at(px, py) + (taps[t]! >> 16) * at(px, py + 1);
        }
      }
      result[y * width + x] = sum / (PICTURE_PARTS * parts);
    }
  }
  return result;
}

/** To the nearest whole number, a half to the even one, as the processor does. */
function roundEven(v: number): number {
  const down = floor(v);
  if (v - down !== 0.5) return round(v);
  return down % 2 === 0 ? down : down + 1;
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
