/** DG3 (9303-10 §4.7.3): fingerprints, one finger a template, in ISO/IEC 19794-4 or 39794-4. */
import { readFingerImageRecord, writeFingerImageRecord } from "../../biometrics/records/image-record.ts";
import {
  block39794Of,
  picturesOf39794,
  readFingerImage39794,
  writeFingerImage39794,
} from "../../biometrics/records/iso39794-4.ts";
import { recordedPictureOf, recordOfPictures } from "../../biometrics/records/picture-record.ts";
import type { RecordedPicture } from "../../biometrics/records/recorded-picture.ts";
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
import { fileMalformed } from "./file.ts";

const cbeffFinger = 8;
/** Impressions of one finger that a document may carry, and fingers. */
const maxPrints = 32;

/** Reads the prints; none is a result (persons without fingers). Throws `mrtd/tlv-malformed`, `mrtd/file-malformed`, `record/…`. */
export function parseDg3(bytes: Uint8Array): readonly RecordedPicture[] {
  const prints = parseTemplates(bytes, "DG3").flatMap(printsOf);
  if (prints.length > maxPrints) throw fileMalformed("DG3", "print-count");
  return prints;
}

function printsOf({ data }: BiometricTemplate): readonly RecordedPicture[] {
  // By the block itself and not by its format numbers, which documents get wrong.
  if (data[0] === blockWrapper) {
    return picturesOf39794(readFingerImage39794(parseTlv(data, { where: "DG3" }).at(0).raw));
  }
  return readFingerImageRecord(data).views.map(recordedPictureOf);
}

/**
 * Writes a DG3 of these prints. With none it holds `nonce` (9303-10 §4.7.3.1: random, so that the hash in EF.SOD does not tell who has no
 * prints). Throws `record/field` for codings that the encoding has not.
 */
export function composeDg3(
  prints: readonly RecordedPicture[],
  encoding: BiometricEncoding,
  nonce: Uint8Array,
): Uint8Array {
  const positions = [...new Set(prints.map(({ position }) => position))];
  const templates = positions.map((position): BiometricTemplate => {
    const own = prints.filter((print) => print.position === position);
    const modern = encoding === "39794";
    return {
      type: cbeffFinger,
      subtype: fingerSubtype(position),
      formatOwner: cbeffFormat.owner,
      formatType: modern ? cbeffFormat.finger39794 : cbeffFormat.finger19794,
      data: modern
        ? tlv(blockWrapper, writeFingerImage39794(block39794Of(own)))
        : writeFingerImageRecord(recordOfPictures(own, "iso19794-4-2005")),
    };
  });
  return composeTemplates("DG3", templates, nonce);
}

/** CBEFF biometric subtype (ISO/IEC 19785-3): the side in the two lowest bits, the finger above; none where the position is no single finger's. */
function fingerSubtype(position: number): number | undefined {
  if (position < 1 || position > 10) return undefined;
  return ((((position - 1) % 5) + 1) << 2) | (position <= 5 ? 1 : 2);
}
