/**
 * Finger minutiae by ISO/IEC 39794-2 (DER). The frame ([APPLICATION 2], version, representations) and the shared blocks are those
 * of parts 1 and 4, which were checked against samples; the tags inside a representation follow docs/formats/finger-records.md
 * and were not checked against the standard's own module, which is not public. Elements that are not named there are carried as they are.
 */
import { BiometricsError } from "../errors.ts";
import type { MinutiaType } from "../finger/template.ts";
import {
  codeOf,
  type DerElement,
  derChild,
  derCode,
  derNumber,
  derOptional,
  derParent,
  numberOf,
  readDer,
  SEQUENCE,
  writeDer,
} from "./der.ts";
import {
  impression39794,
  readSamplingRate,
  readScore,
  readVersion,
  samplingRateBlock,
  scoreBlocks,
  type Version39794,
  versionBlock,
} from "./iso39794-blocks.ts";
import type { RecordedMinutia, RecordedPoint, RecordedPrint, RecordedRidgeCounts } from "./recorded-print.ts";

/** [APPLICATION 2], the finger minutiae data block. */
export const FINGER_MINUTIAE_BLOCK = 0x62;
/** Edition 1 of part 2. */
const VERSION: Version39794 = { generation: 3, year: 2023 };
const TAG = {
  position: 0xa0,
  impression: 0xa1,
  size: 0xa2,
  samplingRate: 0xa3,
  minutiae: 0xa4,
  quality: 0xa6,
  ridgeCounts: 0xa7,
  cores: 0xa8,
  deltas: 0xa9,
} as const;
const NAMED: ReadonlySet<number> = new Set(Object.values(TAG));
/** Directions are coded in steps of a 256th turn, as in ISO/IEC 19794-2. */
const STEPS = 256;
const TURN = 2 * Math.PI;
const TYPES: readonly MinutiaType[] = ["other", "ending", "bifurcation"];
const MOST_MINUTIAE = 65_535;

export interface FingerMinutiae39794 extends Version39794 {
  readonly kind: "minutiae-39794";
  readonly representations: readonly { readonly print: RecordedPrint; readonly further: readonly DerElement[] }[];
}

/** @throws `record/format-unknown`, `record/truncated`, `record/field` */
export function readFingerMinutiae39794(bytes: Uint8Array): FingerMinutiae39794 {
  if (bytes[0] !== FINGER_MINUTIAE_BLOCK) throw new BiometricsError("record/format-unknown");
  const block = readDer(bytes);
  if (block.children.length !== 2) {
    throw new BiometricsError("record/field", { field: "DER elements", value: block.children.length });
  }
  const seen = new Map<number, number>();
  const representations = derChild(block, 0xa1).children.map((element) => {
    const position = codeOf(derChild(element, TAG.position));
    const viewNumber = seen.get(position) ?? 0;
    seen.set(position, viewNumber + 1);
    const print = readPrint(element, position, viewNumber);
    return { print, further: element.children.filter(({ tag }) => !NAMED.has(tag)) };
  });
  const record: FingerMinutiae39794 = { kind: "minutiae-39794", ...readVersion(block), representations };
  if (Buffer.compare(writeFingerMinutiae39794(record), bytes) !== 0) {
    throw new BiometricsError("record/field", { field: "DER order of elements", value: "39794-2" });
  }
  return record;
}

function readPrint(element: DerElement, position: number, viewNumber: number): RecordedPrint {
  const size = derChild(element, TAG.size);
  const listed = derChild(element, TAG.minutiae).children;
  if (listed.length > MOST_MINUTIAE)
    throw new BiometricsError("record/field", { field: "minutiae", value: listed.length });
  const counts = derOptional(element, TAG.ridgeCounts);
  return {
    position,
    viewNumber,
    impressionType: codeOf(derChild(element, TAG.impression)),
    quality: readScore(derOptional(element, TAG.quality)),
    width: numberOf(derChild(size, 0x80)),
    height: numberOf(derChild(size, 0x81)),
    ppi: readSamplingRate(derChild(element, TAG.samplingRate)),
    minutiae: listed.map(readMinutia),
    ridgeCounts: counts && readCounts(counts),
    cores: readPoints(derOptional(element, TAG.cores)),
    deltas: readPoints(derOptional(element, TAG.deltas)),
  };
}

function readMinutia(element: DerElement): RecordedMinutia {
  const quality = derOptional(element, 0x84);
  const type = TYPES[codeOf(derChild(element, 0xa0))];
  if (type === undefined) throw new BiometricsError("record/field", { field: "minutia type", value: "39794-2" });
  return {
    type,
    x: numberOf(derChild(element, 0x81)),
    y: numberOf(derChild(element, 0x82)),
    direction: radians(derChild(element, 0x83)),
    quality: quality && numberOf(quality),
  };
}

function radians(element: DerElement): number {
  const steps = numberOf(element);
  if (steps >= STEPS) throw new BiometricsError("record/field", { field: "direction", value: steps });
  return (steps * TURN) / STEPS;
}

function readCounts(element: DerElement): RecordedRidgeCounts {
  const method = codeOf(derChild(element, 0xa0));
  if (method !== 0 && method !== 1 && method !== 2) {
    throw new BiometricsError("record/field", { field: "ridge count method", value: method });
  }
  const counts = derChild(element, 0xa1).children.map((item) => ({
    centre: numberOf(derChild(item, 0x80)),
    neighbour: numberOf(derChild(item, 0x81)),
    count: numberOf(derChild(item, 0x82)),
  }));
  return { method, counts };
}

function readPoints(element: DerElement | undefined): RecordedPoint[] {
  return (element?.children ?? []).map((point) => ({
    x: numberOf(derChild(point, 0x80)),
    y: numberOf(derChild(point, 0x81)),
    directions: (derOptional(point, 0xa2)?.children ?? []).map(radians),
  }));
}

/** A block of prints. */
export function minutiae39794Of(prints: readonly RecordedPrint[]): FingerMinutiae39794 {
  return {
    kind: "minutiae-39794",
    ...VERSION,
    representations: prints.map((print) => ({
      print: { ...print, impressionType: impression39794(print.impressionType) },
      further: [],
    })),
  };
}

/** @throws `record/field` when a value does not fit */
export function writeFingerMinutiae39794({ representations, ...version }: FingerMinutiae39794): Uint8Array {
  const blocks = representations.map(({ print, further }) =>
    derParent(SEQUENCE, [...printElements(print), ...further]),
  );
  return writeDer(derParent(FINGER_MINUTIAE_BLOCK, [versionBlock(version), derParent(0xa1, blocks)]));
}

function printElements(print: RecordedPrint): DerElement[] {
  const elements = [
    derCode(TAG.position, print.position),
    derCode(TAG.impression, print.impressionType),
    derParent(TAG.size, [derNumber(0x80, print.width), derNumber(0x81, print.height)]),
    samplingRateBlock(TAG.samplingRate, print.ppi),
    derParent(TAG.minutiae, print.minutiae.map(minutiaElement)),
  ];
  if (print.quality !== undefined) elements.push(scoreBlocks(TAG.quality, print.quality));
  if (print.ridgeCounts !== undefined) {
    const counts = print.ridgeCounts.counts.map(({ centre, neighbour, count }) =>
      derParent(SEQUENCE, [derNumber(0x80, centre), derNumber(0x81, neighbour), derNumber(0x82, count)]),
    );
    elements.push(derParent(TAG.ridgeCounts, [derCode(0xa0, print.ridgeCounts.method), derParent(0xa1, counts)]));
  }
  if (print.cores.length > 0) elements.push(derParent(TAG.cores, print.cores.map(pointElement)));
  if (print.deltas.length > 0) elements.push(derParent(TAG.deltas, print.deltas.map(pointElement)));
  return elements;
}

function minutiaElement({ type, x, y, direction, quality }: RecordedMinutia): DerElement {
  const place = [derCode(0xa0, TYPES.indexOf(type)), derNumber(0x81, x), derNumber(0x82, y), step(0x83, direction)];
  return derParent(SEQUENCE, quality === undefined ? place : [...place, derNumber(0x84, quality)]);
}

function step(tag: number, direction: number): DerElement {
  return derNumber(tag, Math.round((direction * STEPS) / TURN) % STEPS);
}

function pointElement({ x, y, directions }: RecordedPoint): DerElement {
  const place = [derNumber(0x80, x), derNumber(0x81, y)];
  if (directions.length === 0) return derParent(SEQUENCE, place);
  const angles = directions.map((direction) => step(0x02, direction));
  return derParent(SEQUENCE, [...place, derParent(0xa2, angles)]);
}
