/** Finger image records: ISO/IEC 19794-4:2005 and :2011, kept field by field so that they are written back to the same bytes. */
import { BiometricsError } from "../errors.ts";
import { RecordReader, RecordWriter, startsWith, tag } from "./bytes.ts";
import { type CaptureBlock, certificationFlag, emptyCapture, readCapture, writeCapture } from "./capture-block.ts";

import type { PictureCoding } from "./recorded-picture.ts";

/** Codes of table 8 (2005) and table 11 (2011). */
const CODINGS: Readonly<Record<"2005" | "2011", readonly PictureCoding[]>> = {
  "2005": ["raw", "packed", "wsq", "jpeg", "jpeg2000", "png"],
  "2011": ["raw", "packed", "wsq", "jpeg", "jpeg2000", "jpeg2000-lossless", "png"],
};

export interface FingerImageView {
  readonly position: number;
  readonly viewCount: number;
  readonly viewNumber: number;
  readonly quality: number;
  readonly impressionType: number;
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
  readonly reserved: number;
  /** 2011 only; in 2005 these stand once in the header. */
  readonly capture?: CaptureBlock;
  /** 2011 only: segmentation, annotation and comment blocks as coded. */
  readonly extended?: Uint8Array;
  readonly sampling: Sampling;
}

export interface Sampling {
  /** 1 = per inch, 2 = per centimetre. */
  readonly units: number;
  readonly scanX: number;
  readonly scanY: number;
  readonly imageX: number;
  readonly imageY: number;
  readonly depth: number;
  readonly coding: PictureCoding;
}

export interface FingerImageRecord {
  readonly kind: "finger-image";
  readonly format: "iso19794-4-2005" | "iso19794-4-2011";
  readonly device: number;
  readonly level: number;
  readonly reserved: number;
  readonly certified: boolean;
  readonly positions: number;
  readonly views: readonly FingerImageView[];
}

/** Pixels per inch of a picture in the record. */
export function pixelsPerInch({ units, imageX }: Sampling): number {
  return units === 2 ? imageX * 2.54 : imageX;
}

/** Reads a record of either edition. @throws `record/format-unknown`, `record/truncated`, `record/field` */
export function readFingerImageRecord(bytes: Uint8Array): FingerImageRecord {
  if (startsWith(bytes, "FIR\x00010\0")) return read2005(bytes);
  if (startsWith(bytes, "FIR\x00020\0")) return read2011(bytes);
  throw new BiometricsError("record/format-unknown");
}

function coding(edition: "2005" | "2011", code: number): PictureCoding {
  const name = CODINGS[edition][code];
  if (name === undefined) throw new BiometricsError("record/field", { field: "compression", value: code });
  return name;
}

function read2005(bytes: Uint8Array): FingerImageRecord {
  const reader = new RecordReader(bytes);
  reader.take(8);
  expectLength(reader.uint(6), bytes.length);
  const device = reader.uint(2);
  const level = reader.uint(2);
  const count = reader.uint(1);
  const sampling = readSampling(reader, "2005");
  const reserved = reader.uint(2);
  const views = Array.from({ length: count }, (): FingerImageView => {
    const start = reader.at;
    const length = reader.uint(4);
    const position = reader.uint(1);
    const viewCount = reader.uint(1);
    const viewNumber = reader.uint(1);
    const quality = reader.uint(1);
    const impressionType = reader.uint(1);
    const width = reader.uint(2);
    const height = reader.uint(2);
    const own = reader.uint(1);
    if (length < 14) throw new BiometricsError("record/field", { field: "image length", value: length });
    const data = reader.take(start + length - reader.at);
    return { position, viewCount, viewNumber, quality, impressionType, width, height, data, reserved: own, sampling };
  });
  expectLength(reader.at, bytes.length);
  return {
    kind: "finger-image",
    format: "iso19794-4-2005",
    device,
    level,
    reserved,
    certified: false,
    positions: count,
    views,
  };
}

function readSampling(reader: RecordReader, edition: "2005" | "2011"): Sampling {
  const units = reader.uint(1);
  const scanX = reader.uint(2);
  const scanY = reader.uint(2);
  const imageX = reader.uint(2);
  const imageY = reader.uint(2);
  const depth = reader.uint(1);
  return { units, scanX, scanY, imageX, imageY, depth, coding: coding(edition, reader.uint(1)) };
}

function writeSampling(out: RecordWriter, s: Sampling, edition: "2005" | "2011"): void {
  out.uint(s.units, 1);
  for (const rate of [s.scanX, s.scanY, s.imageX, s.imageY]) out.uint(rate, 2);
  out.uint(s.depth, 1);
  const code = CODINGS[edition].indexOf(s.coding);
  if (code < 0) throw new BiometricsError("record/field", { field: "compression", value: s.coding });
  out.uint(code, 1);
}

function read2011(bytes: Uint8Array): FingerImageRecord {
  const reader = new RecordReader(bytes);
  reader.take(8);
  expectLength(reader.uint(4), bytes.length);
  const count = reader.uint(2);
  const certified = certificationFlag(reader);
  const positions = reader.uint(1);
  const views = Array.from({ length: count }, (): FingerImageView => {
    const end = reader.at + reader.uint(4);
    const capture = readCapture(reader, certified);
    const position = reader.uint(1);
    const viewNumber = reader.uint(1);
    const sampling = readSampling(reader, "2011");
    const impressionType = reader.uint(1);
    const width = reader.uint(2);
    const height = reader.uint(2);
    const data = reader.take(reader.uint(4));
    if (end < reader.at) throw new BiometricsError("record/field", { field: "representation length", value: end });
    const extended = reader.take(end - reader.at);
    const quality = capture.qualities[0]?.score ?? 255;
    return {
      position,
      viewCount: 1,
      viewNumber,
      quality,
      impressionType,
      width,
      height,
      data,
      reserved: 0,
      capture,
      extended,
      sampling,
    };
  });
  expectLength(reader.at, bytes.length);
  return {
    kind: "finger-image",
    format: "iso19794-4-2011",
    device: 0,
    level: 0,
    reserved: 0,
    certified,
    positions,
    views,
  };
}

function expectLength(stated: number, actual: number): void {
  if (stated !== actual) throw new BiometricsError("record/field", { field: "record length", value: stated });
}

/** Writes a record in its edition. @throws `record/field` */
export function writeFingerImageRecord(record: FingerImageRecord): Uint8Array {
  const out = new RecordWriter();
  if (record.format === "iso19794-4-2005") {
    const first = record.views[0];
    if (first === undefined) throw new BiometricsError("record/field", { field: "views", value: 0 });
    out.put(tag("FIR\x00010\0"));
    out.uint(
      record.views.reduce((sum, view) => sum + 14 + view.data.length, 32),
      6,
    );
    out.uint(record.device, 2);
    out.uint(record.level, 2);
    out.uint(record.views.length, 1);
    writeSampling(out, first.sampling, "2005");
    out.uint(record.reserved, 2);
    for (const view of record.views) {
      out.uint(14 + view.data.length, 4);
      for (const field of [view.position, view.viewCount, view.viewNumber, view.quality, view.impressionType])
        out.uint(field, 1);
      out.uint(view.width, 2);
      out.uint(view.height, 2);
      out.uint(view.reserved, 1);
      out.put(view.data);
    }
    return out.bytes();
  }
  const views = record.views.map((view) => {
    const body = new RecordWriter();
    writeCapture(body, view.capture ?? emptyCapture(view.quality), record.certified);
    body.uint(view.position, 1);
    body.uint(view.viewNumber, 1);
    writeSampling(body, view.sampling, "2011");
    body.uint(view.impressionType, 1);
    body.uint(view.width, 2);
    body.uint(view.height, 2);
    body.uint(view.data.length, 4);
    body.put(view.data);
    if (view.extended !== undefined) body.put(view.extended);
    return body.bytes();
  });
  out.put(tag("FIR\x00020\0"));
  out.uint(
    views.reduce((sum, view) => sum + 4 + view.length, 16),
    4,
  );
  out.uint(views.length, 2);
  out.uint(record.certified ? 1 : 0, 1);
  out.uint(record.positions, 1);
  for (const view of views) {
    out.uint(4 + view.length, 4);
    out.put(view);
  }
  return out.bytes();
}
