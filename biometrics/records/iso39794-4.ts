/**
 * Finger images by ISO/IEC 39794-4 (DER). What this model does not name (dates, devices, segmentation, comments …) is carried as
 * it is, so that a block is written back to the same bytes.
 */
import { BiometricsError } from "../errors.ts";
import { readPgm, writePgm } from "../image/pgm.ts";
import {
  codeOf,
  type DerElement,
  derBytes,
  derChild,
  derCode,
  derOptional,
  derParent,
  readDer,
  SEQUENCE,
  writeDer,
} from "./der.ts";
import {
  impression39794,
  readSamplingRate,
  readScore,
  readVersion,
  samplingRateBlock,
  scoreBlocks,
  type Version39794,
  versionBlock,
} from "./iso39794-blocks.ts";
import type { RecordedPicture } from "./recorded-picture.ts";

/** [APPLICATION 4], the finger image data block. */
export const FINGER_IMAGE_BLOCK = 0x64;
/** Edition 1 of part 4. */
const VERSION: Version39794 = { generation: 3, year: 2019 };
const QUALITY = 0xa6;
const SAMPLING_RATE = 0xa7;

export interface FingerImage39794 extends Version39794 {
  readonly kind: "finger-image-39794";
  readonly representations: readonly FingerRepresentation39794[];
}

/** Codes of a picture's format. */
export const PICTURE_FORMATS = ["pgm", "wsq", "jpeg2000", "jpeg2000-lossless", "png"] as const;

export interface FingerRepresentation39794 {
  /** Codes of the standard's enumerations; `format` is an index of PICTURE_FORMATS. */
  readonly position: number;
  readonly impression: number;
  readonly format: number;
  readonly data: Uint8Array;
  /** 0..100, and pixels per inch, where they are stated. */
  readonly quality?: number | undefined;
  readonly ppi?: number | undefined;
  /** All further elements as read; when absent, quality and ppi are written from the numbers above. */
  readonly further?: readonly DerElement[];
}

/** @throws `record/format-unknown`, `record/truncated`, `record/field` */
export function readFingerImage39794(bytes: Uint8Array): FingerImage39794 {
  if (bytes[0] !== FINGER_IMAGE_BLOCK) throw new BiometricsError("record/format-unknown");
  const block = readDer(bytes);
  if (block.children.length !== 2) {
    throw new BiometricsError("record/field", { field: "DER elements", value: block.children.length });
  }
  const representations = derChild(block, 0xa1).children.map((representation): FingerRepresentation39794 => {
    const sampling = derOptional(representation, SAMPLING_RATE);
    return {
      position: codeOf(derChild(representation, 0xa0)),
      impression: codeOf(derChild(representation, 0xa1)),
      format: codeOf(derChild(representation, 0xa2)),
      data: derChild(representation, 0x83).value,
      quality: readScore(derOptional(representation, QUALITY)),
      ppi: sampling && readSamplingRate(sampling),
      further: representation.children.slice(4),
    };
  });
  const image: FingerImage39794 = { kind: "finger-image-39794", ...readVersion(block), representations };
  // Elements out of their order, or extensions of a code, would be lost on the way back.
  if (Buffer.compare(writeFingerImage39794(image), bytes) !== 0) {
    throw new BiometricsError("record/field", { field: "DER order of elements", value: "39794-4" });
  }
  return image;
}

export function writeFingerImage39794({ representations, ...version }: FingerImage39794): Uint8Array {
  const blocks = representations.map(({ position, impression, format, data, quality, ppi, further }) =>
    derParent(SEQUENCE, [
      derCode(0xa0, position),
      derCode(0xa1, impression),
      derCode(0xa2, format),
      derBytes(0x83, data),
      ...(further ?? [
        ...(quality === undefined ? [] : [scoreBlocks(QUALITY, quality)]),
        ...(ppi === undefined ? [] : [samplingRateBlock(SAMPLING_RATE, ppi)]),
      ]),
    ]),
  );
  return writeDer(derParent(FINGER_IMAGE_BLOCK, [versionBlock(version), derParent(0xa1, blocks)]));
}

/** The pictures of a block; those in PGM give their own size. */
export function picturesOf39794({ representations }: FingerImage39794): RecordedPicture[] {
  return representations.map(({ position, impression, format, data, quality, ppi }) => {
    const coding = PICTURE_FORMATS[format];
    if (coding === undefined) throw new BiometricsError("record/field", { field: "picture format", value: format });
    const common = { position, impressionType: impression, quality, ppi, depth: 8 };
    if (coding !== "pgm") return { ...common, width: 0, height: 0, coding, data };
    const { width, height, data: pixels } = readPgm(data, ppi ?? 0);
    return { ...common, width, height, coding: "raw", data: pixels };
  });
}

/** A block of pictures. @throws `record/field` for codings that the part does not know */
export function block39794Of(pictures: readonly RecordedPicture[]): FingerImage39794 {
  const representations = pictures.map((picture): FingerRepresentation39794 => {
    const { position, impressionType, quality, ppi, coding, width, height } = picture;
    const format = PICTURE_FORMATS.indexOf((coding === "raw" ? "pgm" : coding) as (typeof PICTURE_FORMATS)[number]);
    if (format < 0) throw new BiometricsError("record/field", { field: "compression", value: coding });
    const data = coding === "raw" ? writePgm({ width, height, data: picture.data }) : picture.data;
    return { position, impression: impression39794(impressionType), format, data, quality, ppi };
  });
  return { kind: "finger-image-39794", ...VERSION, representations };
}
