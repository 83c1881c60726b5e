/**
 * ANSI/NIST-ITL transactions (traditional encoding): a type-1 record that lists the others, tagged records, and the binary
 * types 3 to 8. Read into fields and written back to the same bytes.
 */
import { BiometricsError } from "../errors.ts";
import { RecordReader, startsWith } from "./bytes.ts";

const FILE_SEPARATOR = 0x1c;
const GROUP_SEPARATOR = 0x1d;
const RECORD_SEPARATOR = "\x1e";
const UNIT_SEPARATOR = "\x1f";
/** Record types of fixed binary layout. */
const BINARY_TYPES = new Set([3, 4, 5, 6, 7, 8]);
/** Bytes of a binary record before its picture. */
const BINARY_HEADER = 18;
const MOST_RECORDS = 1000;

/** `number` of field T.NNN is NNN; 999 holds binary data. */
export interface TaggedField {
  /** As written, such as `10.001`. */
  readonly tag: string;
  readonly number: number;
  readonly value: Uint8Array;
}

export interface TaggedRecord {
  readonly encoding: "tagged";
  readonly type: number;
  readonly fields: readonly TaggedField[];
}

/** A grey fingerprint or signature of types 3 to 6, in pixels. */
export interface BinaryRecord {
  readonly encoding: "binary";
  readonly type: number;
  readonly designation: number;
  readonly impressionType: number;
  /** Six positions; 255 = none. */
  readonly positions: Uint8Array;
  /** 0 = as type 1 says, 1 = minimum rate. */
  readonly scanRate: number;
  readonly width: number;
  readonly height: number;
  /** 0 = none, 1 = WSQ. */
  readonly compression: number;
  readonly data: Uint8Array;
}

export interface Transaction {
  readonly kind: "transaction";
  readonly records: readonly (TaggedRecord | BinaryRecord)[];
}

/** True when the bytes begin as a transaction does. */
export function isTransaction(bytes: Uint8Array): boolean {
  return startsWith(bytes, "1.001:") || startsWith(bytes, "1.01:");
}

/** @throws `record/format-unknown`, `record/truncated`, `record/field` */
export function readTransaction(bytes: Uint8Array): Transaction {
  if (!isTransaction(bytes)) throw new BiometricsError("record/format-unknown");
  const reader = new RecordReader(bytes);
  const first = readTagged(reader);
  const content = textOf(first, 3) ?? "";
  // The first entry counts the others; each of them names its type.
  const types = content
    .split(RECORD_SEPARATOR)
    .slice(1)
    .map((entry) => Number(entry.split(UNIT_SEPARATOR)[0]));
  if (types.length > MOST_RECORDS) throw new BiometricsError("record/field", { field: "1.003", value: types.length });
  const rest = types.map((type) => {
    const record = BINARY_TYPES.has(type) ? readBinary(reader, type) : readTagged(reader);
    if (record.type !== type) throw new BiometricsError("record/field", { field: "1.003", value: type });
    return record;
  });
  if (reader.left > 0) throw new BiometricsError("record/field", { field: "1.003", value: types.length });
  return { kind: "transaction", records: [first, ...rest] };
}

/** Text of a field of a tagged record. */
export function textOf(record: TaggedRecord, number: number): string | undefined {
  const field = record.fields.find((f) => f.number === number);
  return field === undefined ? undefined : new TextDecoder("latin1").decode(field.value);
}

function readTagged(reader: RecordReader): TaggedRecord {
  const start = reader.at;
  const head = new TextDecoder("latin1").decode(reader.bytes.subarray(start, start + 32));
  const [, type, length] = /^(\d{1,2})\.0*1:(\d{1,9})(?!\d)/.exec(head) ?? [];
  if (type === undefined || length === undefined) throw new BiometricsError("record/truncated", { at: start });
  const body = reader.take(Number(length));
  if (body.at(-1) !== FILE_SEPARATOR)
    throw new BiometricsError("record/field", { field: `${type}.001`, value: Number(length) });
  const fields: TaggedField[] = [];
  for (let at = 0; at < body.length; ) {
    const colon = body.indexOf(0x3a, at);
    const tag = new TextDecoder("latin1").decode(body.subarray(at, Math.max(at, colon)));
    const number = Number(/^\d{1,2}\.(\d{1,9})$/.exec(tag)?.[1]);
    if (colon < 0 || Number.isNaN(number)) throw new BiometricsError("record/field", { field: `${type}.`, value: at });
    // Binary data may hold any byte: it runs to the record's last one.
    const next = number === 999 ? -1 : body.indexOf(GROUP_SEPARATOR, colon);
    const end = next < 0 ? body.length - 1 : next;
    fields.push({ tag, number, value: body.slice(colon + 1, end) });
    at = end + 1;
  }
  // The length field holds the length and nothing else, or it would not be written back the same.
  if (fields[0] === undefined || fields[0].value.length !== length.length) {
    throw new BiometricsError("record/field", { field: `${type}.001`, value: length });
  }
  return { encoding: "tagged", type: Number(type), fields };
}

function readBinary(reader: RecordReader, type: number): BinaryRecord {
  const length = reader.uint(4);
  if (length < BINARY_HEADER) throw new BiometricsError("record/field", { field: "LEN", value: length });
  const designation = reader.uint(1);
  const impressionType = reader.uint(1);
  const positions = reader.take(6);
  const scanRate = reader.uint(1);
  const width = reader.uint(2);
  const height = reader.uint(2);
  const compression = reader.uint(1);
  const data = reader.take(length - BINARY_HEADER);
  return {
    encoding: "binary",
    type,
    designation,
    impressionType,
    positions,
    scanRate,
    width,
    height,
    compression,
    data,
  };
}

/** Writes the transaction; the lengths in fields .001 and LEN are worked out anew. */
export function writeTransaction({ records }: Transaction): Uint8Array {
  return Buffer.concat(
    records.map((record) => (record.encoding === "tagged" ? writeTagged(record) : writeBinary(record))),
  );
}

function writeTagged({ fields }: TaggedRecord): Uint8Array {
  const body = Buffer.concat(
    fields
      .slice(1)
      .flatMap(({ tag, value }) => [Uint8Array.of(GROUP_SEPARATOR), Buffer.from(`${tag}:`, "latin1"), value]),
  );
  const first = fields[0];
  if (first === undefined || first.number !== 1) throw new BiometricsError("record/field", { field: "LEN", value: 0 });
  // The length counts its own digits.
  let digits = first.value.length;
  const total = () => first.tag.length + 1 + digits + body.length + 1;
  while (String(total()).length > digits) digits++;
  const length = String(total()).padStart(digits, "0");
  return Buffer.concat([Buffer.from(`${first.tag}:${length}`, "latin1"), body, Uint8Array.of(FILE_SEPARATOR)]);
}

function writeBinary(record: BinaryRecord): Uint8Array {
  const head = Buffer.alloc(BINARY_HEADER);
  head.writeUInt32BE(BINARY_HEADER + record.data.length, 0);
  head[4] = record.designation;
  head[5] = record.impressionType;
  head.set(record.positions, 6);
  head[12] = record.scanRate;
  head.writeUInt16BE(record.width, 13);
  head.writeUInt16BE(record.height, 15);
  head[17] = record.compression;
  return Buffer.concat([head, record.data]);
}
