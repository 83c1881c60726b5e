/** EF.SOD (9303-10 §4.6.2): the document signer's signature over the hash of every data group. */
import { type Digest, digestOf, digestOids } from "../../crypto/certificate/signature.ts";
import { asDocument, assertContentType, parseSignedData, type SignedData } from "../cms/signed-data.ts";
import { derTag, integer, octetString, oid, printableString, readOid, readSmallInteger, sequence } from "../tlv/der.ts";
import { parseTlv } from "../tlv/node.ts";
import { type DataGroupNumber, dataGroupNumbers } from "./file.ts";

const tag = { file: 0x77 } as const;

/** id-icao-mrtd-security-ldsSecurityObject. */
export const ldsSecurityObjectOid = "2.23.136.1.1.1";
/** What documents of the first years had instead: the Netherlands' specimens among them, and those made by the draft of 2004. */
const earlySecurityObjectOids = ["1.2.528.1.1006.1.20.1", "1.3.27.1.1.1"];

export interface LdsSecurityObject {
  readonly version: number;
  readonly hash: Digest;
  readonly hashes: ReadonlyMap<DataGroupNumber, Uint8Array>;
  /** Version 1 only. */
  readonly ldsVersion?: string;
  readonly unicodeVersion?: string;
}

export interface SecurityObject {
  readonly signed: SignedData;
  readonly lds: LdsSecurityObject;
}

/** Reads EF.SOD without checking anything. Throws `mrtd/tlv-malformed`, `mrtd/content-type-wrong`, `proof/algorithm-unknown`. */
export function parseSecurityObject(bytes: Uint8Array): SecurityObject {
  const file = parseTlv(bytes, { where: "EF.SOD", ber: true }).expect(tag.file);
  const signed = parseSignedData(file.at(0).raw, "EF.SOD");
  assertContentType(signed, "EF.SOD", ldsSecurityObjectOid, ...earlySecurityObjectOids);
  return { signed, lds: parseLds(signed.content) };
}

function parseLds(bytes: Uint8Array): LdsSecurityObject {
  const node = parseTlv(bytes, { where: "EF.SOD LDSSecurityObject", ber: true }).expect(derTag.sequence);
  const hashes = new Map<DataGroupNumber, Uint8Array>();
  for (const item of node.at(2, derTag.sequence).children()) {
    const number = readSmallInteger(item.at(0)) as DataGroupNumber;
    if (!dataGroupNumbers.includes(number)) item.fail("data-group-number");
    if (hashes.has(number)) item.fail("data-group-doubled");
    hashes.set(number, item.at(1, derTag.octetString).value);
  }
  const versions = node.children()[3]?.expect(derTag.sequence);
  const text = (value: Uint8Array) => new TextDecoder("latin1").decode(value);
  return {
    version: readSmallInteger(node.at(0)),
    hash: asDocument("EF.SOD", () => digestOf(readOid(node.at(1, derTag.sequence).at(0)))),
    hashes,
    ...(versions && { ldsVersion: text(versions.at(0).value), unicodeVersion: text(versions.at(1).value) }),
  };
}

/** Writes the LDSSecurityObject that is to be signed; version 1 when it names versions, else 0. */
export function composeLds(lds: Omit<LdsSecurityObject, "version">): Uint8Array {
  const { ldsVersion, unicodeVersion } = lds;
  const versioned = ldsVersion !== undefined && unicodeVersion !== undefined;
  return sequence(
    integer(versioned ? 1 : 0),
    sequence(oid(digestOids[lds.hash])),
    sequence(
      ...[...lds.hashes]
        .sort(([a], [b]) => a - b)
        .map(([number, hash]) => sequence(integer(number), octetString(hash))),
    ),
    ...(versioned ? [sequence(printableString(ldsVersion), printableString(unicodeVersion))] : []),
  );
}
