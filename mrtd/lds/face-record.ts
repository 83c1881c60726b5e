/**
 * The portrait in a face record of ISO/IEC 19794-5:2005 (§5, as 9303-10 §4.7.2 profiles it): enough to take the picture out and to put one in.
 * Everything else in the record is kept apart as numbers.
 */
import { recordOfFaces, writeFaceRecord } from "../../biometrics/records/face-record.ts";
import type { RecordedFace } from "../../biometrics/records/recorded-face.ts";
import { fileMalformed } from "./file.ts";

export interface FaceImage {
  readonly mediaType: "image/jpeg" | "image/jp2";
  readonly data: Uint8Array;
  /** Pixels, as the record says; 0 when unspecified. */
  readonly width: number;
  readonly height: number;
  /** ISO/IEC 19794-5 §5.5.1: 0 unspecified, 1 male, 2 female. */
  readonly gender: number;
  /** §5.7.1: 0 basic, 1 full frontal, 2 token. */
  readonly imageType: number;
}

const length = { header: 14, information: 20, point: 8, image: 12 } as const;
const maxFaces = 8;

/** Reads every face image of the record; throws `mrtd/file-malformed` when a length does not fit or the picture is no JPEG or JPEG 2000. */
export function parseFaceRecord(bytes: Uint8Array, file = "DG2"): readonly FaceImage[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const refuse = (problem: string): never => {
    throw fileMalformed(file, problem);
  };
  if (bytes.length < length.header || view.getUint32(0) !== 0x46414300) refuse("face-format");
  const end = view.getUint32(8);
  // Some issuers fill the data object up with zeros behind the record.
  if (end > bytes.length || bytes.subarray(end).some((byte) => byte !== 0)) refuse("face-record-length");
  const count = view.getUint16(12);
  if (count === 0 || count > maxFaces) refuse("face-count");
  const faces: FaceImage[] = [];
  let at = length.header;
  for (let i = 0; i < count; i++) {
    if (at + length.information > end) refuse("face-cut-off");
    const block = view.getUint32(at);
    const points = view.getUint16(at + 4);
    const image = at + length.information + points * length.point;
    const start = image + length.image;
    if (block > end - at || start >= at + block) refuse("face-block-length");
    const data = bytes.subarray(start, at + block);
    faces.push({
      mediaType: mediaTypeOf(data) ?? refuse("face-image"),
      data,
      width: view.getUint16(image + 2),
      height: view.getUint16(image + 4),
      gender: view.getUint8(at + 6),
      imageType: view.getUint8(image),
    });
    at += block;
  }
  if (at !== end) refuse("face-record-length");
  return faces;
}

/** Writes a record of one full frontal face. */
export function composeFaceRecord(face: Omit<FaceImage, "imageType">): Uint8Array {
  return writeFaceRecord(recordOfFaces([recordedFaceOf(face)], "iso19794-5-2005"));
}

/** A portrait as the records' writers take it. */
export function recordedFaceOf(
  face: Pick<FaceImage, "data" | "mediaType" | "width" | "height"> & { readonly gender?: number },
): RecordedFace {
  const { data, width, height, mediaType } = face;
  const coding = mediaType === "image/jpeg" ? "jpeg" : "jpeg2000";
  return { coding, data, width, height, landmarks: [], sex: face.gender ?? 0 };
}

/** By the picture's own first bytes: the record's type field is wrong in some real documents. */
export function mediaTypeOf(data: Uint8Array): FaceImage["mediaType"] | undefined {
  const starts = (...bytes: number[]) => bytes.every((byte, i) => data[i] === byte);
  if (starts(0xff, 0xd8, 0xff)) return "image/jpeg";
  if (starts(0, 0, 0, 0x0c, 0x6a, 0x50, 0x20, 0x20, 0x0d, 0x0a, 0x87, 0x0a) || starts(0xff, 0x4f, 0xff, 0x51)) {
    return "image/jp2";
  }
  return undefined;
}
