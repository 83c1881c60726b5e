/** Contextual enhancement: every pixel is filtered with the Gabor wave of its own ridge direction and period. */
import { PERIOD_RANGE } from "./limits.ts";
import type { RidgeMap } from "./ridge-map.ts";

const ANGLES = 32;
const PERIODS = 10;
/** Half side of a kernel at full size, pixels. */
const RADIUS = 10;
/** Spread of the kernel in ridge periods: across, and along the ridges. */
const SIGMA_ACROSS = 0.42;
const SIGMA_ALONG = 0.55;
/** Pixels of a block this side share one kernel. */
const BLOCK = 4;
const LOG_STEP = Math.log(PERIOD_RANGE.most / PERIOD_RANGE.least) / (PERIODS - 1);

/** Kernels [period][angle], row by row; even, without response to flat grey, unit gain for their own wave. */
interface KernelBank {
  readonly radius: number;
  readonly kernels: readonly Float32Array[];
}
const FULL = kernelBank(RADIUS, 1);
const HALF = kernelBank(RADIUS / 2, 2);

function kernelBank(radius: number, scale: number): KernelBank {
  const kernels: Float32Array[] = [];
  for (let p = 0; p < PERIODS; p++) {
    const period = (PERIOD_RANGE.least * Math.exp(p * LOG_STEP)) / scale;
    for (let a = 0; a < ANGLES; a++) kernels.push(kernel(period, (a * Math.PI) / ANGLES, radius));
  }
  return { radius, kernels };
}

function kernel(period: number, angle: number, radius: number): Float32Array {
  const side = 2 * radius + 1;
  const taps = new Float32Array(side * side);
  const envelope = new Float32Array(side * side);
  const ux = Math.cos(angle);
  const uy = Math.sin(angle);
  let sum = 0;
  let sumEnvelope = 0;
  for (let y = -radius; y <= radius; y++) {
    for (let x = -radius; x <= radius; x++) {
      const along = x * ux + y * uy;
      const across = y * ux - x * uy;
      const a = across / (SIGMA_ACROSS * period);
      const l = along / (SIGMA_ALONG * period);
      const i = (y + radius) * side + x + radius;
      const cut = x * x + y * y > (radius + 0.5) ** 2 ? 0 : 1;
      envelope[i] = cut * Math.exp(-0.5 * (a * a + l * l));
      taps[i] = envelope[i]! * Math.cos((2 * Math.PI * across) / period);
      sum += taps[i]!;
      sumEnvelope += envelope[i]!;
    }
  }
  let gain = 0;
  for (let i = 0; i < taps.length; i++) {
    taps[i]! -= (envelope[i]! * sum) / sumEnvelope;
    const x = (i % side) - radius;
    const y = Math.floor(i / side) - radius;
    gain += taps[i]! * Math.cos((2 * Math.PI * (y * ux - x * uy)) / period);
  }
  for (let i = 0; i < taps.length; i++) taps[i]! /= gain;
  return taps;
}

/** Filters a picture where the mask is set (and 0 elsewhere); ridges stay negative. At scale 2 the picture has half the map's size. */
export function enhance(
  value: Float32Array,
  width: number,
  height: number,
  map: RidgeMap,
  scale: 1 | 2 = 1,
): Float32Array {
  const { radius, kernels } = scale === 1 ? FULL : HALF;
  const side = 2 * radius + 1;
  const result = new Float32Array(value.length);
  const pad = padded(value, width, height, radius);
  const stride = width + 2 * radius;
  for (let by = 0; by < height; by += BLOCK) {
    for (let bx = 0; bx < width; bx += BLOCK) {
      const k = kernelAt(map, (bx + BLOCK / 2) * scale, (by + BLOCK / 2) * scale);
      if (k < 0) continue;
      const taps = kernels[k]!;
      for (let y = by; y < Math.min(by + BLOCK, height); y++) {
        for (let x = bx; x < Math.min(bx + BLOCK, width); x++) {
          let sum = 0;
          let t = 0;
          let i = y * stride + x;
          for (let j = 0; j < side; j++) {
            for (let u = 0; u < side; u++) sum += taps[t++]! * pad[i + u]!;
            i += stride;
          }
          result[y * width + x] = sum;
        }
      }
    }
  }
  return result;
}

/** The kernel for a pixel from the interpolated maps, or -1 outside the mask. */
function kernelAt(map: RidgeMap, x: number, y: number): number {
  const { columns, rows, cell } = map;
  const own = Math.min(rows - 1, Math.floor(y / cell)) * columns + Math.min(columns - 1, Math.floor(x / cell));
  if (map.mask[own] === 0) return -1;
  const gx = Math.min(Math.max(x / cell - 0.5, 0), columns - 1.001);
  const gy = Math.min(Math.max(y / cell - 0.5, 0), rows - 1.001);
  const x0 = Math.floor(gx);
  const y0 = Math.floor(gy);
  const fx = gx - x0;
  const fy = gy - y0;
  const i = y0 * columns + x0;
  const mix = (grid: Float32Array) =>
    (grid[i]! * (1 - fx) + grid[i + 1]! * fx) * (1 - fy) +
    (grid[i + columns]! * (1 - fx) + grid[i + columns + 1]! * fx) * fy;
  const angle = 0.5 * Math.atan2(mix(map.sin2), mix(map.cos2));
  const a = ((Math.round((angle * ANGLES) / Math.PI) % ANGLES) + ANGLES) % ANGLES;
  const p = Math.round(Math.log(map.period[own]! / PERIOD_RANGE.least) / LOG_STEP);
  return Math.min(PERIODS - 1, Math.max(0, p)) * ANGLES + a;
}

/** The picture with a zero border as wide as a kernel. */
function padded(value: Float32Array, width: number, height: number, radius: number): Float32Array {
  const stride = width + 2 * radius;
  const result = new Float32Array(stride * (height + 2 * radius));
  for (let y = 0; y < height; y++) {
    result.set(value.subarray(y * width, (y + 1) * width), (y + radius) * stride + radius);
  }
  return result;
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
