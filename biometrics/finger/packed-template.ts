/**
 * A template as the matcher wants it: one run of bytes, laid out so that vectors can be loaded from it (biometrics/assembly/match.ts
 * reads the same layout). Positions are pixels at 500 ppi, y upwards; a turn has 65,536 parts, a half turn of ridges 256.
 */
import { CELL, MAX_MATCHED_MINUTIAE } from "./limits.ts";
import { describeFlow, FLOW_POINTS, NO_RIDGE } from "./local-flow.ts";
import { type Footprint, flowOf, footprintOf } from "./overlap.ts";
import { type FlowMap, NO_FLOW, type Template } from "./template.ts";

/** Minutiae in the matcher's scale, sorted by x. */
export interface PlacedMinutiae {
  readonly count: number;
  /** The `SEED_MINUTIAE` most trusted of them, ascending: only their descriptors are compared with each other. */
  readonly seeds: Uint8Array;
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Radians. */
  readonly angle: Float32Array;
}

/** Header words (32 bits): numbers first, then where each section begins, bytes from the start. */
export const HEADER = {
  count: 0,
  /** Cells of the map with a border of one empty cell on each side. */
  columns: 1,
  rows: 2,
  hasFlow: 3,
  /** Points of ridge flow: all, and those of the first look, which come first. */
  points: 4,
  firstPoints: 5,
  /** `FLOW_POINTS` bytes for each minutia, as of a probe. */
  probe: 6,
  /** The same of a gallery's print for the seeds: for each sixteen of them `FLOW_POINTS` rows of sixteen bytes. */
  gallery: 7,
  /** 16-bit x, y, direction of the minutiae. */
  x: 8,
  y: 9,
  direction: 10,
  /** 32-bit floats x, y. */
  exactX: 11,
  exactY: 12,
  /** For each strip of `STRIP` pixels the first minutia at or right of its left edge; a byte each. */
  strips: 13,
  /**
   * 32 bits a cell: 16 directions near which a minutia lies, a byte ridge direction, a byte ridge period with the highest bit
   * set (0 = no finger).
   */
  map: 14,
  /** 16-bit x, y, ridge direction, ridge period of the points of flow. */
  pointX: 15,
  pointY: 16,
  pointRidge: 17,
  pointPeriod: 18,
  /** 16 bits for each minutia, one of them set: its direction in sixteenths of a turn, and half a sixteenth further. */
  hot: 19,
  hotHalf: 20,
  /** How many seeds, and which minutiae they are; a byte each. */
  seedCount: 21,
  seeds: 22,
  /** `FLOW_POINTS` bytes for each minutia, as of a gallery's print. */
  candidate: 23,
  words: 24,
} as const;

/** Width of a strip, pixels, and how many there are. */
export const STRIP = 8;
export const STRIPS = 256;
/** A print larger than so many cells either way (over 100 mm) is cut there. */
const MOST_CELLS = 253;
/** A minutia is looked for this far from its place, pixels and radians. */
const NEAR = 12;
const TURN = 0.45;
const DIRECTIONS = 16;
/** Parts of the logarithm of the ridge period, and the shortest period told apart. */
export const PERIOD_PARTS = 95;
const LEAST_PERIOD = 4;
/** Every so many cells is a point of flow, and of the first look. */
const POINT_STRIDE = 2;
const FIRST_STRIDE = 4;
/** Padding: a point that lies outside every print. */
const NOWHERE = -30_000;

/** Rounded to 16 bits; what lies farther out stays at the end of the scale. */
const short = (v: number) => Math.max(-32_768, Math.min(32_767, Math.round(v)));
const up = (n: number, to: number) => Math.ceil(n / to) * to;

/** Packs a template; `placed` are its minutiae. */
export function packTemplate(template: Template, whole: PlacedMinutiae): Uint8Array {
  const { count } = whole;
  if (count > MAX_MATCHED_MINUTIAE) throw new RangeError("too many minutiae to pack");
  const { footprint, flow, placed } = cropped(footprintOf(template), flowOf(template), whole);
  const columns = footprint.columns + 2;
  const rows = footprint.rows + 2;
  const points = flow === undefined ? [] : flowPoints(flow);
  const first = points.filter((p) => p.first);
  const firstPoints = up(first.length, 8);
  const rest = points.filter((p) => !p.first);
  const allPoints = firstPoints + up(rest.length, 8);
  const wide = up(count, 16);
  const sizes = {
    probe: wide * FLOW_POINTS,
    candidate: wide * FLOW_POINTS,
    gallery: up(placed.seeds.length, 16) * FLOW_POINTS,
    seeds: placed.seeds.length,
    x: 2 * wide,
    y: 2 * wide,
    direction: 2 * wide,
    exactX: 4 * wide,
    exactY: 4 * wide,
    strips: STRIPS,
    map: 4 * columns * rows,
    pointX: 2 * allPoints,
    pointY: 2 * allPoints,
    pointRidge: 2 * allPoints,
    pointPeriod: 2 * allPoints,
    hot: 2 * wide,
    hotHalf: 2 * wide,
  };
  let size = HEADER.words * 4;
  const at = {} as Record<keyof typeof sizes, number>;
  for (const [name, bytes] of Object.entries(sizes) as [keyof typeof sizes, number][]) {
    at[name] = size;
    size = up(size + bytes, 16);
  }
  const packed = new Uint8Array(size);
  const header = new Int32Array(packed.buffer, 0, HEADER.words);
  header[HEADER.count] = count;
  header[HEADER.columns] = columns;
  header[HEADER.rows] = rows;
  header[HEADER.hasFlow] = flow === undefined ? 0 : 1;
  header[HEADER.points] = allPoints;
  header[HEADER.firstPoints] = firstPoints;
  header[HEADER.seedCount] = placed.seeds.length;
  for (const name of Object.keys(sizes) as (keyof typeof sizes)[]) header[HEADER[name]] = at[name];

  const shorts = (name: keyof typeof sizes, length: number) => new Int16Array(packed.buffer, at[name], length);
  shorts("x", wide).fill(NOWHERE);
  shorts("y", wide).fill(NOWHERE);
  shorts("x", wide).set(placed.x.map(short));
  shorts("y", wide).set(placed.y.map(short));
  shorts("direction", wide).set(placed.angle.map((a) => Math.round((a * 65_536) / (2 * Math.PI))));
  const sixteenth = (angle: number, half: number) =>
    1 << (Math.floor((angle * DIRECTIONS) / (2 * Math.PI) + half) & 15);
  shorts("hot", wide).set(placed.angle.map((a) => sixteenth(a, 0)));
  shorts("hotHalf", wide).set(placed.angle.map((a) => sixteenth(a, 0.5)));
  new Float32Array(packed.buffer, at.exactX, count).set(placed.x);
  new Float32Array(packed.buffer, at.exactY, count).set(placed.y);
  packed.set(stripsOf(placed.x), at.strips);
  packed.set(placed.seeds, at.seeds);
  if (flow !== undefined) packDescriptors(flow, placed, packed, at);
  packMap(footprint, flow, placed, new Uint32Array(packed.buffer, at.map, columns * rows), columns, rows);
  for (const name of ["pointX", "pointY"] as const) shorts(name, allPoints).fill(NOWHERE);
  const put = (list: readonly FlowPoint[], from: number) => {
    shorts("pointX", allPoints).set(
      list.map((p) => p.x),
      from,
    );
    shorts("pointY", allPoints).set(
      list.map((p) => p.y),
      from,
    );
    shorts("pointRidge", allPoints).set(
      list.map((p) => p.ridge),
      from,
    );
    shorts("pointPeriod", allPoints).set(
      list.map((p) => p.period),
      from,
    );
  };
  put(first, 0);
  put(rest, firstPoints);
  return packed;
}

/** Only the part of the maps where the finger is: less to copy, and it stays in the processor's cache. */
function cropped(footprint: Footprint, flow: FlowMap | undefined, placed: PlacedMinutiae) {
  let [left, top, right, bottom] = [footprint.columns, footprint.rows, 0, 0];
  for (let i = 0; i < footprint.cells.length; i++) {
    if (footprint.cells[i] === 0) continue;
    const column = i % footprint.columns;
    const row = Math.floor(i / footprint.columns);
    left = Math.min(left, column);
    right = Math.max(right, column + 1);
    top = Math.min(top, row);
    bottom = Math.max(bottom, row + 1);
  }
  if (right === 0) [left, top] = [0, 0];
  const columns = Math.min(MOST_CELLS, Math.max(1, right - left));
  const rows = Math.min(MOST_CELLS, Math.max(1, bottom - top));
  const part = (cells: Uint8Array, wide: number) => {
    const result = new Uint8Array(columns * rows);
    for (let row = 0; row < rows; row++) {
      const from = (row + top) * wide + left;
      result.set(cells.subarray(from, Math.min(from + columns, cells.length)), row * columns);
    }
    return result;
  };
  return {
    footprint: { columns, rows, cells: part(footprint.cells, footprint.columns) },
    flow: flow && {
      cell: flow.cell,
      columns,
      rows,
      orientation: part(flow.orientation, flow.columns),
      period: part(flow.period, flow.columns),
    },
    placed: {
      ...placed,
      x: placed.x.map((x) => x - left * CELL),
      y: placed.y.map((y) => y + top * CELL),
    },
  };
}

function stripsOf(x: Float32Array): Uint8Array {
  const strips = new Uint8Array(STRIPS);
  let first = 0;
  for (let s = 0; s < STRIPS; s++) {
    while (first < x.length && x[first]! < s * STRIP) first++;
    strips[s] = first;
  }
  return strips;
}

function packDescriptors(
  flow: FlowMap,
  { count, x, y, angle, seeds }: PlacedMinutiae,
  packed: Uint8Array,
  at: { readonly probe: number; readonly candidate: number; readonly gallery: number },
): void {
  const bytes = new Uint8Array(FLOW_POINTS);
  for (let i = 0; i < count; i++) {
    describeFlow(flow, x[i]!, y[i]!, angle[i]!, NO_RIDGE.probe, bytes);
    packed.set(bytes, at.probe + i * FLOW_POINTS);
    describeFlow(flow, x[i]!, y[i]!, angle[i]!, NO_RIDGE.gallery, bytes);
    packed.set(bytes, at.candidate + i * FLOW_POINTS);
  }
  for (const [n, i] of seeds.entries()) {
    const block = at.gallery + (n >> 4) * 16 * FLOW_POINTS + (n & 15);
    for (let k = 0; k < FLOW_POINTS; k++) packed[block + 16 * k] = packed[at.candidate + i * FLOW_POINTS + k]!;
  }
}

/** Ridge direction in 256 parts of a half turn. */
const ridgeByte = (degrees: number) => Math.round((degrees * 256) / 180) & 255;
/** Logarithm of the ridge period in tenths of a pixel, 128..255. */
const periodByte = (tenths: number) =>
  Math.min(255, Math.max(128, 128 + Math.round(PERIOD_PARTS * Math.log(Math.max(1, tenths) / 10 / LEAST_PERIOD))));

function packMap(
  footprint: Footprint,
  flow: FlowMap | undefined,
  { count, x, y, angle }: PlacedMinutiae,
  map: Uint32Array,
  columns: number,
  rows: number,
): void {
  for (let row = 0; row < rows - 2; row++) {
    for (let column = 0; column < columns - 2; column++) {
      const cell = row * footprint.columns + column;
      if (footprint.cells[cell] === 0) continue;
      const [ridge, period] =
        flow === undefined ? [0, 128] : [ridgeByte(flow.orientation[cell]!), periodByte(flow.period[cell]!)];
      map[(row + 1) * columns + column + 1] = ((period << 24) | (ridge << 16)) >>> 0;
    }
  }
  for (let i = 0; i < count; i++) {
    let bits = 0;
    for (let d = 0; d < DIRECTIONS; d++) {
      const off = ((d + 0.5) * 2 * Math.PI) / DIRECTIONS - angle[i]!;
      if (Math.abs(Math.atan2(Math.sin(off), Math.cos(off))) <= TURN) bits |= 1 << d;
    }
    const [cx, cy] = [x[i]! / CELL, -y[i]! / CELL];
    const reach = NEAR / CELL;
    for (let row = Math.ceil(cy - reach - 0.5); row + 0.5 <= cy + reach; row++) {
      for (let column = Math.ceil(cx - reach - 0.5); column + 0.5 <= cx + reach; column++) {
        if (row < 0 || column < 0 || row >= rows - 2 || column >= columns - 2) continue;
        if ((column + 0.5 - cx) ** 2 + (row + 0.5 - cy) ** 2 <= reach * reach) {
          map[(row + 1) * columns + column + 1]! |= bits;
        }
      }
    }
  }
}

interface FlowPoint {
  readonly x: number;
  readonly y: number;
  readonly ridge: number;
  readonly period: number;
  readonly first: boolean;
}

function flowPoints(flow: FlowMap): FlowPoint[] {
  const points: FlowPoint[] = [];
  for (let row = 1; row < flow.rows; row += POINT_STRIDE) {
    for (let column = 1; column < flow.columns; column += POINT_STRIDE) {
      const i = row * flow.columns + column;
      if (flow.orientation[i] === NO_FLOW) continue;
      points.push({
        x: (column + 0.5) * CELL,
        y: -(row + 0.5) * CELL,
        ridge: ridgeByte(flow.orientation[i]!),
        period: periodByte(flow.period[i]!),
        first: row % FIRST_STRIDE === 1 && column % FIRST_STRIDE === 1,
      });
    }
  }
  return points;
}
