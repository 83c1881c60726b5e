/** Maps on the cell grid: where ridges are, which way they run, how far apart they are and how sure we are. */
import { CELL } from "./limits.ts";
import { RidgeKernel } from "./ridge-kernel.ts";

export interface RidgeMap {
  readonly cell: number;
  readonly columns: number;
  readonly rows: number;
  /** Cosine and sine of twice the ridge angle (image coordinates, y down), unit length. */
  readonly cos2: Float32Array;
  readonly sin2: Float32Array;
  /** 0 (no direction) to 1 (perfectly parallel). */
  readonly coherence: Float32Array;
  /** Ridge period in pixels. */
  readonly period: Float32Array;
  /** 1 where there is a finger. */
  readonly mask: Uint8Array;
}

export function emptyRidgeMap(width: number, height: number): RidgeMap {
  const columns = Math.ceil(width / CELL);
  const rows = Math.ceil(height / CELL);
  const size = columns * rows;
  return {
    cell: CELL,
    columns,
    rows,
    cos2: new Float32Array(size),
    sin2: new Float32Array(size),
    coherence: new Float32Array(size),
    period: new Float32Array(size),
    mask: new Uint8Array(size),
  };
}

/** The ridge angle of a cell in image coordinates (y down), radians in -π/2..π/2. */
export function ridgeAngle(map: RidgeMap, cell: number): number {
  return 0.5 * Math.atan2(map.sin2[cell]!, map.cos2[cell]!);
}

/** The cell index at a pixel, or -1 outside. */
export function cellAt(map: RidgeMap, x: number, y: number): number {
  const column = Math.floor(x / map.cell);
  const row = Math.floor(y / map.cell);
  return column < 0 || row < 0 || column >= map.columns || row >= map.rows ? -1 : row * map.columns + column;
}

/** Gaussian smoothing of a grid; at the border the weights that fall outside are shared among the rest. */
export function smoothGrid(source: Float32Array, columns: number, rows: number, sigma: number): Float32Array {
  const { taps, radius } = gaussian(sigma);
  const kernel = new RidgeKernel();
  const wide = 4 * Math.ceil(columns / 4);
  const out = kernel.take(4 * source.length);
  const mark = kernel.mark();
  const at = {
    source: kernel.floats(source),
    taps: kernel.floats(taps),
    partX: kernel.floats(sharesInside(sigma, columns)),
    partY: kernel.floats(sharesInside(sigma, rows)),
    line: kernel.take(4 * (wide + 2 * radius + 8)),
    across: kernel.take(4 * wide * rows),
  };
  kernel.call.smooth(at.source, columns, rows, at.taps, radius, at.partX, at.partY, at.line, at.across, out);
  kernel.release(mark);
  return kernel.readFloats(out, source.length);
}

const gaussians = new Map<number, { readonly taps: Float32Array; readonly radius: number }>();

/** The few Gaussians in use, made once. */
function gaussian(sigma: number): { readonly taps: Float32Array; readonly radius: number } {
  let known = gaussians.get(sigma);
  if (known === undefined) {
    const radius = Math.ceil(sigma * 2.5);
    const taps = Float32Array.from({ length: 2 * radius + 1 }, (_, i) =>
      Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
    );
    known = { taps, radius };
    gaussians.set(sigma, known);
  }
  return known;
}

const shares = new Map<number, Map<number, Float32Array>>();

/** For each place on a line 1 / the Gaussian's weight that lies on the line; made once for each length. */
function sharesInside(sigma: number, length: number): Float32Array {
  let known = shares.get(sigma);
  if (known === undefined) {
    known = new Map();
    shares.set(sigma, known);
  }
  let result = known.get(length);
  if (result !== undefined) return result;
  const { taps, radius } = gaussian(sigma);
  result = Float32Array.from({ length }, (_, at) => {
    let weight = 0;
    for (let k = Math.max(0, radius - at); k <= Math.min(2 * radius, length - 1 - at + radius); k++) weight += taps[k]!;
    return 1 / weight;
  });
  known.set(length, result);
  return result;
}

/** The same in plain TypeScript: the reference that a test holds the compiled one against. */
export function smoothGridPlainly(source: Float32Array, columns: number, rows: number, sigma: number): Float32Array {
  const radius = Math.ceil(sigma * 2.5);
  const kernel = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  );
  const across = new Float32Array(source.length);
  for (let column = 0; column < columns; column++) {
    const from = Math.max(0, column - radius);
    const to = Math.min(columns - 1, column + radius);
    const shift = radius - column;
    let weight = 0;
    for (let c = from; c <= to; c++) weight += kernel[c + shift]!;
    for (let row = 0, base = 0; row < rows; row++, base += columns) {
      let sum = 0;
      for (let c = from; c <= to; c++) sum += kernel[c + shift]! * source[base + c]!;
      across[base + column] = sum / weight;
    }
  }
  const result = new Float32Array(source.length);
  const sums = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    const from = Math.max(0, row - radius);
    const to = Math.min(rows - 1, row + radius);
    let weight = 0;
    sums.fill(0);
    for (let r = from; r <= to; r++) {
      const w = kernel[r + radius - row]!;
      weight += w;
      const base = r * columns;
      for (let column = 0; column < columns; column++) sums[column]! += w * across[base + column]!;
    }
    for (let column = 0; column < columns; column++) result[row * columns + column] = sums[column]! / weight;
  }
  return result;
}
