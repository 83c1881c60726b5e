/**
 * Fingers in ANSI/NIST-ITL transactions: prints of type 9 (the INCITS 378 fields 9.126 and up), pictures of types 4, 13 and 14; and
 * transactions made of them. Type 1 heads every transaction, type 2 stands for the domain's own data.
 */
import { BiometricsError } from "../errors.ts";
import { type BinaryRecord, type TaggedField, type TaggedRecord, type Transaction, textOf } from "./an2.ts";
import type { PictureCoding, RecordedPicture } from "./recorded-picture.ts";
import type { RecordedMinutia, RecordedPoint, RecordedPrint } from "./recorded-print.ts";
import { CM_PER_INCH, MINUTIA_TYPES } from "./template-record.ts";

const RECORD_SEPARATOR = "\x1e";
const UNIT_SEPARATOR = "\x1f";
const MM_PER_INCH = 25.4;
const USUAL_PPI = 500;
const STEPS = 180;
const TURN = 2 * Math.PI;
/** Field 14.011. */
const CODINGS: Readonly<Record<string, PictureCoding>> = {
  NONE: "raw",
  WSQ20: "wsq",
  JPEGB: "jpeg",
  JPEGL: "jpeg",
  JP2: "jpeg2000",
  JP2L: "jpeg2000-lossless",
  PNG: "png",
};
/** Byte GCA of type 4. */
const BINARY_CODINGS: readonly (PictureCoding | undefined)[] = ["raw", "wsq"];
const NO_POSITION = 255;
/** Of a neighbour in field 9.138: there is none. */
const NO_NEIGHBOUR = 255;
/** Qualities above this are none (254 not attempted, 255 failed). */
const MOST_QUALITY = 100;
/** The standard's version ANSI/NIST-ITL 1-2007. */
const VERSION = "0400";

/** The prints of a transaction. @throws `record/field` */
export function printsOfTransaction({ records }: Transaction): RecordedPrint[] {
  return records.flatMap((r) =>
    r.encoding === "tagged" && r.type === 9 && textOf(r, 137) !== undefined ? [printOf(r)] : [],
  );
}

function printOf(record: TaggedRecord): RecordedPrint {
  const number = (field: number) => numberOf(record, field);
  const rows = (field: number) => rowsOf(textOf(record, field), `9.${field}`);
  const minutiae = rows(137).map((row): RecordedMinutia => {
    const [, x, y, angle, type, quality] = row;
    if (x === undefined || y === undefined || angle === undefined || type === undefined) {
      throw new BiometricsError("record/field", { field: "9.137", value: row.join(",") });
    }
    return {
      type: MINUTIA_TYPES[type] ?? "other",
      x,
      y,
      direction: ((angle % STEPS) * TURN) / STEPS,
      quality: quality === undefined || quality === 0 || quality > MOST_QUALITY ? undefined : quality,
    };
  });
  const points = (field: number): RecordedPoint[] =>
    rows(field).map(([x = 0, y = 0, ...angles]) => ({
      x,
      y,
      directions: angles.map((angle) => ((angle % STEPS) * TURN) / STEPS),
    }));
  const [method, ...counted] = rows(138);
  const counts = counted.map(([centre = 0, neighbour = 0, count = 0]) =>
    neighbour === NO_NEIGHBOUR ? { centre, neighbour: 0, count: 0 } : { centre, neighbour, count },
  );
  const code = method?.[0];
  const quality = rowsOf(textOf(record, 135), "9.135", true)[0]?.[0];
  return {
    position: number(134),
    viewNumber: number(133),
    impressionType: Number(textOf(record, 3) ?? 0) || 0,
    quality: quality === undefined || quality > MOST_QUALITY ? undefined : quality,
    width: number(128),
    height: number(129),
    ppi: number(130) === 2 ? number(131) * CM_PER_INCH : number(131),
    minutiae,
    ridgeCounts: code === 0 || code === 1 || code === 2 ? { method: code, counts } : undefined,
    cores: points(139),
    deltas: points(140),
  };
}

function numberOf(record: TaggedRecord, field: number): number {
  const text = textOf(record, field)?.split(RECORD_SEPARATOR)[0] ?? "";
  if (!/^\d{1,6}$/.test(text)) {
    throw new BiometricsError("record/field", {
      field: `${record.type}.${String(field).padStart(3, "0")}`,
      value: text.slice(0, 20),
    });
  }
  return Number(text);
}

/** Rows of numbers. With `loose`, what is no number is passed over as NaN. */
function rowsOf(text: string | undefined, field: string, loose = false): number[][] {
  if (text === undefined || text === "") return [];
  return text.split(RECORD_SEPARATOR).map((row) =>
    row.split(UNIT_SEPARATOR).map((cell) => {
      if (!/^\d{1,6}$/.test(cell) && !loose)
        throw new BiometricsError("record/field", { field, value: cell.slice(0, 20) });
      return Number(cell);
    }),
  );
}

/** The finger pictures of a transaction. @throws `record/field` */
export function picturesOfTransaction({ records }: Transaction): RecordedPicture[] {
  const [head] = records;
  const perMm = (field: number) => (head?.encoding === "tagged" ? Number(textOf(head, field)) : 0) * MM_PER_INCH;
  return records.flatMap((record) => {
    if (record.encoding === "binary") {
      // 1.011: the scanner's rate; 1.012: the nominal rate of what is sent at the minimum rate.
      const rate = record.scanRate === 0 ? perMm(11) : perMm(12);
      return record.type === 4 ? [binaryPicture(record, rate)] : [];
    }
    return record.type === 13 || record.type === 14 ? [taggedPicture(record)] : [];
  });
}

function binaryPicture(record: BinaryRecord, rate: number): RecordedPicture {
  const coding = BINARY_CODINGS[record.compression];
  if (coding === undefined) throw new BiometricsError("record/field", { field: "4 GCA", value: record.compression });
  const { width, height, data, impressionType } = record;
  const position = record.positions[0] === NO_POSITION ? 0 : (record.positions[0] ?? 0);
  const ppi = rate > 0 ? Math.round(rate) : undefined;
  return { position, impressionType, quality: undefined, width, height, ppi, depth: 8, coding, data };
}

function taggedPicture(record: TaggedRecord): RecordedPicture {
  const number = (field: number) => numberOf(record, field);
  const name = textOf(record, 11) ?? "";
  const coding = CODINGS[name];
  if (coding === undefined)
    throw new BiometricsError("record/field", { field: `${record.type}.011`, value: name.slice(0, 20) });
  const data = record.fields.find((f) => f.number === 999)?.value;
  if (data === undefined) throw new BiometricsError("record/field", { field: `${record.type}.999`, value: "none" });
  const rate = number(9);
  const units = number(8);
  return {
    position: number(13),
    impressionType: number(3),
    quality: undefined,
    width: number(6),
    height: number(7),
    // 8: 1 = per inch, 2 = per centimetre, 0 = the ratio only.
    ppi: units === 2 ? rate * CM_PER_INCH : units === 1 ? rate : undefined,
    depth: number(12),
    coding,
    data,
  };
}

/** What a transaction says of itself; `date` is YYYYMMDD. */
export interface TransactionHead {
  readonly date: string;
  readonly agency: string;
  readonly number: string;
}

/** Field 1.005 of a moment, in UTC. */
export function today(now: Date): string {
  return now.toISOString().slice(0, 10).replaceAll("-", "");
}

/** A transaction of prints (type 9) and pictures (type 14, or 4 where `binary`). @throws `record/field` */
export function transactionOf(
  prints: readonly RecordedPrint[],
  pictures: readonly RecordedPicture[],
  head: TransactionHead,
  binary = false,
): Transaction {
  const bodies = [
    ...prints.map((print, i) => printRecord(print, i + 1)),
    ...pictures.map((picture, i) => {
      const id = prints.length + i + 1;
      return binary ? binaryRecord(picture, id) : pictureRecord(picture, id, head);
    }),
  ];
  if (bodies.length === 0) throw new BiometricsError("record/field", { field: "views", value: 0 });
  const two = tagged(2, [[2, "00"]]);
  const content = [two, ...bodies].map((r, i) => `${r.type}${UNIT_SEPARATOR}${String(i).padStart(2, "0")}`);
  const native = binary ? (Math.round(pictures[0]?.ppi ?? USUAL_PPI) / MM_PER_INCH).toFixed(2) : "00.00";
  const one = tagged(1, [
    [2, VERSION],
    [3, [`1${UNIT_SEPARATOR}${content.length}`, ...content].join(RECORD_SEPARATOR)],
    [4, "FPI"],
    [5, head.date],
    [7, head.agency],
    [8, head.agency],
    [9, head.number],
    [11, native],
    [12, native],
  ]);
  return { kind: "transaction", records: [one, two, ...bodies] };
}

function tagged(type: number, fields: readonly (readonly [number, string])[], data?: Uint8Array): TaggedRecord {
  const tag = (number: number) => `${type}.${String(number).padStart(3, "0")}`;
  const all: TaggedField[] = [[1, "0"] as const, ...fields].map(([number, text]) => ({
    tag: tag(number),
    number,
    value: Buffer.from(text, "latin1"),
  }));
  if (data !== undefined) all.push({ tag: tag(999), number: 999, value: data });
  return { encoding: "tagged", type, fields: all };
}

function printRecord(print: RecordedPrint, id: number): TaggedRecord {
  const steps = (direction: number) => Math.round((direction * STEPS) / TURN) % STEPS;
  const index = (n: number) => String(n).padStart(3, "0");
  const table = (rows: readonly (readonly (number | string)[])[]) =>
    rows.map((row) => row.join(UNIT_SEPARATOR)).join(RECORD_SEPARATOR);
  const whole = Number.isInteger(print.ppi);
  const rate = String(whole ? print.ppi : Math.round(print.ppi / CM_PER_INCH));
  const fields: [number, string][] = [
    [2, index(id).slice(1)],
    [3, String(print.impressionType)],
    [4, "U"],
    // CBEFF: the format's owner (27 = INCITS M1) and type (513 = finger minutiae).
    [126, `27${UNIT_SEPARATOR}513${UNIT_SEPARATOR}0`],
    [128, String(print.width)],
    [129, String(print.height)],
    [130, whole ? "1" : "2"],
    [131, rate],
    [132, rate],
    [133, String(print.viewNumber)],
    [134, String(print.position).padStart(2, "0")],
    [135, `${print.quality ?? 254}${UNIT_SEPARATOR}0000${UNIT_SEPARATOR}0`],
    [136, String(print.minutiae.length)],
  ];
  const minutiae = print.minutiae.map((m, i) => [
    ...[index(i + 1), m.x, m.y, steps(m.direction), MINUTIA_TYPES.indexOf(m.type), m.quality ?? 0],
  ]);
  if (minutiae.length > 0) fields.push([137, table(minutiae)]);
  if (print.ridgeCounts !== undefined) {
    const { method, counts } = print.ridgeCounts;
    const rows = counts.map((c) =>
      c.neighbour === 0 ? [index(c.centre), NO_NEIGHBOUR, 15] : [index(c.centre), index(c.neighbour), c.count],
    );
    fields.push([138, table([[method, 0, 0], ...rows])]);
  }
  const places = (points: readonly RecordedPoint[]) => table(points.map((p) => [p.x, p.y, ...p.directions.map(steps)]));
  if (print.cores.length > 0) fields.push([139, places(print.cores)]);
  if (print.deltas.length > 0) fields.push([140, places(print.deltas)]);
  return tagged(9, fields);
}

function pictureRecord(picture: RecordedPicture, id: number, head: TransactionHead): TaggedRecord {
  const name = Object.entries(CODINGS).find(([, coding]) => coding === picture.coding)?.[0];
  if (name === undefined) throw new BiometricsError("record/field", { field: "compression", value: picture.coding });
  const rate = String(Math.round(picture.ppi ?? USUAL_PPI));
  return tagged(
    14,
    [
      [2, String(id).padStart(2, "0")],
      [3, String(picture.impressionType)],
      [4, head.agency],
      [5, head.date],
      [6, String(picture.width)],
      [7, String(picture.height)],
      [8, "1"],
      [9, rate],
      [10, rate],
      [11, name],
      [12, String(picture.depth)],
      [13, String(picture.position)],
    ],
    picture.data,
  );
}

function binaryRecord(picture: RecordedPicture, id: number): BinaryRecord {
  const compression = BINARY_CODINGS.indexOf(picture.coding);
  if (compression < 0) throw new BiometricsError("record/field", { field: "compression", value: picture.coding });
  const positions = new Uint8Array(6).fill(NO_POSITION);
  positions[0] = picture.position;
  const { width, height, data, impressionType } = picture;
  return {
    ...{ encoding: "binary", type: 4, designation: id, impressionType, positions, scanRate: 0 },
    ...{ width, height, compression, data },
  };
}
