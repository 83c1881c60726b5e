/**
 * Extended data of a minutiae record: ridge counts, cores and deltas, zonal quality (ISO/IEC 19794-2:2005 §7.5 and :2011 §8.5,
 * ANSI INCITS 378 §6.6). Areas that are not of these kinds, or not well formed, are carried as they are.
 */
import { BiometricsError } from "../errors.ts";
import { RecordReader, RecordWriter } from "./bytes.ts";

/** The record families differ in how they say that a core or delta has an angle. */
export type ExtendedForm = "iso" | "ansi";

/** Which neighbours were counted to: 0 = not stated, 1 = the nearest in each quadrant, 2 = the nearest in each octant. */
export type RidgeCountMethod = 0 | 1 | 2;

export interface CodedRidgeCount {
  /** Minutiae of the same view by number, the first is 1; a neighbour of 0 says that there is none. */
  readonly centre: number;
  readonly neighbour: number;
  readonly count: number;
}

/** Angles are in the format's own steps; a core has none or one, a delta none or three. */
export interface CodedPoint {
  readonly x: number;
  readonly y: number;
  readonly angles: readonly number[];
}

export type ExtendedArea =
  | { readonly kind: "ridge-counts"; readonly method: RidgeCountMethod; readonly counts: readonly CodedRidgeCount[] }
  | { readonly kind: "singular-points"; readonly cores: readonly CodedPoint[]; readonly deltas: readonly CodedPoint[] }
  // Zonal quality (3), which differs by edition, and a maker's own.
  | { readonly kind: "other"; readonly type: number; readonly data: Uint8Array };

const RIDGE_COUNTS = 1;
const SINGULAR_POINTS = 2;
/** Type and length of an area. */
const AREA_HEADER = 4;
const COUNT_BYTES = 3;
const MOST_POINTS = 15;
const CORE_ANGLES = 1;
const DELTA_ANGLES = 3;

/** Reads the areas of a view. @throws `record/truncated`, `record/field` when the areas do not fill the block */
export function readExtendedData(bytes: Uint8Array, form: ExtendedForm): ExtendedArea[] {
  const reader = new RecordReader(bytes);
  const areas: ExtendedArea[] = [];
  while (reader.left > 0) {
    const type = reader.uint(2);
    const length = reader.uint(2);
    if (length < AREA_HEADER)
      throw new BiometricsError("record/field", { field: "extended area length", value: length });
    areas.push(readArea(type, reader.take(length - AREA_HEADER), form));
  }
  return areas;
}

function readArea(type: number, data: Uint8Array, form: ExtendedForm): ExtendedArea {
  const known =
    type === RIDGE_COUNTS ? readCounts(data) : type === SINGULAR_POINTS ? readPoints(data, form) : undefined;
  return known ?? { kind: "other", type, data };
}

function readCounts(data: Uint8Array): ExtendedArea | undefined {
  const method = data[0];
  if (method === undefined || method > 2 || (data.length - 1) % COUNT_BYTES !== 0) return undefined;
  const counts = Array.from({ length: (data.length - 1) / COUNT_BYTES }, (_, i) => {
    const at = 1 + i * COUNT_BYTES;
    return { centre: data[at]!, neighbour: data[at + 1]!, count: data[at + 2]! };
  });
  return { kind: "ridge-counts", method: method as RidgeCountMethod, counts };
}

/** Nothing when the area is not to the byte what a writer of this form would have written. */
function readPoints(data: Uint8Array, form: ExtendedForm): ExtendedArea | undefined {
  const reader = new RecordReader(data);
  try {
    const cores = readList(reader, form, CORE_ANGLES);
    const deltas = readList(reader, form, DELTA_ANGLES);
    if (cores === undefined || deltas === undefined || reader.left > 0) return undefined;
    return { kind: "singular-points", cores, deltas };
  } catch (error) {
    if (error instanceof BiometricsError) return undefined;
    throw error;
  }
}

function readList(reader: RecordReader, form: ExtendedForm, angleCount: number): CodedPoint[] | undefined {
  const head = reader.uint(1);
  // ANSI says once for all whether angles follow, ISO says it in the high bits of each x.
  const angularAll = form === "ansi" && head >> 6 === 1;
  const count = form === "ansi" ? head & 0x3f : head;
  if (count > MOST_POINTS || (form === "ansi" && head >> 6 > 1) || (angularAll && count === 0)) return undefined;
  const points: CodedPoint[] = [];
  for (let i = 0; i < count; i++) {
    const x = reader.uint(2);
    const y = reader.uint(2);
    const angular = form === "ansi" ? angularAll : x >> 14 === 1;
    if (y > 0x3fff || (form === "ansi" ? x > 0x3fff : x >> 14 > 1)) return undefined;
    points.push({ x: x & 0x3fff, y, angles: angular ? [...reader.take(angleCount)] : [] });
  }
  return points;
}

/** Writes areas, in the order given. @throws `record/field` when a value does not fit */
export function writeExtendedData(areas: readonly ExtendedArea[], form: ExtendedForm): Uint8Array {
  const out = new RecordWriter();
  for (const area of areas) {
    const data = areaBytes(area, form);
    out.uint(
      area.kind === "ridge-counts" ? RIDGE_COUNTS : area.kind === "singular-points" ? SINGULAR_POINTS : area.type,
      2,
    );
    out.uint(AREA_HEADER + data.length, 2);
    out.put(data);
  }
  return out.bytes();
}

function areaBytes(area: ExtendedArea, form: ExtendedForm): Uint8Array {
  if (area.kind === "other") return area.data;
  const out = new RecordWriter();
  if (area.kind === "ridge-counts") {
    out.uint(area.method, 1);
    for (const { centre, neighbour, count } of area.counts) {
      out.uint(centre, 1);
      out.uint(neighbour, 1);
      out.uint(count, 1);
    }
  } else {
    writeList(out, area.cores, form, CORE_ANGLES);
    writeList(out, area.deltas, form, DELTA_ANGLES);
  }
  return out.bytes();
}

function writeList(out: RecordWriter, points: readonly CodedPoint[], form: ExtendedForm, angleCount: number): void {
  if (points.length > MOST_POINTS) {
    throw new BiometricsError("record/field", { field: "cores or deltas", value: points.length });
  }
  const angular = points.length > 0 && points.every((p) => p.angles.length === angleCount);
  out.uint(form === "ansi" && angular ? 0x40 | points.length : points.length, 1);
  for (const { x, y, angles } of points) {
    if (x > 0x3fff || y > 0x3fff) {
      throw new BiometricsError("record/field", { field: "core or delta position", value: Math.max(x, y) });
    }
    const own = form === "ansi" ? angular : angles.length === angleCount;
    out.uint(form === "iso" && own ? 0x4000 | x : x, 2);
    out.uint(y, 2);
    if (own) for (const angle of angles) out.uint(angle, 1);
  }
}
