/**
 * DG2 of a travel document (ICAO 9303-10 §4.7.2): face records in the envelope of CBEFF (ISO/IEC 19785-3), a group (7F61) of
 * templates (7F60), each with its header (A1) and its record: 19794-5 in 5F2E, 39794-5 in 7F2E.
 */
import { BiometricsError } from "../errors.ts";
import {
  type DerElement,
  derBytes,
  derChild,
  derNumber,
  derOptional,
  derParent,
  numberOf,
  readDer,
  writeDer,
} from "./der.ts";
import { faceOfView, readFaceRecord, recordOfFaces, writeFaceRecord } from "./face-record.ts";
import { faceImage39794Of, readFaceImage39794, writeFaceImage39794 } from "./iso39794-5.ts";
import type { RecordedFace } from "./recorded-face.ts";

export const FACE_DATA_GROUP = 0x75;
const GROUP = 0x7f61;
const TEMPLATE = 0x7f60;
const HEADER = 0xa1;
const OPAQUE = 0x5f2e;
const CONSTRUCTED = 0x7f2e;
/** What wraps a 39794 block inside 7F2E. */
const BLOCK = 0xa1;
const COUNT = 0x02;
const MOST_TEMPLATES = 16;
/** CBEFF: version 1.1, face, owner ISO/IEC JTC 1/SC 37, formats 8 (19794-5) and 42 (39794-5). */
const CBEFF = { version: [1, 1], face: 2, owner: [1, 1], format: { opaque: [0, 8], constructed: [0, 42] } } as const;

export interface FaceTemplate {
  /** The header as read; undefined lets one be made. */
  readonly header?: DerElement;
  /** `7F2E` or `5F2E`. */
  readonly constructed: boolean;
  /** The record inside: ISO/IEC 19794-5, or the 39794-5 block. */
  readonly record: Uint8Array;
}

/** @throws `record/format-unknown`, `record/truncated`, `record/field` */
export function readFaceDataGroup(bytes: Uint8Array): readonly FaceTemplate[] {
  if (bytes[0] !== FACE_DATA_GROUP) throw new BiometricsError("record/format-unknown");
  const group = derChild(readDer(bytes), GROUP);
  const count = numberOf(derChild(group, COUNT));
  const templates = group.children.filter(({ tag }) => tag === TEMPLATE);
  if (count !== templates.length || count === 0 || count > MOST_TEMPLATES)
    throw new BiometricsError("record/field", { field: "templates", value: count });
  return templates.map((template) => {
    const header = derChild(template, HEADER);
    const opaque = derOptional(template, OPAQUE);
    if (opaque !== undefined) return { header, constructed: false, record: opaque.value };
    return {
      header,
      constructed: true,
      record: writeDer(derChild(derChild(template, CONSTRUCTED), BLOCK).children[0]!),
    };
  });
}

export function writeFaceDataGroup(templates: readonly FaceTemplate[]): Uint8Array {
  const made = templates.map(({ header, constructed, record }) =>
    derParent(TEMPLATE, [
      header ?? headerOf(constructed),
      constructed ? derParent(CONSTRUCTED, [derParent(BLOCK, [readDer(record)])]) : derBytes(OPAQUE, record),
    ]),
  );
  return writeDer(derParent(FACE_DATA_GROUP, [derParent(GROUP, [derNumber(COUNT, made.length), ...made])]));
}

function headerOf(constructed: boolean): DerElement {
  const format = constructed ? CBEFF.format.constructed : CBEFF.format.opaque;
  return derParent(HEADER, [
    derBytes(0x80, Uint8Array.from(CBEFF.version)),
    derNumber(0x81, CBEFF.face),
    derBytes(0x87, Uint8Array.from(CBEFF.owner)),
    derBytes(0x88, Uint8Array.from(format)),
  ]);
}

/** The portraits of a data group. */
export function facesOfDataGroup(templates: readonly FaceTemplate[]): readonly RecordedFace[] {
  return templates.flatMap(({ constructed, record }) =>
    constructed
      ? readFaceImage39794(record).representations.map(({ face }) => face)
      : readFaceRecord(record).views.map(faceOfView),
  );
}

export function dataGroupOfFaces(faces: readonly RecordedFace[], encoding: "19794" | "39794"): readonly FaceTemplate[] {
  if (encoding === "39794") return [{ constructed: true, record: writeFaceImage39794(faceImage39794Of(faces)) }];
  return [{ constructed: false, record: writeFaceRecord(recordOfFaces(faces, "iso19794-5-2005")) }];
}
