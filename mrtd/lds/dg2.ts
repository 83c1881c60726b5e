/** DG2 (9303-10 §4.7.2): the holder's face. */
import { cbeffFormat, composeTemplates, parseTemplates } from "./biometric-templates.ts";
import { composeFaceRecord, type FaceImage, parseFaceRecord } from "./face-record.ts";
import { fileMalformed } from "./file.ts";

const cbeffFace = 2;

/** Reads the portraits; throws `mrtd/tlv-malformed`, `mrtd/file-malformed`. */
export function parseDg2(bytes: Uint8Array): readonly FaceImage[] {
  const faces = parseTemplates(bytes, "DG2").flatMap((template) => parseFaceRecord(template.data));
  if (faces.length === 0) throw fileMalformed("DG2", "face-missing");
  return faces;
}

/** Writes a DG2 with one portrait in an ISO/IEC 19794-5 record. */
export function composeDg2(face: Omit<FaceImage, "imageType">): Uint8Array {
  return composeTemplates("DG2", [
    {
      type: cbeffFace,
      subtype: undefined,
      formatOwner: cbeffFormat.owner,
      formatType: cbeffFormat.face19794,
      data: composeFaceRecord(face),
    },
  ]);
}
