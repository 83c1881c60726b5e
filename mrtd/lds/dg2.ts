/** DG2 (9303-10 §4.7.2): the holder's face, in ISO/IEC 19794-5 or 39794-5. */
import { parseTlv } from "../tlv/node.ts";
import { tlv } from "../tlv/write.ts";
import {
  type BiometricEncoding,
  type BiometricTemplate,
  blockWrapper,
  cbeffFormat,
  composeTemplates,
  parseTemplates,
} from "./biometric-templates.ts";
import { composeFaceBlock, parseFaceBlock } from "./face-block.ts";
import { composeFaceRecord, type FaceImage, parseFaceRecord } from "./face-record.ts";
import { fileMalformed } from "./file.ts";

const cbeffFace = 2;

/** Reads the portraits; throws `mrtd/tlv-malformed`, `mrtd/file-malformed`. */
export function parseDg2(bytes: Uint8Array): readonly FaceImage[] {
  const faces = parseTemplates(bytes, "DG2").flatMap(parseTemplate);
  if (faces.length === 0) throw fileMalformed("DG2", "face-missing");
  return faces;
}

function parseTemplate({ data }: BiometricTemplate): readonly FaceImage[] {
  // By the block itself and not by its format numbers, which documents get wrong.
  if (data[0] === blockWrapper) return parseFaceBlock(parseTlv(data, { where: "DG2" }).at(0).raw);
  return parseFaceRecord(data);
}

/** Writes a DG2 with one portrait. */
export function composeDg2(face: Omit<FaceImage, "imageType">, encoding: BiometricEncoding = "19794"): Uint8Array {
  const modern = encoding === "39794";
  return composeTemplates("DG2", [
    {
      type: cbeffFace,
      subtype: undefined,
      formatOwner: cbeffFormat.owner,
      formatType: modern ? cbeffFormat.face39794 : cbeffFormat.face19794,
      data: modern ? tlv(blockWrapper, composeFaceBlock(face)) : composeFaceRecord(face),
    },
  ]);
}
