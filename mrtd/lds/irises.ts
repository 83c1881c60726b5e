/** DG4 (9303-10 §4.7.4): pictures of the irises, in ISO/IEC 19794-6:2005 or 39794-6. */
import { derTag, sequence } from "../tlv/der.ts";
import { parseTlv } from "../tlv/node.ts";
import { concat, tlv } from "../tlv/write.ts";
import {
  type BiometricEncoding,
  type BiometricTemplate,
  blockWrapper,
  cbeffFormat,
  composeTemplates,
  parseTemplates,
} from "./biometric-templates.ts";
import { fileMalformed } from "./file.ts";

export type Eye = "right" | "left" | "unknown";
/** What the picture is coded as; raw and PGM pictures are of 8 bits. */
export type IrisCoding = "raw" | "pgm" | "png" | "jpeg" | "jpeg-ls" | "jpeg2000";

export interface IrisImage {
  readonly eye: Eye;
  readonly coding: IrisCoding;
  /** Zero where the record leaves the size to the picture inside. */
  readonly width: number;
  readonly height: number;
  /** 1…100; undefined where nobody measured it. */
  readonly quality?: number;
  readonly data: Uint8Array;
}

const cbeffIris = 0x10;
const maxIrises = 16;
const eyes: readonly Eye[] = ["unknown", "right", "left"];

/** Reads the pictures. Throws `mrtd/tlv-malformed`, `mrtd/file-malformed`. */
export function parseDg4(bytes: Uint8Array): readonly IrisImage[] {
  const irises = parseTemplates(bytes, "DG4").flatMap(({ data }) =>
    data[0] === blockWrapper ? parseIrisBlock(parseTlv(data, { where: "DG4" }).at(0).raw) : parseIrisRecord(data),
  );
  if (irises.length > maxIrises) throw fileMalformed("DG4", "iris-count");
  return irises;
}

/** Writes a DG4, one eye a template; `nonce` as for DG3. Throws `mrtd/file-malformed` for a coding that the encoding has not. */
export function composeDg4(irises: readonly IrisImage[], encoding: BiometricEncoding, nonce: Uint8Array): Uint8Array {
  const modern = encoding === "39794";
  const templates = eyes.flatMap((eye, subtype): BiometricTemplate[] => {
    const own = irises.filter((iris) => iris.eye === eye);
    if (own.length === 0) return [];
    return [
      {
        type: cbeffIris,
        subtype: subtype === 0 ? undefined : subtype,
        formatOwner: cbeffFormat.owner,
        formatType: modern ? cbeffFormat.iris39794 : cbeffFormat.iris19794,
        data: modern ? tlv(blockWrapper, composeIrisBlock(own)) : composeIrisRecord(own),
      },
    ];
  });
  return composeTemplates("DG4", templates, nonce);
}

// ── ISO/IEC 19794-6:2005 ────────────────────────────────────────────────────────────────────────────────────────────

/** Lengths of the record's, a feature's and a picture's heads (tables 2 to 4). */
const head = { record: 45, feature: 3, image: 11 } as const;
/** Image format (table 2): monochrome codes; those of colour are one step of 2 above. */
const formats: readonly (readonly [IrisCoding, mono: number, colour: number])[] = [
  ["raw", 2, 4],
  ["jpeg", 6, 8],
  ["jpeg-ls", 10, 12],
  ["jpeg2000", 14, 16],
];
const noQuality = 254;

function parseIrisRecord(data: Uint8Array): readonly IrisImage[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const need = (end: number) => {
    if (end > data.length) throw fileMalformed("DG4", "iris-record-truncated");
  };
  need(head.record);
  if (view.getUint32(0) !== 0x49495200 || view.getUint32(4) !== 0x30313000) throw fileMalformed("DG4", "iris-format");
  if (view.getUint32(8) !== data.length) throw fileMalformed("DG4", "iris-record-length");
  const features = view.getUint8(14);
  const code = view.getUint16(21);
  const coding = formats.find(([, mono, colour]) => mono === code || colour === code)?.[0];
  if (coding === undefined) throw fileMalformed("DG4", "iris-coding");
  const [width, height] = [view.getUint16(23), view.getUint16(25)];
  const irises: IrisImage[] = [];
  let at = view.getUint16(15);
  if (at < head.record) throw fileMalformed("DG4", "iris-header-length");
  for (let i = 0; i < features; i++) {
    need(at + head.feature);
    const eye = eyes[view.getUint8(at)];
    if (eye === undefined) throw fileMalformed("DG4", "iris-eye");
    const count = view.getUint16(at + 1);
    at += head.feature;
    for (let k = 0; k < count; k++) {
      need(at + head.image);
      const quality = view.getUint8(at + 2);
      const length = view.getUint32(at + 7);
      at += head.image;
      need(at + length);
      const picture = data.subarray(at, at + length);
      irises.push({ eye, coding, width, height, ...(quality <= 100 && { quality }), data: picture });
      if (irises.length > maxIrises) throw fileMalformed("DG4", "iris-count");
      at += length;
    }
  }
  if (at !== data.length) throw fileMalformed("DG4", "iris-record-length");
  return irises;
}

function composeIrisRecord(irises: readonly IrisImage[]): Uint8Array {
  const [first] = irises as readonly [IrisImage];
  const format = formats.find(([coding]) => coding === first.coding);
  const alike = ({ coding, width, height }: IrisImage) =>
    coding === first.coding && width === first.width && height === first.height;
  if (format === undefined || !irises.every(alike)) throw fileMalformed("DG4", "iris-coding");
  const images = irises.map(({ quality, data }, i) => {
    const bytes = new Uint8Array(head.image);
    const view = new DataView(bytes.buffer);
    view.setUint16(0, i + 1);
    view.setUint8(2, quality ?? noQuality);
    view.setUint16(3, 0xffff); // rotation angle and its uncertainty: undefined
    view.setUint16(5, 0xffff);
    view.setUint32(7, data.length);
    return concat(bytes, data);
  });
  const total = images.reduce((sum, image) => sum + image.length, head.record + head.feature);
  const start = new Uint8Array(head.record + head.feature);
  const view = new DataView(start.buffer);
  view.setUint32(0, 0x49495200); // "IIR\0"
  view.setUint32(4, 0x30313000); // "010\0"
  view.setUint32(8, total);
  view.setUint8(14, 1);
  view.setUint16(15, head.record);
  view.setUint16(21, format[1]);
  view.setUint16(23, first.width);
  view.setUint16(25, first.height);
  view.setUint8(27, 8); // bits a pixel
  view.setUint8(head.record, eyes.indexOf(first.eye));
  view.setUint16(head.record + 1, irises.length);
  return concat(start, ...images);
}

// ── ISO/IEC 39794-6 ─────────────────────────────────────────────────────────────────────────────────────────────────

/** IrisImageDataBlock ::= [APPLICATION 6] SEQUENCE. */
const blockTag = 0x66;
const primitive = (number: number) => 0x80 | number;
const constructed = (number: number) => 0xa0 | number;
/** ImageDataFormatCode: PGM, PPM, PNG, JPEG 2000 lossless and lossy. */
const blockCodings: readonly (IrisCoding | undefined)[] = ["pgm", undefined, "png", "jpeg2000", "jpeg2000"];
const version = { generation: 3, year: 2019 } as const;
/** IrisImageKindCode "uncropped"; ranging error "unassigned". */
const uncropped = 1;

function parseIrisBlock(bytes: Uint8Array): readonly IrisImage[] {
  const block = parseTlv(bytes, { where: "DG4" }).expect(blockTag);
  return block
    .get(constructed(1))
    .children()
    .map((representation) => {
      const fields = representation.expect(derTag.sequence);
      const code = (value: Uint8Array) => value.reduce((sum, byte) => sum * 256 + byte, 0);
      const eye = eyes[code(fields.get(primitive(0)).value)];
      const coding = blockCodings[code(fields.get(constructed(3)).get(primitive(0)).value)];
      if (eye === undefined || coding === undefined) throw fileMalformed("DG4", "iris-coding");
      return { eye, coding, width: 0, height: 0, data: fields.get(primitive(9)).value };
    });
}

function composeIrisBlock(irises: readonly IrisImage[]): Uint8Array {
  const byte = (tag: number, value: number) => tlv(tag, Uint8Array.of(value));
  const year = tlv(primitive(0), Uint8Array.of(version.year >> 8, version.year & 0xff));
  const representations = irises.map(({ eye, coding, data }) => {
    const format = blockCodings.lastIndexOf(coding);
    if (format < 0) throw fileMalformed("DG4", "iris-coding");
    return sequence(
      byte(primitive(0), eyes.indexOf(eye)),
      tlv(constructed(1), byte(primitive(0), uncropped)),
      byte(primitive(2), 8),
      tlv(constructed(3), byte(primitive(0), format)),
      byte(primitive(4), 0),
      byte(primitive(5), 0),
      byte(primitive(6), 0),
      tlv(constructed(7), byte(primitive(1), 0)),
      // The day of the capture is mandatory and not ours to tell: the edition's year.
      tlv(constructed(8), year),
      tlv(primitive(9), data),
    );
  });
  return tlv(
    blockTag,
    tlv(
      constructed(0),
      byte(primitive(0), version.generation),
      tlv(primitive(1), Uint8Array.of(version.year >> 8, version.year & 0xff)),
    ),
    tlv(constructed(1), ...representations),
  );
}
