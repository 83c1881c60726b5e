/** Fingers in a picture of several (a slap of four, two thumbs): where they are, how they are turned, which they are. */
import { BiometricsError } from "../errors.ts";
import type { GreyImage } from "../image/image.ts";
import { PPI_RANGE, WORKING_PPI } from "./limits.ts";
import type { FingerPosition } from "./position.ts";
import { type NamedFingers, nameFingers } from "./slap-hand.ts";
import { splitTouching } from "./slap-split.ts";

const { atan2, floor, max, min } = Math;

export interface SlapFinger {
  /** Which finger it is, when the picture tells. */
  readonly position: FingerPosition | undefined;
  /** Upright box around it, pixels: left, top, right, bottom (past the last). */
  readonly box: { readonly x0: number; readonly y0: number; readonly x1: number; readonly y1: number };
  readonly centre: { readonly x: number; readonly y: number };
  /** Turn from upright, degrees counter-clockwise. */
  readonly rotation: number;
}

export interface Slap {
  readonly hand: "left" | "right" | "thumbs" | undefined;
  /** From left to right. */
  readonly fingers: readonly SlapFinger[];
  /** Fingers that the hand should show and the picture does not. */
  readonly missing: readonly FingerPosition[];
}

/** Side of a cell, pixels at 500 ppi. */
const CELL = 8;
/** Sides of an accepted picture, pixels. */
const SIDES = { least: 200, most: 8_000 };
/** A cell with ink differs by this much within, grey levels (deviation). */
const LEAST_DEVIATION = 10;
/** Share of inked cells in a neighbourhood that makes it finger: lines and dust have less. */
const LEAST_SHARE = 0.5;
/** A finger covers at least this many cells (about 60 mm²), and is between so many cells wide. */
const LEAST_CELLS = 360;
const WIDTHS = { least: 13, most: 70 };
/** A blob longer than this many times its width goes on below the joint and is cut there. */
const MOST_LENGTH = 1.75;
/** Ink fills at least this share of a finger's box. */
const LEAST_FILL = 0.4;
const NAMELESS: NamedFingers = { hand: undefined, positions: [], missing: [] };

/**
 * Finds the fingers; never more than are there.
 * @throws BiometricsError `finger/image-size`, `finger/image-resolution`, `finger/image-data`
 */
export function segmentSlap(image: GreyImage): Slap {
  check(image);
  const pitch = (CELL * image.ppi) / WORKING_PPI;
  const columns = floor(image.width / pitch);
  const rows = floor(image.height / pitch);
  const mask = inkMask(image, pitch, columns, rows);
  const parts = components(mask, columns, rows).flatMap((cells) =>
    splitTouching(cells, columns, WIDTHS.most, LEAST_CELLS),
  );
  const blobs = parts
    .map((cells) => describe(cells, columns))
    .filter((blob) => blob !== undefined)
    .sort((a, b) => a.x - b.x);
  const named = parts.some((cells) => isSeveral(cells, columns))
    ? NAMELESS
    : nameFingers(blobs.map(({ x, y, rotation }) => ({ x, y, rotation })));
  const fingers = blobs.map((blob, i): SlapFinger => {
    const { x0, y0, x1, y1 } = blob.box;
    return {
      position: named.positions[i],
      box: { x0: x0 * pitch, y0: y0 * pitch, x1: x1 * pitch, y1: y1 * pitch },
      centre: { x: blob.x * pitch, y: blob.y * pitch },
      rotation: blob.rotation,
    };
  });
  return { hand: named.hand, fingers, missing: named.missing };
}

function check({ width, height, ppi, data }: GreyImage): void {
  const fits = (side: number) => Number.isInteger(side) && side >= SIDES.least && side <= SIDES.most;
  if (!fits(width) || !fits(height)) {
    throw new BiometricsError("finger/image-size", { width, height, least: SIDES.least, most: SIDES.most });
  }
  if (!(ppi >= PPI_RANGE.least && ppi <= PPI_RANGE.most)) {
    throw new BiometricsError("finger/image-resolution", { ppi, least: PPI_RANGE.least, most: PPI_RANGE.most });
  }
  if (data.length !== width * height) {
    throw new BiometricsError("finger/image-data", { bytes: data.length, expected: width * height });
  }
}

/** Cells where most of the neighbourhood has ink. */
function inkMask(image: GreyImage, pitch: number, columns: number, rows: number): Uint8Array {
  const { width, data } = image;
  const ink = new Uint8Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    const [top, bottom] = [floor(row * pitch), floor((row + 1) * pitch)];
    for (let column = 0; column < columns; column++) {
      const [left, right] = [floor(column * pitch), floor((column + 1) * pitch)];
      let sum = 0;
      let squares = 0;
      for (let y = top; y < bottom; y += 2) {
        for (let i = y * width + left; i < y * width + right; i++) {
          const v = data[i]!;
          sum += v;
          squares += v * v;
        }
      }
      const n = ((bottom - top + 1) >> 1) * (right - left);
      ink[row * columns + column] = squares / n - (sum / n) ** 2 > LEAST_DEVIATION ** 2 ? 1 : 0;
    }
  }
  return majority(ink, columns, rows, 2);
}

/** 1 where more than the least share of the square around is 1. */
function majority(source: Uint8Array, columns: number, rows: number, radius: number): Uint8Array {
  const sums = new Int32Array((columns + 1) * (rows + 1));
  for (let r = 0; r < rows; r++) {
    let line = 0;
    for (let c = 0; c < columns; c++) {
      line += source[r * columns + c]!;
      sums[(r + 1) * (columns + 1) + c + 1] = sums[r * (columns + 1) + c + 1]! + line;
    }
  }
  return source.map((_, i) => {
    const c = i % columns;
    const r = (i - c) / columns;
    const [c0, c1] = [max(0, c - radius), min(columns, c + radius + 1)];
    const [r0, r1] = [max(0, r - radius), min(rows, r + radius + 1)];
    const at = (rr: number, cc: number) => sums[rr * (columns + 1) + cc]!;
    const count = at(r1, c1) - at(r0, c1) - at(r1, c0) + at(r0, c0);
    return count > LEAST_SHARE * (c1 - c0) * (r1 - r0) ? 1 : 0;
  });
}

function components(mask: Uint8Array, columns: number, rows: number): number[][] {
  const open = Uint8Array.from(mask);
  const found: number[][] = [];
  for (let start = 0; start < open.length; start++) {
    if (open[start] === 0) continue;
    const cells: number[] = [];
    const stack = [start];
    open[start] = 0;
    while (stack.length > 0) {
      const i = stack.pop()!;
      cells.push(i);
      const c = i % columns;
      const neighbours = [c > 0 ? i - 1 : -1, c < columns - 1 ? i + 1 : -1, i - columns, i + columns];
      for (const j of neighbours) {
        if (j < 0 || j >= columns * rows || open[j] === 0) continue;
        open[j] = 0;
        stack.push(j);
      }
    }
    found.push(cells);
  }
  return found;
}

/** Fingers that lie over each other and cannot be told apart: with them, who is who among the rest would be a guess. */
function isSeveral(cells: readonly number[], columns: number): boolean {
  const { x0, x1 } = boxOf(cells, columns);
  return cells.length >= LEAST_CELLS && x1 - x0 > WIDTHS.most;
}

/** A blob's middle, box and turn in cells, or nothing when it is no finger. */
function describe(all: readonly number[], columns: number) {
  if (all.length < LEAST_CELLS) return undefined;
  let cells = all;
  let box = boxOf(cells, columns);
  const width = box.x1 - box.x0;
  if (box.y1 - box.y0 > MOST_LENGTH * width) {
    const bottom = box.y0 + MOST_LENGTH * width;
    cells = all.filter((i) => floor(i / columns) < bottom);
    box = boxOf(cells, columns);
  }
  const tall = box.y1 - box.y0;
  if (width < WIDTHS.least || width > WIDTHS.most || tall < WIDTHS.least) return undefined;
  if (cells.length < LEAST_FILL * width * tall) return undefined;
  let [x, y] = [0, 0];
  for (const i of cells) {
    x += (i % columns) + 0.5;
    y += floor(i / columns) + 0.5;
  }
  x /= cells.length;
  y /= cells.length;
  let [xx, yy, xy] = [0, 0, 0];
  for (const i of cells) {
    const dx = (i % columns) + 0.5 - x;
    const dy = floor(i / columns) + 0.5 - y;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  // The long axis, upright = 0; a round or wide blob does not tell its turn.
  const long = yy > 1.3 * xx;
  const rotation = long ? (0.5 * atan2(2 * xy, yy - xx) * 180) / Math.PI : 0;
  return { x, y, box, rotation };
}

function boxOf(cells: readonly number[], columns: number) {
  const box = { x0: columns, y0: Number.POSITIVE_INFINITY, x1: 0, y1: 0 };
  for (const i of cells) {
    const c = i % columns;
    const r = floor(i / columns);
    box.x0 = min(box.x0, c);
    box.x1 = max(box.x1, c + 1);
    box.y0 = min(box.y0, r);
    box.y1 = max(box.y1, r + 1);
  }
  return box;
}
