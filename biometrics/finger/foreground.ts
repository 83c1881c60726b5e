/** Where the finger is: cells with contrast and direction, the largest piece, holes filled. */
import type { NormalisedImage } from "./normalise.ts";
import type { TensorField } from "./orientation.ts";
import { type RidgeMap, smoothGrid } from "./ridge-map.ts";

const { floor, hypot, max } = Math;

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
    const coherence = e[i]! > 1e-6 ? hypot(d[i]!, c[i]!) / e[i]! : 0;
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
  const cell = map.cell / 2;
  const wave = new Float32Array(map.mask.length);
  const all = new Float32Array(map.mask.length);
  for (let y = 0; y < height; y++) {
    const row = floor(y / cell) * columns;
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const c = row + ((x / cell) | 0);
      wave[c]! += enhanced[i]! * enhanced[i]!;
      all[c]! += value[i]! * value[i]!;
    }
  }
  const w = smoothGrid(wave, columns, rows, 1.2);
  const a = smoothGrid(all, columns, rows, 1.2);
  return w.map((v, i) => (a[i]! > 0 ? v / a[i]! : 0));
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
    if (mask[start] === 0 || label[start] !== 0) continue;
    sizes.push(
      flood(
        start,
        (i) => mask[i] === 1 && label[i] === 0,
        (i) => {
          label[i] = sizes.length;
        },
        columns,
        rows,
      ),
    );
  }
  const largest = max(...sizes);
  for (let i = 0; i < mask.length; i++) {
    const size = sizes[label[i]!]!;
    if (size < LEAST_PIECE_CELLS || size < largest * 0.25) mask[i] = 0;
  }
}

/** Background that does not reach the border of the picture is part of the finger. */
function fillHoles(mask: Uint8Array, columns: number, rows: number): void {
  const outside = new Uint8Array(mask.length);
  for (let i = 0; i < mask.length; i++) {
    const column = i % columns;
    const row = (i - column) / columns;
    const border = column === 0 || row === 0 || column === columns - 1 || row === rows - 1;
    if (border && mask[i] === 0 && outside[i] === 0) {
      flood(
        i,
        (j) => mask[j] === 0 && outside[j] === 0,
        (j) => {
          outside[j] = 1;
        },
        columns,
        rows,
      );
    }
  }
  for (let i = 0; i < mask.length; i++) if (outside[i] === 0) mask[i] = 1;
}

/** Visits all cells four-connected to `start` that are `open`; `visit` must close them. Returns how many. */
function flood(
  start: number,
  open: (cell: number) => boolean,
  visit: (cell: number) => void,
  columns: number,
  rows: number,
): number {
  const stack = [start];
  visit(start);
  let size = 0;
  while (stack.length > 0) {
    const i = stack.pop()!;
    size++;
    const column = i % columns;
    const row = (i - column) / columns;
    const go = (j: number) => {
      if (!open(j)) return;
      visit(j);
      stack.push(j);
    };
    if (column > 0) go(i - 1);
    if (column < columns - 1) go(i + 1);
    if (row > 0) go(i - columns);
    if (row < rows - 1) go(i + columns);
  }
  return size;
}
