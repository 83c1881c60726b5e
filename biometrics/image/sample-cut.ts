/**
 * Samples cut-outs: bilinear, and where a cut-out shrinks the picture the mean of a grid of samples a pixel, so that fine texture does not
 * alias. Compiled (`assembly/sample.ts`), because every network and most measures begin with it.
 */
import { aligned, KERNEL_START, type Kernel, loadKernel } from "../kernel.ts";
import type { RgbImage } from "./image.ts";
import { sampleWasm } from "./sample-wasm.ts";
import { type Similarity, toPicture } from "./similarity.ts";

interface Calls {
  /** As in the source: the picture's window, the cut, then the tile and what it is sampled with. */
  sample(
    ...values: [
      source: number,
      left: number,
      top: number,
      stride: number,
      columns: number,
      rows: number,
      a: number,
      b: number,
      originX: number,
      originY: number,
      fromX: number,
      toX: number,
      fromY: number,
      toY: number,
      offsets: number,
      taps: number,
      outside: number,
      result: number,
    ]
  ): void;
}

/** The loop's memory stays as large as it once was: a cut-out that needs more pixels than these at once is done in tiles. */
const mostPixels = 2_000_000;
let kernel: Kernel<Calls> | undefined;

/** Columns and rows, the last ones excluded. */
interface Tile {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const breadth = ({ left, right }: Tile) => right - left;
const height = ({ top, bottom }: Tile) => bottom - top;
const area = (tile: Tile) => breadth(tile) * height(tile);

/** Samples a pixel each way, so that every pixel of the picture has its say. */
function tapsOf(cut: Similarity): number {
  return Math.min(4, Math.max(1, Math.round(Math.hypot(cut.a, cut.b)))) || 1;
}

/** Where they lie, in pixels from a pixel's centre. */
function offsetsOf(taps: number): number[] {
  return Array.from({ length: taps }, (_, i) => (i + 0.5) / taps - 0.5);
}

/**
 * Samples a cut-out. Outside of the picture is `outside` (0…255).
 * @returns `columns * rows * 3` samples, 0…255
 */
export function sampleCut(image: RgbImage, cut: Similarity, columns: number, rows: number, outside = 0): Float32Array {
  const result = new Float32Array(columns * rows * 3);
  const open: Tile[] = [{ left: 0, right: columns, top: 0, bottom: rows }];
  for (let tile = open.pop(); tile !== undefined; tile = open.pop()) {
    const source = sourceOf(image, cut, tile);
    if (Math.max(area(source), area(tile)) > mostPixels && area(tile) > 1) open.push(...halves(tile));
    else if (area(source) === 0) fill(tile, outside, result, columns);
    else sampleTile(image, cut, tile, source, outside, result, columns);
  }
  return result;
}

function fill({ left, right, top, bottom }: Tile, value: number, result: Float32Array, columns: number): void {
  for (let y = top; y < bottom; y++) result.fill(value, (y * columns + left) * 3, (y * columns + right) * 3);
}

function halves(tile: Tile): [Tile, Tile] {
  const { left, right, top, bottom } = tile;
  if (breadth(tile) > height(tile)) {
    const middle = (left + right) >> 1;
    return [
      { ...tile, right: middle },
      { ...tile, left: middle },
    ];
  }
  const middle = (top + bottom) >> 1;
  return [
    { ...tile, bottom: middle },
    { ...tile, top: middle },
  ];
}

/** Pixels of the picture that a tile of a cut-out may ask for. */
function sourceOf({ width, height: lines }: RgbImage, cut: Similarity, { left, right, top, bottom }: Tile): Tile {
  const corners = [left - 1, right].flatMap((x) => [toPicture(cut, x, top - 1), toPicture(cut, x, bottom)]);
  const from = (values: readonly number[], size: number) =>
    Math.min(size, Math.max(0, Math.floor(Math.min(...values)) - 1)) || 0;
  const to = (values: readonly number[], size: number) =>
    Math.min(size, Math.max(0, Math.ceil(Math.max(...values)) + 2)) || 0;
  const xs = corners.map(({ x }) => x);
  const ys = corners.map(({ y }) => y);
  return { left: from(xs, width), right: to(xs, width), top: from(ys, lines), bottom: to(ys, lines) };
}

function sampleTile(
  image: RgbImage,
  cut: Similarity,
  tile: Tile,
  source: Tile,
  outside: number,
  result: Float32Array,
  columns: number,
): void {
  kernel ??= loadKernel<Calls>(sampleWasm);
  const stride = breadth(source) * 3;
  const taps = tapsOf(cut);
  const offsets = KERNEL_START;
  const pixels = offsets + aligned(taps * 8);
  // Four bytes are read where three are meant, and four numbers written.
  const target = pixels + aligned(area(source) * 3 + 1);
  kernel.reserve(target + area(tile) * 12 + 4);
  new Float64Array(kernel.buffer(), offsets, taps).set(offsetsOf(taps));
  const bytes = new Uint8Array(kernel.buffer());
  for (let y = source.top; y < source.bottom; y++) {
    const start = (y * image.width + source.left) * 3;
    bytes.set(image.data.subarray(start, start + stride), pixels + (y - source.top) * stride);
  }
  const { a, b, originX, originY } = cut;
  const { left, right, top, bottom } = tile;
  kernel.call.sample(
    ...([pixels, source.left, source.top, breadth(source), image.width, image.height] as const),
    ...([a, b, originX, originY] as const),
    ...([left, right, top, bottom, offsets, taps, outside, target] as const),
  );
  const length = breadth(tile) * 3;
  const samples = new Float32Array(kernel.buffer(), target, length * height(tile));
  for (let y = top; y < bottom; y++)
    result.set(samples.subarray((y - top) * length, (y - top + 1) * length), (y * columns + left) * 3);
}

/** The same in plain TypeScript: what the compiled loop is held against. */
export function sampleCutPlainly(
  image: RgbImage,
  cut: Similarity,
  width: number,
  lines: number,
  outside = 0,
): Float32Array {
  const result = new Float32Array(width * lines * 3);
  const taps = tapsOf(cut);
  const offsets = offsetsOf(taps);
  const share = 1 / (taps * taps);
  const { data, width: columns, height: rows } = image;
  let out = 0;
  for (let y = 0; y < lines; y++) {
    for (let x = 0; x < width; x++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let t = 0; t < taps * taps; t++) {
        const u = x + offsets[t % taps]!;
        const v = y + offsets[Math.floor(t / taps)]!;
        const px = cut.originX - cut.b * v + cut.a * u;
        const py = cut.originY + cut.a * v + cut.b * u;
        const x0 = Math.floor(px);
        const y0 = Math.floor(py);
        if (!(x0 >= 0 && y0 >= 0 && x0 < columns - 1 && y0 < rows - 1)) {
          red += outside;
          green += outside;
          blue += outside;
          continue;
        }
        const fx = px - x0;
        const fy = py - y0;
        const i = (y0 * columns + x0) * 3;
        const j = i + columns * 3;
        const w00 = (1 - fx) * (1 - fy);
        const w10 = fx * (1 - fy);
        const w01 = (1 - fx) * fy;
        const w11 = fx * fy;
        red += data[i]! * w00 + data[i + 3]! * w10 + data[j]! * w01 + data[j + 3]! * w11;
        green += data[i + 1]! * w00 + data[i + 4]! * w10 + data[j + 1]! * w01 + data[j + 4]! * w11;
        blue += data[i + 2]! * w00 + data[i + 5]! * w10 + data[j + 2]! * w01 + data[j + 5]! * w11;
      }
      result[out++] = red * share;
      result[out++] = green * share;
      result[out++] = blue * share;
    }
  }
  return result;
}
