/** What a file of a chip says, for people: told by its first tag, without pictures and without keys. */
import { createPublicKey } from "node:crypto";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import { parseSignedData, type SignedData } from "../cms/signed-data.ts";
import { readOid } from "../tlv/der.ts";
import { parseTlv, parseTlvPrefix } from "../tlv/node.ts";
import { parseTemplates } from "./biometric-templates.ts";
import { parseCom } from "./com.ts";
import { parseDetails } from "./details.ts";
import { parseDg1 } from "./dg1.ts";
import { parseDg2 } from "./dg2.ts";
import { parseDisplayedImages } from "./displayed-images.ts";
import { parseFaceBlock } from "./face-block.ts";
import { parseFaceRecord } from "./face-record.ts";
import { parseDg13, parseFeatures } from "./features.ts";
import { dataGroupName, dataGroupOfTag, fileIdentities } from "./file.ts";
import { parseDg4 } from "./irises.ts";
import { parseAtrInfo, parseDir } from "./master-file.ts";
import { parseDg16 } from "./persons.ts";
import { parseDg3 } from "./prints.ts";
import { parseCardAccess, parseDg14, parseSecurityInfos, type SecurityInfo } from "./security-infos.ts";
import { parseSecurityObject } from "./security-object.ts";

export interface FileDescription {
  readonly file: string;
  readonly bytes: number;
  readonly content: unknown;
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** Readers by the file's first tag. */
const readers: Readonly<Record<number, readonly [file: string, describe: (bytes: Uint8Array) => unknown]>> = {
  96: ["EF.COM", parseCom],
  97: ["DG1", parseDg1],
  117: ["DG2", (bytes) => parseDg2(bytes).map(({ data, ...face }) => ({ ...face, imageBytes: data.length }))],
  99: ["DG3", (bytes) => ({ templates: describeTemplates(bytes, "DG3"), prints: parseDg3(bytes).map(withoutPicture) })],
  118: [
    "DG4",
    (bytes) => ({ templates: describeTemplates(bytes, "DG4"), irises: parseDg4(bytes).map(withoutPicture) }),
  ],
  101: ["DG5", (bytes) => parseDisplayedImages("DG5", bytes).map((image) => ({ imageBytes: image.length }))],
  103: ["DG7", (bytes) => parseDisplayedImages("DG7", bytes).map((image) => ({ imageBytes: image.length }))],
  104: ["DG8", (bytes) => parseFeatures("DG8", bytes).map(hex)],
  105: ["DG9", (bytes) => parseFeatures("DG9", bytes).map(hex)],
  106: ["DG10", (bytes) => parseFeatures("DG10", bytes).map(hex)],
  107: ["DG11", (bytes) => withoutPictures(parseDetails("DG11", bytes))],
  108: ["DG12", (bytes) => withoutPictures(parseDetails("DG12", bytes))],
  109: ["DG13", (bytes) => ({ contentBytes: parseDg13(bytes).length })],
  110: ["DG14", (bytes) => parseDg14(bytes).map(describeInfo)],
  111: ["DG15", describeChipKey],
  112: ["DG16", parseDg16],
  119: ["EF.SOD", describeSecurityObject],
  49: ["EF.CardAccess", (bytes) => parseCardAccess(bytes).map(describeInfo)],
  48: ["EF.CardSecurity", describeCardSecurity],
  71: ["EF.ATR/INFO", parseAtrInfo],
  32614: ["EF.ATR/INFO", parseAtrInfo],
};

/** Throws `mrtd/tlv-malformed`, `mrtd/file-malformed` and what the file's own reader throws. */
export function inspectFile(bytes: Uint8Array): FileDescription {
  // A face record by itself, as tools take it out of DG2: the binary one, and the block whose tag is also DG5's.
  if (Buffer.from(bytes.subarray(0, 4)).equals(Buffer.from("FAC\0"))) {
    return { file: "ISO/IEC 19794-5", bytes: bytes.length, content: parseFaceRecord(bytes).map(withoutPicture) };
  }
  const node = parseTlvPrefix(bytes, { where: "file", ber: true });
  const { tag } = node;
  // EF.DIR begins with the tag that DG1 has.
  if (tag === 0x61 && node.children()[0]?.tag === 0x4f) {
    const content = parseDir(bytes).map(({ aid, label }) => ({ aid: hex(aid), ...(label !== undefined && { label }) }));
    return { file: "EF.DIR", bytes: bytes.length, content };
  }
  if (tag === 0x65 && node.children()[0]?.tag === 0xa0) {
    return { file: "ISO/IEC 39794-5", bytes: bytes.length, content: parseFaceBlock(bytes).map(withoutPicture) };
  }
  const certificate = tag === 0x30 ? describeCertificate(bytes) : undefined;
  if (certificate !== undefined) return certificate;
  const reader = readers[tag];
  if (reader !== undefined) return { file: reader[0], bytes: bytes.length, content: reader[1](bytes) };
  const number = dataGroupOfTag(tag);
  const file = number === undefined ? `tag ${tag.toString(16)}` : dataGroupName(number);
  return { file, bytes: bytes.length, content: null };
}

function describeTemplates(bytes: Uint8Array, file: "DG3" | "DG4") {
  return parseTemplates(bytes, file).map(({ data, ...template }) => ({ ...template, dataBytes: data.length }));
}

function withoutPicture<Picture extends { readonly data: Uint8Array }>({ data, ...rest }: Picture) {
  return { ...rest, imageBytes: data.length };
}

function describeChipKey(bytes: Uint8Array) {
  const key = parseTlv(bytes, { where: "DG15" }).expect(fileIdentities.DG15.tag!).at(0);
  const algorithm = readOid(key.at(0).at(0));
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey({
      key: Buffer.from(key.raw),
      format: "der",
      type: "spki",
    });
    const { modulusLength, namedCurve } = asymmetricKeyDetails ?? {};
    return { algorithm, type: asymmetricKeyType, ...(modulusLength ? { bits: modulusLength } : { curve: namedCurve }) };
  } catch {
    // A curve that this machine's OpenSSL has no name for: the identifier says what it is.
    return { algorithm, type: null };
  }
}

function withoutPictures(details: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? { imageBytes: value.length } : value,
    ]),
  );
}

function describeInfo({ protocol, required, optional }: SecurityInfo) {
  return { protocol, required: hex(required.raw), ...(optional && { optional: hex(optional.raw) }) };
}

function describeSecurityObject(bytes: Uint8Array) {
  const { signed, lds } = parseSecurityObject(bytes);
  return {
    version: lds.version,
    hash: lds.hash,
    ldsVersion: lds.ldsVersion ?? null,
    unicodeVersion: lds.unicodeVersion ?? null,
    dataGroups: Object.fromEntries([...lds.hashes].map(([number, hash]) => [dataGroupName(number), hex(hash)])),
    ...describeSigned(signed),
  };
}

/** What is no file of a chip and lies beside them: a country's or a signer's certificate. */
function describeCertificate(bytes: Uint8Array): FileDescription | undefined {
  try {
    const [content] = describeSigned({
      certificates: [new Certificate(bytes, { encoding: "ber" })],
      departures: new Set(),
    }).certificates;
    return { file: "certificate", bytes: bytes.length, content };
  } catch (error) {
    if (!isCoded(error)) throw error;
    return undefined;
  }
}

function describeCardSecurity(bytes: Uint8Array) {
  const signed = parseSignedData(bytes, "EF.CardSecurity");
  const infos = parseSecurityInfos(signed.content, "EF.CardSecurity").map(describeInfo);
  return { contentType: signed.contentType, infos, ...describeSigned(signed) };
}

function describeSigned(signed: Pick<SignedData, "certificates" | "departures">) {
  return {
    certificates: signed.certificates.map((certificate) => ({
      subject: certificate.subjectText,
      issuer: certificate.issuerText,
      serial: certificate.serialHex,
      notBefore: certificate.notBefore.toISOString(),
      notAfter: certificate.notAfter.toISOString(),
    })),
    departuresFromDer: [...signed.departures],
  };
}
