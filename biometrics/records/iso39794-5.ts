/**
 * Face images by ISO/IEC 39794-5 (DER). What this model does not name (dates, devices, presentation attack data, metadata …) is carried
 * as it is, so that a block is written back to the same bytes.
 */
import { BiometricsError } from "../errors.ts";
import {
  codeOf,
  type DerElement,
  derBytes,
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
import { readScore, readVersion, scoreBlocks, type Version39794, versionBlock } from "./iso39794-blocks.ts";
import { type FaceLandmark, faceCodingOf, type RecordedFace } from "./recorded-face.ts";
import { blockOfPose, poseOfBlock } from "./recorded-pose.ts";

/** [APPLICATION 5], the face image data block. */
export const FACE_IMAGE_BLOCK = 0x65;
/** Edition 1 of part 5. */
const VERSION: Version39794 = { generation: 3, year: 2019 };
const QUALITY = 0xa3;
const METADATA = 0xa8;
const LANDMARKS = 0xa9;
/** Of IdentityMetadataBlock. */
const GENDER = 0xa0;
const POSE = 0xa6;
/** GenderCode by the records' 0 not stated, 1 male, 2 female. */
const GENDERS = [0, 2, 3] as const;
/** Of ImageInformation2DBlock. */
const SIZE = 0xa7;
/** ImageDataFormatCode; 2 is JPEG, 3 and 4 are JPEG 2000, lossy and not. */
const FORMAT = { jpeg: 2, jpeg2000: 3, png: undefined } as const;
/** FaceImageKind2DCode: a portrait for a travel document. */
const MRTD_PORTRAIT = 0;
const MOST_VIEWS = 64;
/** How many feature points each group of MPEG-4 has, from group 2: their codes run on from group to group. */
const POINTS_OF_GROUP = [14, 14, 6, 4, 4, 1, 10, 15, 10, 6, 4] as const;
const FIRST_GROUP = 2;

export interface FaceImage39794 extends Version39794 {
  readonly representations: readonly FaceRepresentation39794[];
}

export interface FaceRepresentation39794 {
  /** The elements of the representation, as read or made. */
  readonly elements: readonly DerElement[];
  readonly face: RecordedFace;
}

/** @throws `record/format-unknown`, `record/truncated`, `record/field` */
export function readFaceImage39794(bytes: Uint8Array): FaceImage39794 {
  if (bytes[0] !== FACE_IMAGE_BLOCK) throw new BiometricsError("record/format-unknown");
  const block = readDer(bytes);
  if (block.children.length !== 2) field("DER elements", block.children.length);
  const representations = derChild(block, 0xa1).children;
  if (representations.length === 0 || representations.length > MOST_VIEWS) field("pictures", representations.length);
  return {
    ...readVersion(block),
    representations: representations.map((representation) => ({
      elements: representation.children,
      face: faceOf(representation),
    })),
  };
}

function field(name: string, value: number): never {
  throw new BiometricsError("record/field", { field: name, value });
}

function faceOf(representation: DerElement): RecordedFace {
  // imageRepresentation [1], its base [0], the two-dimensional picture [0].
  const picture = derChild(derChild(derChild(representation, 0xa1), 0xa0), 0xa0);
  const data = derChild(picture, 0x80).value;
  const information = derChild(picture, 0xa1);
  const size = derOptional(information, SIZE);
  const metadata = derOptional(representation, METADATA);
  const gender = metadata && derOptional(metadata, GENDER);
  const code = gender && derOptional(gender, 0x80);
  const pose = poseOfBlock(metadata && derOptional(metadata, POSE));
  return {
    coding: faceCodingOf(data) ?? field("picture coding", codeOf(derChild(information, 0xa0))),
    data,
    width: size === undefined ? 0 : numberOf(derChild(size, 0x80)),
    height: size === undefined ? 0 : numberOf(derChild(size, 0x81)),
    landmarks: (derOptional(representation, LANDMARKS)?.children ?? []).flatMap(landmarkOf),
    quality: readScore(derOptional(representation, QUALITY)),
    sex: Math.max(0, GENDERS.indexOf((code === undefined ? 0 : numberOf(code)) as 0)),
    ...(pose && { pose }),
  };
}

/** A landmark in the picture's plane that MPEG-4 names; others are carried, not understood. */
function landmarkOf(block: DerElement): FaceLandmark[] {
  const path = (tags: readonly number[]) =>
    tags.reduce<DerElement | undefined>((at, tag) => at && derOptional(at, tag), block);
  const code = path([0xa0, 0xa0, 0xa0, 0x80]);
  const place = path([0xa1, 0xa0, 0xa0]);
  if (code === undefined || place === undefined) return [];
  const named = pointOf(numberOf(code));
  if (named === undefined) return [];
  return [{ ...named, x: numberOf(derChild(place, 0x80)), y: numberOf(derChild(place, 0x81)) }];
}

function pointOf(code: number): { group: number; point: number } | undefined {
  let left = code;
  for (const [i, points] of POINTS_OF_GROUP.entries()) {
    if (left < points) return { group: FIRST_GROUP + i, point: left + 1 };
    left -= points;
  }
  return undefined;
}

function codeOfPoint({ group, point }: FaceLandmark): number | undefined {
  const points = POINTS_OF_GROUP[group - FIRST_GROUP];
  if (points === undefined || point < 1 || point > points) return undefined;
  return POINTS_OF_GROUP.slice(0, group - FIRST_GROUP).reduce((sum, count) => sum + count, 0) + point - 1;
}

export function writeFaceImage39794({ generation, year, representations }: FaceImage39794): Uint8Array {
  return writeDer(
    derParent(FACE_IMAGE_BLOCK, [
      versionBlock({ generation, year }),
      derParent(
        0xa1,
        representations.map(({ elements }) => derParent(SEQUENCE, elements)),
      ),
    ]),
  );
}

/** A block of pictures. @throws `record/field` for a coding that the standard does not know */
export function faceImage39794Of(faces: readonly RecordedFace[]): FaceImage39794 {
  if (faces.length === 0 || faces.length > MOST_VIEWS) field("pictures", faces.length);
  return {
    ...VERSION,
    representations: faces.map((face, i) => {
      const format = FORMAT[face.coding];
      if (format === undefined)
        throw new BiometricsError("record/field", { field: "picture coding", value: face.coding });
      const known = face.width > 0 && face.height > 0;
      const information = [
        derCode(0xa0, format),
        derCode(0xa1, MRTD_PORTRAIT),
        ...(known ? [derParent(SIZE, [derNumber(0x80, face.width), derNumber(0x81, face.height)])] : []),
      ];
      const picture = derParent(0xa0, [derBytes(0x80, face.data), derParent(0xa1, information)]);
      const landmarks = face.landmarks.flatMap(landmarkBlock);
      const elements = [
        derNumber(0x80, i),
        derParent(0xa1, [derParent(0xa0, [picture])]),
        ...(face.quality === undefined ? [] : [scoreBlocks(QUALITY, Math.round(face.quality))]),
        ...metadataBlock(face),
        ...(landmarks.length === 0 ? [] : [derParent(LANDMARKS, landmarks)]),
      ];
      return { elements, face };
    }),
  };
}

function metadataBlock({ sex, pose }: RecordedFace): DerElement[] {
  const gender = GENDERS[sex] ?? 0;
  const stated = [
    ...(gender === 0 ? [] : [derCode(GENDER, gender)]),
    ...(pose === undefined ? [] : [blockOfPose(POSE, pose)]),
  ];
  return stated.length === 0 ? [] : [derParent(METADATA, stated)];
}

function landmarkBlock(landmark: FaceLandmark): DerElement[] {
  const code = codeOfPoint(landmark);
  if (code === undefined) return [];
  const x = derNumber(0x80, Math.max(0, Math.round(landmark.x)));
  const y = derNumber(0x81, Math.max(0, Math.round(landmark.y)));
  return [
    derParent(SEQUENCE, [
      derParent(0xa0, [derParent(0xa0, [derCode(0xa0, code)])]),
      derParent(0xa1, [derParent(0xa0, [derParent(0xa0, [x, y])])]),
    ]),
  ];
}
