/**
 * ANSI INCITS 378-2009 minutiae records. They begin with the same bytes as ISO/IEC 19794-2:2011 and are told from them by having
 * no length before each view. The published edition has a header of 21 bytes; records by the draft that NIST's programs
 * followed have 20 (no byte of certification), and are written back as they were.
 */
import { BiometricsError } from "../errors.ts";
import { RecordReader, RecordWriter, tag } from "./bytes.ts";
import { type MinutiaeRecord, type MinutiaeView, readMinutiae, writeMinutiae } from "./minutiae-view.ts";

/** Bytes before the first view. */
const HEADER = 21;
const DRAFT_HEADER = 20;
const ISO_HEADER = 15;

/** True when the record's views each state their length, as in ISO/IEC 19794-2:2011. */
export function statesViewLengths(bytes: Uint8Array): boolean {
  if (bytes.length < ISO_HEADER) return true;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = ISO_HEADER;
  for (let views = view.getUint16(12); views > 0; views--) {
    if (at + 4 > bytes.length || view.getUint32(at) < 4) return false;
    at += view.getUint32(at);
  }
  return at === bytes.length;
}

/** @throws `record/truncated`, `record/field` */
export function readAnsi2009(bytes: Uint8Array): MinutiaeRecord {
  try {
    return read(bytes, HEADER);
  } catch (error) {
    if (!(error instanceof BiometricsError)) throw error;
    try {
      return read(bytes, DRAFT_HEADER);
    } catch {
      // What is wrong with it as the published edition is what its maker can mend.
      throw error;
    }
  }
}

function read(bytes: Uint8Array, header: number): MinutiaeRecord {
  const reader = new RecordReader(bytes);
  reader.take(8);
  const length = reader.uint(4);
  if (length !== bytes.length) throw new BiometricsError("record/field", { field: "record length", value: length });
  const product = reader.uint(4);
  const draft = header === DRAFT_HEADER;
  const certification = draft ? 0 : reader.uint(1);
  if ((certification & 0x7f) !== 0) {
    throw new BiometricsError("record/field", { field: "certification", value: certification });
  }
  const equipment = reader.uint(2);
  const count = reader.uint(1);
  const reserved = reader.uint(1);
  const views = Array.from({ length: count }, (): MinutiaeView => {
    const position = reader.uint(1);
    const viewNumber = reader.uint(1);
    const impressionType = reader.uint(1);
    const quality = reader.uint(1);
    const qualityVendor = reader.uint(2);
    const qualityAlgorithm = reader.uint(2);
    const width = reader.uint(2);
    const height = reader.uint(2);
    const resolutionX = reader.uint(2);
    const resolutionY = reader.uint(2);
    const minutiae = readMinutiae(reader, reader.uint(1), 6);
    const extended = reader.take(reader.uint(2));
    return {
      ...{ position, viewNumber, impressionType, quality, qualityVendor, qualityAlgorithm },
      ...{ width, height, resolutionX, resolutionY, minutiae, extended },
    };
  });
  if (reader.left > 0) throw new BiometricsError("record/field", { field: "record length", value: length });
  const certified = certification !== 0;
  return { kind: "minutiae", format: "ansi378-2009", product, equipment, reserved, certified, draft, views };
}

/** @throws `record/field` */
export function writeAnsi2009(record: MinutiaeRecord): Uint8Array {
  const body = new RecordWriter();
  for (const view of record.views) {
    for (const field of [view.position, view.viewNumber, view.impressionType, view.quality]) body.uint(field, 1);
    body.uint(view.qualityVendor ?? 0, 2);
    body.uint(view.qualityAlgorithm ?? 0, 2);
    for (const field of [view.width, view.height, view.resolutionX, view.resolutionY]) body.uint(field, 2);
    writeMinutiae(body, view.minutiae, 6);
    body.uint(view.extended.length, 2);
    body.put(view.extended);
  }
  const out = new RecordWriter();
  out.put(tag("FMR\x00030\0"));
  out.uint((record.draft === true ? DRAFT_HEADER : HEADER) + body.length, 4);
  out.uint(record.product, 4);
  if (record.draft !== true) out.uint(record.certified ? 0x80 : 0, 1);
  out.uint(record.equipment, 2);
  out.uint(record.views.length, 1);
  out.uint(record.reserved, 1);
  out.put(body.bytes());
  return out.bytes();
}
