/**
 * DG8, DG9, DG10 (9303-10 §4.7.8 to §4.7.10: data, structure and substance features) and DG13 (§4.7.13: optional details): what is inside is the
 * issuing state's own. For the three, a number of elements and the elements; for DG13, bytes.
 */
import { derTag, integer, readSmallInteger } from "../tlv/der.ts";
import { parseTlv } from "../tlv/node.ts";
import { tlv } from "../tlv/write.ts";
import { fileIdentities, fileMalformed } from "./file.ts";

export type FeatureFile = "DG8" | "DG9" | "DG10";
/** More elements than any document has. */
const maxFeatures = 64;

/** Each feature, its tag and length with it. Throws `mrtd/tlv-malformed`, `mrtd/file-malformed`. */
export function parseFeatures(file: FeatureFile, bytes: Uint8Array): readonly Uint8Array[] {
  const root = parseTlv(bytes, { where: file }).expect(fileIdentities[file].tag!);
  const count = readSmallInteger(root.at(0, derTag.integer));
  const features = root.children().slice(1);
  if (features.length !== count || count > maxFeatures) throw fileMalformed(file, "feature-count");
  return features.map(({ raw }) => raw);
}

/** @param features whole elements, tag and length with each. Throws `mrtd/tlv-malformed` for what is none. */
export function composeFeatures(file: FeatureFile, features: readonly Uint8Array[]): Uint8Array {
  for (const feature of features) parseTlv(feature, { where: file });
  return tlv(fileIdentities[file].tag!, integer(features.length), ...features);
}

/** The content of DG13, which only its state understands. Throws `mrtd/tlv-malformed`. */
export function parseDg13(bytes: Uint8Array): Uint8Array {
  return parseTlv(bytes, { where: "DG13" }).expect(fileIdentities.DG13.tag!).value;
}

export function composeDg13(content: Uint8Array): Uint8Array {
  return tlv(fileIdentities.DG13.tag!, content);
}
