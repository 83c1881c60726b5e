/**
 * Face image records of ISO/IEC 19794-5, 2005 and 2011. Every field is kept, so a record that was read is written back to the same
 * bytes.
 */
import { BiometricsError } from "../errors.ts";
import { RecordReader, RecordWriter, startsWith, tag } from "./bytes.ts";
import { type CaptureBlock, emptyCapture, readCapture, writeCapture } from "./capture-block.ts";
import { type FaceLandmark, faceCodingOf, type RecordedFace } from "./recorded-face.ts";
import { bytesOfPose, poseOfBytes } from "./recorded-pose.ts";

export type FaceRecordFormat = "iso19794-5-2005" | "iso19794-5-2011";

export interface FaceRecord {
  readonly format: FaceRecordFormat;
  /** 2011: certificates of the device are given, and how the pictures follow in time. */
  readonly certified: boolean;
  readonly temporal: number;
  readonly views: readonly FaceView[];
}

/** A point as written: type 1 is an MPEG-4 feature point, whose code is group and point in four bits each. */
interface FeaturePoint {
  readonly type: number;
  readonly code: number;
  readonly x: number;
  readonly y: number;
  /** 2005: reserved; 2011: z. */
  readonly z: number;
}

export interface FaceView {
  readonly capture: CaptureBlock;
  readonly points: readonly FeaturePoint[];
  readonly sex: number;
  readonly eyeColour: number;
  readonly hairColour: number;
  /** 2011: centimetres. */
  readonly subjectHeight: number;
  readonly properties: Uint8Array;
  readonly expression: number;
  /** Yaw, pitch, roll, then their uncertainties; `recorded-pose.ts` says what the bytes mean. */
  readonly pose: Uint8Array;
  readonly imageType: number;
  readonly dataType: number;
  readonly width: number;
  readonly height: number;
  readonly colourSpace: number;
  /** 2005. */
  readonly sourceType: number;
  readonly deviceType: number;
  readonly quality: number;
  /** 2011. */
  readonly samplingLevel: number;
  readonly processing: number;
  readonly reference: number;
  readonly data: Uint8Array;
  /** What follows the picture (2011: three-dimensional and extended data). */
  readonly further: Uint8Array;
}

const MPEG4 = 1;
const NO_PROPERTIES = new Uint8Array(3);
/** Codes of a picture's coding. */
const DATA_TYPES = {
  "iso19794-5-2005": { jpeg: 0, jpeg2000: 1, png: undefined },
  "iso19794-5-2011": { jpeg: 0, jpeg2000: 1, png: 3 },
} as const;
const FULL_FRONTAL = 1;
const RGB24 = 1;
/** Static photograph from a digital still camera. */
const STILL_CAMERA = 2;
/** More pictures than any record has. */
const MOST_VIEWS = 64;
const LENGTH_2005 = { header: 14, view: 32, point: 8 };
const HEADER_2011 = 17;

export function isFaceRecord(bytes: Uint8Array): boolean {
  return startsWith(bytes, "FAC\x00010\0") || startsWith(bytes, "FAC\x00030\0");
}

/** @throws `record/format-unknown`, `record/truncated`, `record/field` */
export function readFaceRecord(bytes: Uint8Array): FaceRecord {
  if (startsWith(bytes, "FAC\x00010\0")) return read2005(bytes);
  if (startsWith(bytes, "FAC\x00030\0")) return read2011(bytes);
  throw new BiometricsError("record/format-unknown");
}

function wrong(field: string, value: number): never {
  throw new BiometricsError("record/field", { field, value });
}

function countOf(reader: RecordReader): number {
  const count = reader.uint(2);
  return count === 0 || count > MOST_VIEWS ? wrong("pictures", count) : count;
}

function readPoints(reader: RecordReader, count: number): FeaturePoint[] {
  if (count * LENGTH_2005.point > reader.left) throw new BiometricsError("record/truncated", { at: reader.at });
  return Array.from({ length: count }, () => ({
    type: reader.uint(1),
    code: reader.uint(1),
    x: reader.uint(2),
    y: reader.uint(2),
    z: reader.uint(2),
  }));
}

function read2005(bytes: Uint8Array): FaceRecord {
  const reader = new RecordReader(bytes);
  reader.take(8);
  const stated = reader.uint(4);
  if (stated !== bytes.length) wrong("record length", stated);
  const views = Array.from({ length: countOf(reader) }, (): FaceView => {
    const start = reader.at;
    const length = reader.uint(4);
    const count = reader.uint(2);
    const sex = reader.uint(1);
    const eyeColour = reader.uint(1);
    const hairColour = reader.uint(1);
    const properties = reader.take(3);
    const expression = reader.uint(2);
    const pose = reader.take(6);
    const points = readPoints(reader, count);
    const imageType = reader.uint(1);
    const dataType = reader.uint(1);
    const width = reader.uint(2);
    const height = reader.uint(2);
    const colourSpace = reader.uint(1);
    const sourceType = reader.uint(1);
    const deviceType = reader.uint(2);
    const quality = reader.uint(2);
    if (start + length < reader.at) wrong("picture length", length);
    const data = reader.take(start + length - reader.at);
    return {
      ...blank(quality),
      points,
      sex,
      eyeColour,
      hairColour,
      properties,
      expression,
      pose,
      imageType,
      dataType,
      width,
      height,
      colourSpace,
      sourceType,
      deviceType,
      data,
    };
  });
  if (reader.left > 0) wrong("record length", reader.at);
  return { format: "iso19794-5-2005", certified: false, temporal: 0, views };
}

function read2011(bytes: Uint8Array): FaceRecord {
  const reader = new RecordReader(bytes);
  reader.take(8);
  const stated = reader.uint(4);
  if (stated !== bytes.length) wrong("record length", stated);
  const count = countOf(reader);
  const certified = reader.uint(1) === 1;
  const temporal = reader.uint(2);
  const views = Array.from({ length: count }, (): FaceView => {
    const end = reader.at + reader.uint(4);
    const capture = readCapture(reader, certified);
    const points = reader.uint(2);
    const sex = reader.uint(1);
    const eyeColour = reader.uint(1);
    const hairColour = reader.uint(1);
    const subjectHeight = reader.uint(1);
    const properties = reader.take(3);
    const expression = reader.uint(2);
    const pose = reader.take(6);
    const landmarks = readPoints(reader, points);
    const imageType = reader.uint(1);
    const dataType = reader.uint(1);
    const width = reader.uint(2);
    const height = reader.uint(2);
    const samplingLevel = reader.uint(1);
    const processing = reader.uint(2);
    const reference = reader.uint(1);
    const colourSpace = reader.uint(1);
    const data = reader.take(reader.uint(4));
    if (end < reader.at) wrong("representation length", end);
    return {
      ...blank(capture.qualities[0]?.score ?? 0),
      capture,
      points: landmarks,
      sex,
      eyeColour,
      hairColour,
      subjectHeight,
      properties,
      expression,
      pose,
      imageType,
      dataType,
      width,
      height,
      samplingLevel,
      processing,
      reference,
      colourSpace,
      data,
      further: reader.take(end - reader.at),
    };
  });
  if (reader.left > 0) wrong("record length", reader.at);
  return { format: "iso19794-5-2011", certified, temporal, views };
}

/** A view of which nothing is known. */
function blank(quality: number): FaceView {
  return {
    capture: emptyCapture(quality),
    points: [],
    sex: 0,
    eyeColour: 0,
    hairColour: 0,
    subjectHeight: 0,
    properties: NO_PROPERTIES,
    expression: 0,
    pose: new Uint8Array(6),
    imageType: FULL_FRONTAL,
    dataType: 0,
    width: 0,
    height: 0,
    colourSpace: RGB24,
    sourceType: STILL_CAMERA,
    deviceType: 0,
    quality,
    samplingLevel: 0,
    processing: 0,
    reference: 0,
    data: new Uint8Array(0),
    further: new Uint8Array(0),
  };
}

/** @throws `record/field` */
export function writeFaceRecord(record: FaceRecord): Uint8Array {
  const out = new RecordWriter();
  if (record.format === "iso19794-5-2005") {
    const lengths = record.views.map((v) => LENGTH_2005.view + LENGTH_2005.point * v.points.length + v.data.length);
    out.put(tag("FAC\x00010\0"));
    out.uint(
      lengths.reduce((sum, length) => sum + length, LENGTH_2005.header),
      4,
    );
    out.uint(record.views.length, 2);
    record.views.forEach((view, i) => {
      out.uint(lengths[i]!, 4);
      out.uint(view.points.length, 2);
      for (const field of [view.sex, view.eyeColour, view.hairColour]) out.uint(field, 1);
      out.put(view.properties);
      out.uint(view.expression, 2);
      out.put(view.pose);
      writePoints(out, view.points);
      out.uint(view.imageType, 1);
      out.uint(view.dataType, 1);
      out.uint(view.width, 2);
      out.uint(view.height, 2);
      out.uint(view.colourSpace, 1);
      out.uint(view.sourceType, 1);
      out.uint(view.deviceType, 2);
      out.uint(view.quality, 2);
      out.put(view.data);
    });
    return out.bytes();
  }
  const views = record.views.map((view) => {
    const body = new RecordWriter();
    writeCapture(body, view.capture, record.certified);
    body.uint(view.points.length, 2);
    for (const field of [view.sex, view.eyeColour, view.hairColour, view.subjectHeight]) body.uint(field, 1);
    body.put(view.properties);
    body.uint(view.expression, 2);
    body.put(view.pose);
    writePoints(body, view.points);
    body.uint(view.imageType, 1);
    body.uint(view.dataType, 1);
    body.uint(view.width, 2);
    body.uint(view.height, 2);
    body.uint(view.samplingLevel, 1);
    body.uint(view.processing, 2);
    body.uint(view.reference, 1);
    body.uint(view.colourSpace, 1);
    body.uint(view.data.length, 4);
    body.put(view.data);
    body.put(view.further);
    return body.bytes();
  });
  out.put(tag("FAC\x00030\0"));
  out.uint(
    views.reduce((sum, view) => sum + 4 + view.length, HEADER_2011),
    4,
  );
  out.uint(views.length, 2);
  out.uint(record.certified ? 1 : 0, 1);
  out.uint(record.temporal, 2);
  for (const view of views) {
    out.uint(4 + view.length, 4);
    out.put(view);
  }
  return out.bytes();
}

function writePoints(out: RecordWriter, points: readonly FeaturePoint[]): void {
  for (const point of points) {
    out.uint(point.type, 1);
    out.uint(point.code, 1);
    for (const field of [point.x, point.y, point.z]) out.uint(field, 2);
  }
}

/** The picture of a view. @throws `record/field` when it is none */
export function faceOfView(view: FaceView): RecordedFace {
  const coding = faceCodingOf(view.data) ?? wrong("picture coding", view.dataType);
  const { data, width, height, quality } = view;
  const landmarks = view.points
    .filter(({ type }) => type === MPEG4)
    .map(({ code, x, y }): FaceLandmark => ({ group: code >> 4, point: code & 15, x, y }));
  // 2005 has a field for the quality and no scale for it; 0 and more than 100 say nothing.
  const stated = quality > 0 && quality <= 100 ? quality : undefined;
  const pose = poseOfBytes(view.pose);
  const sex = view.sex > 2 ? 0 : view.sex;
  return { coding, data, width, height, landmarks, quality: stated, sex, ...(pose && { pose }) };
}

/** A record of pictures. @throws `record/field` for a coding that the edition does not know */
export function recordOfFaces(faces: readonly RecordedFace[], format: FaceRecordFormat): FaceRecord {
  const views = faces.map((face): FaceView => {
    const dataType = DATA_TYPES[format][face.coding];
    if (dataType === undefined)
      throw new BiometricsError("record/field", { field: "picture coding", value: face.coding });
    const points = face.landmarks.map(({ group, point, x, y }) => ({
      type: MPEG4,
      code: group * 16 + point,
      x: Math.round(x),
      y: Math.round(y),
      z: 0,
    }));
    const { data, width, height, sex } = face;
    const quality = face.quality === undefined ? 0 : Math.round(face.quality);
    const capture = face.quality === undefined ? { ...emptyCapture(0), qualities: [] } : emptyCapture(quality);
    return { ...blank(quality), capture, points, sex, pose: bytesOfPose(face.pose), dataType, width, height, data };
  });
  if (views.length === 0 || views.length > MOST_VIEWS) wrong("pictures", views.length);
  return { format, certified: false, temporal: 0, views };
}
