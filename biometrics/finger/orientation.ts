/** Ridge orientation from the structure tensor of the normalised picture, smoothed on the cell grid. */
import type { NormalisedImage } from "./normalise.ts";
import { RidgeKernel } from "./ridge-kernel.ts";
import { type RidgeMap, smoothGrid } from "./ridge-map.ts";

/** Smoothing of the tensor, cells: the fine scale follows curvature, the coarse one bridges dirt. */
const FINE_SIGMA = 1.1;
const COARSE_SIGMA = 2.6;

/** Sums of the structure tensor per cell. */
export interface TensorField {
  readonly difference: Float32Array;
  readonly cross: Float32Array;
  readonly energy: Float32Array;
}

/** Gradient products summed over each cell: gx²-gy², 2·gx·gy and gx²+gy². At scale 2 the picture has half the map's size. */
export function tensorField(
  value: Float32Array,
  width: number,
  height: number,
  map: RidgeMap,
  scale: 1 | 2 = 1,
): TensorField {
  const size = map.columns * map.rows;
  const kernel = new RidgeKernel();
  const at = {
    value: kernel.floats(value),
    // One more row may be looked at, never used.
    below: kernel.take(4 * width),
    difference: kernel.take(4 * size),
    cross: kernel.take(4 * size),
    energy: kernel.take(4 * size),
  };
  for (const place of [at.difference, at.cross, at.energy]) kernel.clear(place, 4 * size);
  const { call } = kernel;
  call.tensor(at.value, width, height, map.cell / scale, map.columns, at.difference, at.cross, at.energy);
  return {
    difference: kernel.readFloats(at.difference, size),
    cross: kernel.readFloats(at.cross, size),
    energy: kernel.readFloats(at.energy, size),
  };
}

/** The same in plain TypeScript: the reference that a test holds the compiled one against. */
export function tensorFieldPlainly(
  value: Float32Array,
  width: number,
  height: number,
  map: RidgeMap,
  scale: 1 | 2,
): TensorField {
  const size = map.columns * map.rows;
  const difference = new Float32Array(size);
  const cross = new Float32Array(size);
  const energy = new Float32Array(size);
  const { columns } = map;
  const cell = map.cell / scale;
  for (let y = 1; y < height - 1; y++) {
    const cellRow = Math.floor(y / cell) * columns;
    for (let x0 = 0; x0 < width; x0 += cell) {
      // Sums of one cell's row stay in registers.
      let d = 0;
      let c = 0;
      let e = 0;
      const end = Math.min(x0 + cell, width - 1);
      for (let x = Math.max(1, x0); x < end; x++) {
        const i = y * width + x;
        const nw = value[i - width - 1]!;
        const ne = value[i - width + 1]!;
        const sw = value[i + width - 1]!;
        const se = value[i + width + 1]!;
        const gx = (ne + se - nw - sw) * 0.25 + (value[i + 1]! - value[i - 1]!) * 0.5;
        const gy = (sw + se - nw - ne) * 0.25 + (value[i + width]! - value[i - width]!) * 0.5;
        d += gx * gx - gy * gy;
        c += 2 * gx * gy;
        e += gx * gx + gy * gy;
      }
      const at = cellRow + Math.floor(x0 / cell);
      difference[at]! += d;
      cross[at]! += c;
      energy[at]! += e;
    }
  }
  return { difference, cross, energy };
}

/** Writes orientation and coherence into the map. */
export function estimateOrientation(image: NormalisedImage, map: RidgeMap): TensorField {
  const tensor = tensorField(image.value, image.width, image.height, map);
  orientationFromTensor(tensor, map, FINE_SIGMA, COARSE_SIGMA);
  return tensor;
}

/** Mixes a fine and a coarse smoothing of the tensor: the less the fine scale agrees with itself, the more the coarse one counts. */
export function orientationFromTensor(tensor: TensorField, map: RidgeMap, fine: number, coarse: number): void {
  const { columns, rows } = map;
  const scale = (sigma: number) => ({
    d: smoothGrid(tensor.difference, columns, rows, sigma),
    c: smoothGrid(tensor.cross, columns, rows, sigma),
    e: smoothGrid(tensor.energy, columns, rows, sigma),
  });
  const f = scale(fine);
  const g = scale(coarse);
  for (let i = 0; i < map.cos2.length; i++) {
    const fineLength = length(f.d[i]!, f.c[i]!);
    const fineCoherence = f.e[i]! > 1e-6 ? fineLength / f.e[i]! : 0;
    const coarseLength = length(g.d[i]!, g.c[i]!);
    const trust = fineCoherence * fineCoherence;
    const rest = 0.3 * (1 - trust);
    // The gradient is across the ridge: the ridge angle doubled is the gradient's plus π.
    const cos2 = -((trust * f.d[i]!) / (fineLength + 1e-6) + (rest * g.d[i]!) / (coarseLength + 1e-6));
    const sin2 = -((trust * f.c[i]!) / (fineLength + 1e-6) + (rest * g.c[i]!) / (coarseLength + 1e-6));
    const size = length(cos2, sin2);
    map.cos2[i] = size > 1e-6 ? cos2 / size : 1;
    map.sin2[i] = size > 1e-6 ? sin2 / size : 0;
    map.coherence[i] = fineCoherence;
  }
}

/** Of a vector: many times as fast as Math.hypot, whose care for huge numbers is not needed here. */
const length = (x: number, y: number) => Math.sqrt(x * x + y * y);
