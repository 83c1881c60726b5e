/**
 * The portrait in a face image data block of ISO/IEC 39794-5:2019 (ASN.1, DER), as documents may carry it now and must from 2030: enough to take the
 * picture out and to put one in.
 */
import { faceImage39794Of, writeFaceImage39794 } from "../../biometrics/records/iso39794-5.ts";
import { derTag } from "../tlv/der.ts";
import { parseTlv, type TlvNode } from "../tlv/node.ts";
import { type FaceImage, mediaTypeOf, recordedFaceOf } from "./face-record.ts";
import { fileMalformed } from "./file.ts";

/** FaceImageDataBlock ::= [APPLICATION 5] SEQUENCE. */
const blockTag = 0x65;
/** Context tags, primitive and constructed. */
const primitive = (number: number) => 0x80 | number;
const constructed = (number: number) => 0xa0 | number;

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
  const size = picture.find(constructed(1))?.find(constructed(7));
  const number = (tag: number) => size?.find(tag)?.value.reduce((sum, byte) => sum * 256 + byte, 0) ?? 0;
  return { width: number(primitive(0)), height: number(primitive(1)) };
}

/** Writes a block of one picture. */
export function composeFaceBlock(face: Pick<FaceImage, "data" | "mediaType" | "width" | "height">): Uint8Array {
  return writeFaceImage39794(faceImage39794Of([recordedFaceOf(face)]));
}
