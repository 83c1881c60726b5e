/**
 * The portrait in a face image data block of ISO/IEC 39794-5:2019 (ASN.1, DER), as documents may carry it now and must from 2030: enough to take the
 * picture out and to put one in.
 */
import { derTag, sequence } from "../tlv/der.ts";
import { parseTlv, type TlvNode } from "../tlv/node.ts";
import { tlv } from "../tlv/write.ts";
import { type FaceImage, mediaTypeOf } from "./face-record.ts";
import { fileMalformed } from "./file.ts";

/** FaceImageDataBlock ::= [APPLICATION 5] SEQUENCE. */
const blockTag = 0x65;
/** Context tags, primitive and constructed. */
const primitive = (number: number) => 0x80 | number;
const constructed = (number: number) => 0xa0 | number;

/** The edition that we write: generation 3, year 2019. */
const version = { generation: 3, year: 2019 } as const;
/** ImageDataFormatCode. */
const formatCode = { "image/jpeg": 2, "image/jp2": 3 } as const;
const maxFaces = 8;

/** Reads every two-dimensional picture of the block; throws `mrtd/tlv-malformed`, `mrtd/file-malformed`. */
export function parseFaceBlock(bytes: Uint8Array, file = "DG2"): readonly FaceImage[] {
  const block = parseTlv(bytes, { where: file }).expect(blockTag);
  const representations = block.get(constructed(1)).children();
  if (representations.length === 0 || representations.length > maxFaces) throw fileMalformed(file, "face-count");
  return representations.map((representation) => {
    // imageRepresentation [1] · base [0] · imageRepresentation2DBlock [0]
    const picture = representation.expect(derTag.sequence).get(constructed(1)).get(constructed(0)).find(constructed(0));
    if (picture === undefined) throw fileMalformed(file, "face-image");
    const data = picture.get(primitive(0)).value;
    const mediaType = mediaTypeOf(data);
    if (mediaType === undefined) throw fileMalformed(file, "face-image");
    return { data, mediaType, ...sizeOf(picture), gender: 0, imageType: 0 };
  });
}

/** imageSize of imageInformation2DBlock, when it is there. */
function sizeOf(picture: TlvNode): { width: number; height: number } {
  const size = picture.find(constructed(1))?.find(constructed(4));
  const number = (tag: number) => size?.find(tag)?.value.reduce((sum, byte) => sum * 256 + byte, 0) ?? 0;
  return { width: number(primitive(0)), height: number(primitive(1)) };
}

/** Writes a block of one picture. */
export function composeFaceBlock(face: Pick<FaceImage, "data" | "mediaType">): Uint8Array {
  const code = Uint8Array.of(formatCode[face.mediaType]);
  const year = Uint8Array.of(version.year >> 8, version.year & 0xff);
  const versionBlock = tlv(
    constructed(0),
    tlv(primitive(0), Uint8Array.of(version.generation)),
    tlv(primitive(1), year),
  );
  const picture = tlv(
    constructed(0),
    tlv(primitive(0), face.data),
    tlv(constructed(1), tlv(constructed(0), tlv(primitive(0), code))),
  );
  const representation = sequence(
    tlv(primitive(0), Uint8Array.of(0)),
    tlv(constructed(1), tlv(constructed(0), picture)),
  );
  return tlv(blockTag, versionBlock, tlv(constructed(1), representation));
}
