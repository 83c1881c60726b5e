/** Any face record by its first bytes, as portraits; and portraits as any face record. */
import { BiometricsError } from "../errors.ts";
import {
  dataGroupOfFaces,
  FACE_DATA_GROUP,
  facesOfDataGroup,
  readFaceDataGroup,
  writeFaceDataGroup,
} from "./face-data-group.ts";
import { faceOfView, isFaceRecord, readFaceRecord, recordOfFaces, writeFaceRecord } from "./face-record.ts";
import { FACE_IMAGE_BLOCK, faceImage39794Of, readFaceImage39794, writeFaceImage39794 } from "./iso39794-5.ts";
import type { RecordedFace } from "./recorded-face.ts";

export interface OpenedFace {
  /** Such as `iso19794-5-2011`, `iso39794-5 version 3 (2019)`, `dg2 of iso19794-5-2005`. */
  readonly format: string;
  readonly faces: readonly RecordedFace[];
}

/** What portraits may be converted to; `face-picture` is the first picture as it is. */
export const FACE_FORMATS = ["face2005", "face2011", "face39794", "dg2", "dg2-39794", "face-picture"] as const;
export type FaceFormat = (typeof FACE_FORMATS)[number];

export function isFaceBearing(bytes: Uint8Array): boolean {
  return isFaceRecord(bytes) || bytes[0] === FACE_IMAGE_BLOCK || bytes[0] === FACE_DATA_GROUP;
}

/** @throws `record/format-unknown`, `record/truncated`, `record/field` */
export function openFace(bytes: Uint8Array): OpenedFace {
  if (isFaceRecord(bytes)) {
    const { format, views } = readFaceRecord(bytes);
    return { format, faces: views.map(faceOfView) };
  }
  if (bytes[0] === FACE_IMAGE_BLOCK) {
    const { generation, year, representations } = readFaceImage39794(bytes);
    return { format: `iso39794-5 version ${generation} (${year})`, faces: representations.map(({ face }) => face) };
  }
  const templates = readFaceDataGroup(bytes);
  const inner = templates[0]!.constructed ? "iso39794-5" : readFaceRecord(templates[0]!.record).format;
  return { format: `dg2 of ${inner}`, faces: facesOfDataGroup(templates) };
}

/** @throws `record/field`, `record/no-picture` */
export function facesAs(faces: readonly RecordedFace[], to: FaceFormat): Uint8Array {
  const [first] = faces;
  if (first === undefined) throw new BiometricsError("record/no-picture");
  switch (to) {
    case "face2005":
      return writeFaceRecord(recordOfFaces(faces, "iso19794-5-2005"));
    case "face2011":
      return writeFaceRecord(recordOfFaces(faces, "iso19794-5-2011"));
    case "face39794":
      return writeFaceImage39794(faceImage39794Of(faces));
    case "dg2":
      return writeFaceDataGroup(dataGroupOfFaces(faces, "19794"));
    case "dg2-39794":
      return writeFaceDataGroup(dataGroupOfFaces(faces, "39794"));
    case "face-picture":
      return first.data;
  }
}
