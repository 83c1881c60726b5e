/**
 * Finger minutiae records: ISO/IEC 19794-2:2005 and :2011, ANSI INCITS 378-2004 and -2009. All fields are kept, so that a record
 * that was read is written back to the same bytes.
 */
import { BiometricsError } from "../errors.ts";
import { readAnsi2009, statesViewLengths, writeAnsi2009 } from "./ansi378-2009.ts";
import { RecordReader, RecordWriter, startsWith, tag } from "./bytes.ts";
import { certificationFlag, emptyCapture, readCapture, writeCapture } from "./capture-block.ts";
import {
  type MinutiaeFormat,
  type MinutiaeRecord,
  type MinutiaeView,
  readMinutiae,
  writeMinutiae,
} from "./minutiae-view.ts";

/** Reads a record of any of the formats. @throws `record/format-unknown`, `record/truncated`, `record/field` */
export function readMinutiaeRecord(bytes: Uint8Array): MinutiaeRecord {
  if (startsWith(bytes, "FMR\x00030\0")) return statesViewLengths(bytes) ? read2011(bytes) : readAnsi2009(bytes);
  if (!startsWith(bytes, "FMR\0 20\0")) throw new BiometricsError("record/format-unknown");
  const lengths = new RecordReader(bytes);
  lengths.take(8);
  // ISO has a length of four bytes here; ANSI has two, or six of which the first two are 0.
  const ansi = lengths.uint(2);
  lengths.at = 8;
  const iso = lengths.uint(4);
  if (ansi === 0 && iso <= bytes.length) return read2005(unpadded(bytes, iso), 12, "iso2005", bytes.length - iso);
  lengths.at = 10;
  const length = ansi === 0 ? lengths.uint(4) : ansi;
  return read2005(unpadded(bytes, length), ansi === 0 ? 14 : 10, "ansi378", bytes.length - length);
}

/** The record without the zeros that some sensors leave after it. @throws `record/truncated`, `record/field` */
function unpadded(bytes: Uint8Array, length: number): RecordReader {
  if (length > bytes.length) throw new BiometricsError("record/truncated", { at: bytes.length });
  if (bytes.subarray(length).some((byte) => byte !== 0)) {
    throw new BiometricsError("record/field", { field: "record length", value: length });
  }
  return new RecordReader(bytes.subarray(0, length));
}

function read2005(reader: RecordReader, at: number, format: MinutiaeFormat, padding: number): MinutiaeRecord {
  reader.at = at;
  const product = format === "ansi378" ? reader.uint(4) : 0;
  const equipment = reader.uint(2);
  const width = reader.uint(2);
  const height = reader.uint(2);
  const resolutionX = reader.uint(2);
  const resolutionY = reader.uint(2);
  const count = reader.uint(1);
  const reserved = reader.uint(1);
  const views = Array.from({ length: count }, (): MinutiaeView => {
    const position = reader.uint(1);
    const numbers = reader.uint(1);
    const quality = reader.uint(1);
    const minutiae = readMinutiae(reader, reader.uint(1), 6);
    const extended = reader.take(reader.uint(2));
    const [viewNumber, impressionType] = [numbers >> 4, numbers & 15];
    return {
      position,
      viewNumber,
      impressionType,
      quality,
      width,
      height,
      resolutionX,
      resolutionY,
      minutiae,
      extended,
    };
  });
  if (reader.left > 0)
    throw new BiometricsError("record/field", { field: "record length", value: reader.bytes.length });
  return { kind: "minutiae", format, product, equipment, reserved, certified: false, views, padding };
}

function read2011(bytes: Uint8Array): MinutiaeRecord {
  const reader = new RecordReader(bytes);
  reader.take(8);
  const length = reader.uint(4);
  if (length !== bytes.length) throw new BiometricsError("record/field", { field: "record length", value: length });
  const count = reader.uint(2);
  const certified = certificationFlag(reader);
  const views = Array.from({ length: count }, (): MinutiaeView => {
    const end = reader.at + reader.uint(4);
    const capture = readCapture(reader, certified);
    const position = reader.uint(1);
    const viewNumber = reader.uint(1);
    const resolutionX = reader.uint(2);
    const resolutionY = reader.uint(2);
    const impressionType = reader.uint(1);
    const width = reader.uint(2);
    const height = reader.uint(2);
    const form = reader.uint(1);
    const minutiaSize = form >> 4;
    if (minutiaSize !== 5 && minutiaSize !== 6)
      throw new BiometricsError("record/field", { field: "minutia size", value: minutiaSize });
    const minutiae = readMinutiae(reader, reader.uint(1), minutiaSize);
    const extended = reader.take(reader.uint(2));
    if (reader.at !== end) throw new BiometricsError("record/field", { field: "representation length", value: end });
    const quality = capture.qualities[0]?.score ?? 0;
    const sizes = { width, height, resolutionX, resolutionY };
    return {
      position,
      viewNumber,
      impressionType,
      quality,
      ...sizes,
      minutiae,
      extended,
      capture,
      endingType: form & 15,
      minutiaSize,
    };
  });
  if (reader.left > 0) throw new BiometricsError("record/field", { field: "record length", value: length });
  return { kind: "minutiae", format: "iso2011", product: 0, equipment: 0, reserved: 0, certified, views };
}

/** Writes a record in its format. @throws `record/field` when a value does not fit */
export function writeMinutiaeRecord(record: MinutiaeRecord): Uint8Array {
  if (record.format === "ansi378-2009") return writeAnsi2009(record);
  return record.format === "iso2011" ? write2011(record) : write2005(record);
}

function write2005(record: MinutiaeRecord): Uint8Array {
  const first = record.views[0];
  if (first === undefined) throw new BiometricsError("record/field", { field: "views", value: 0 });
  const body = new RecordWriter();
  body.uint(record.equipment, 2);
  body.uint(first.width, 2);
  body.uint(first.height, 2);
  body.uint(first.resolutionX, 2);
  body.uint(first.resolutionY, 2);
  body.uint(record.views.length, 1);
  body.uint(record.reserved, 1);
  for (const view of record.views) {
    body.uint(view.position, 1);
    body.uint((view.viewNumber << 4) | view.impressionType, 1);
    body.uint(view.quality, 1);
    writeMinutiae(body, view.minutiae, 6);
    body.uint(view.extended.length, 2);
    body.put(view.extended);
  }
  const out = new RecordWriter();
  out.put(tag("FMR\0 20\0"));
  if (record.format === "iso2005") out.uint(12 + body.length, 4);
  else {
    const short = 14 + body.length;
    if (short <= 0xffff) out.uint(short, 2);
    else out.uint(short + 4, 6);
    out.uint(record.product, 4);
  }
  out.put(body.bytes());
  out.put(new Uint8Array(record.padding ?? 0));
  return out.bytes();
}

function write2011(record: MinutiaeRecord): Uint8Array {
  const views = record.views.map((view) => {
    const out = new RecordWriter();
    writeCapture(out, view.capture ?? emptyCapture(view.quality), record.certified);
    out.uint(view.position, 1);
    out.uint(view.viewNumber, 1);
    out.uint(view.resolutionX, 2);
    out.uint(view.resolutionY, 2);
    out.uint(view.impressionType, 1);
    out.uint(view.width, 2);
    out.uint(view.height, 2);
    const size = view.minutiaSize ?? 6;
    out.uint((size << 4) | (view.endingType ?? 0), 1);
    writeMinutiae(out, view.minutiae, size);
    out.uint(view.extended.length, 2);
    out.put(view.extended);
    return out.bytes();
  });
  const out = new RecordWriter();
  out.put(tag("FMR\x00030\0"));
  out.uint(
    views.reduce((sum, view) => sum + 4 + view.length, 15),
    4,
  );
  out.uint(views.length, 2);
  out.uint(record.certified ? 1 : 0, 1);
  for (const view of views) {
    out.uint(4 + view.length, 4);
    out.put(view);
  }
  return out.bytes();
}
