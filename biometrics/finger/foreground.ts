/** Where the finger is: cells with contrast and direction, the largest piece, holes filled. */
import type { NormalisedImage } from "./normalise.ts";
import type { TensorField } from "./orientation.ts";
import { RidgeKernel } from "./ridge-kernel.ts";
import { type RidgeMap, smoothGrid } from "./ridge-map.ts";

const { floor, max, sqrt } = Math;

/** A cell needs this deviation, grey levels, and this share of the print's own typical contrast. */
const LEAST_DEVIATION = 6;
const LEAST_SHARE = 0.3;
/** A cell needs this coherence over a neighbourhood of about three ridges. */
const LEAST_COHERENCE = 0.22;
/** Pieces of fewer cells than this are dirt. */
const LEAST_PIECE_CELLS = 30;

/** Writes the mask into the map and returns the number of cells in it. */
export function findForeground(image: NormalisedImage, tensor: TensorField, map: RidgeMap): number {
  const { columns, rows, mask } = map;
  const { deviation } = image;
  const sorted = Float32Array.from(deviation).sort();
  const typical = sorted[floor(sorted.length * 0.9)]!;
  const threshold = max(LEAST_DEVIATION, typical * LEAST_SHARE);
  const d = smoothGrid(tensor.difference, columns, rows, 1.5);
  const c = smoothGrid(tensor.cross, columns, rows, 1.5);
  const e = smoothGrid(tensor.energy, columns, rows, 1.5);
  const vote = new Float32Array(mask.length);
  for (let i = 0; i < mask.length; i++) {
    const coherence = e[i]! > 1e-6 ? sqrt(d[i]! ** 2 + c[i]! ** 2) / e[i]! : 0;
    vote[i] = deviation[i]! > threshold && coherence > LEAST_COHERENCE ? 1 : 0;
  }
  const smooth = smoothGrid(vote, columns, rows, 1.5);
  for (let i = 0; i < mask.length; i++) mask[i] = smooth[i]! > 0.5 ? 1 : 0;
  keepPieces(mask, columns, rows);
  fillHoles(mask, columns, rows);
  let count = 0;
  for (const m of mask) count += m;
  return count;
}

/** Of a cell's contrast the ridge wave must explain this share of what it explains in the typical cell. */
const LEAST_WAVE_SHARE = 0.3;

/** Share of each cell's contrast that the ridge wave explains. `value` and `enhanced` are at half size. */
export function waveShares(
  value: Float32Array,
  enhanced: Float32Array,
  width: number,
  height: number,
  map: RidgeMap,
): Float32Array {
  const { columns, rows } = map;
  const w = smoothGrid(cellEnergies(enhanced, width, height, map), columns, rows, 1.2);
  const a = smoothGrid(cellEnergies(value, width, height, map), columns, rows, 1.2);
  const shares = new Float32Array(w.length);
  for (let i = 0; i < w.length; i++) if (a[i]! > 0) shares[i] = w[i]! / a[i]!;
  return shares;
}

/** Sums of the squares of a picture at half size over the map's cells. */
export function cellEnergies(value: Float32Array, width: number, height: number, map: RidgeMap): Float32Array {
  const kernel = new RidgeKernel();
  const size = map.columns * map.rows;
  const out = kernel.take(4 * size);
  kernel.clear(out, 4 * size);
  kernel.call.energies(kernel.floats(value), width, height, map.cell / 2, map.columns, out);
  return kernel.readFloats(out, size);
}

/** The same in plain TypeScript: the reference that a test holds the compiled one against. */
export function cellEnergiesPlainly(value: Float32Array, width: number, height: number, map: RidgeMap): Float32Array {
  const cell = map.cell / 2;
  const sums = new Float32Array(map.columns * map.rows);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      sums[floor(y / cell) * map.columns + floor(x / cell)]! += value[y * width + x]! ** 2;
    }
  }
  return sums;
}

/** Drops cells whose contrast is no ridge wave (the edge of the sensor, a smear, the joint's crease). Returns how many are left. */
export function trimForeground(share: Float32Array, map: RidgeMap): number {
  const { columns, rows, mask } = map;
  const inside = share.filter((_, i) => mask[i] === 1).sort();
  const typical = inside[floor(inside.length * 0.7)] ?? 0;
  for (let i = 0; i < mask.length; i++) if (share[i]! < typical * LEAST_WAVE_SHARE) mask[i] = 0;
  const smooth = smoothGrid(Float32Array.from(mask), columns, rows, 1);
  for (let i = 0; i < mask.length; i++) mask[i] = smooth[i]! > 0.5 ? 1 : 0;
  keepPieces(mask, columns, rows);
  fillHoles(mask, columns, rows);
  return mask.reduce((n, m) => n + m, 0);
}

/** Drops pieces that are small, or small beside the largest one. */
function keepPieces(mask: Uint8Array, columns: number, rows: number): void {
  const label = new Int32Array(mask.length);
  const sizes = [0];
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] === 1 && label[start] === 0) {
      sizes.push(flood(start, mask, 1, label, sizes.length, columns, rows));
    }
  }
  const largest = max(...sizes);
  for (let i = 0; i < mask.length; i++) {
    const size = sizes[label[i]!]!;
    if (size < LEAST_PIECE_CELLS || size < largest * 0.25) mask[i] = 0;
  }
}

/** Background that does not reach the border of the picture is part of the finger. */
function fillHoles(mask: Uint8Array, columns: number, rows: number): void {
  const outside = new Int32Array(mask.length);
  const start = (i: number) => {
    if (mask[i] === 0 && outside[i] === 0) flood(i, mask, 0, outside, 1, columns, rows);
  };
  for (let column = 0; column < columns; column++) {
    start(column);
    start((rows - 1) * columns + column);
  }
  for (let row = 0; row < rows; row++) {
    start(row * columns);
    start(row * columns + columns - 1);
  }
  for (let i = 0; i < mask.length; i++) if (outside[i] === 0) mask[i] = 1;
}

/** Labels all cells of one `kind` that are four-connected to `start` and have no label yet. Returns how many. */
function flood(
  start: number,
  mask: Uint8Array,
  kind: 0 | 1,
  label: Int32Array,
  name: number,
  columns: number,
  rows: number,
): number {
  const stack = new Int32Array(mask.length);
  let depth = 0;
  const visit = (i: number) => {
    if (mask[i] !== kind || label[i] !== 0) return;
    label[i] = name;
    stack[depth++] = i;
  };
  visit(start);
  let size = 0;
  while (depth > 0) {
    const i = stack[--depth]!;
    size++;
    const column = i % columns;
    if (column > 0) visit(i - 1);
    if (column < columns - 1) visit(i + 1);
    if (i >= columns) visit(i - columns);
    if (i < (rows - 1) * columns) visit(i + columns);
  }
  return size;
}
