/**
 * CMS SignedData (RFC 5652 §5) as EF.SOD, EF.CardSecurity and master lists use it: read and checked. It takes the BER that some issuers
 * write (indefinite and long-form lengths, octet strings in pieces) and says where.
 */
import { createHash } from "node:crypto";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { derTag, equalBytes, readOid, setOf } from "../tlv/der.ts";
import { documentLimits, type TlvLimits } from "../tlv/limits.ts";
import { parseTlv, type TlvNode } from "../tlv/node.ts";
import { concat, encodeLength } from "../tlv/write.ts";
import { type HashName, readHash, readSignatureScheme, verifySignature } from "./algorithm.ts";
import { Certificate } from "./certificate.ts";
import { sameName } from "./name.ts";

const oids = {
  signedData: "1.2.840.113549.1.7.2",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingTime: "1.2.840.113549.1.9.5",
} as const;

export interface Signer {
  /** Issuer and serial number, or subject key identifier. */
  readonly issuer: TlvNode | undefined;
  readonly serial: Uint8Array | undefined;
  readonly keyIdentifier: Uint8Array | undefined;
  readonly digest: HashName;
  readonly signatureAlgorithm: TlvNode;
  readonly signature: Uint8Array;
  /** `[0]`, as encoded. */
  readonly signedAttributes: TlvNode | undefined;
}

export interface SignedData {
  readonly contentType: string;
  readonly content: Uint8Array;
  readonly certificates: readonly Certificate[];
  readonly signers: readonly Signer[];
  /** Where the encoding is BER and not DER. */
  readonly departures: readonly string[];
}

/** Reads a ContentInfo that holds SignedData with its content. Throws `mrtd/tlv-malformed`, `proof/algorithm-unknown`. */
export function parseSignedData(bytes: Uint8Array, where: string, limits: TlvLimits = documentLimits): SignedData {
  const departures = new Set<string>();
  const onDeparture = (departure: string) => departures.add(departure);
  const info = parseTlv(bytes, { where, ber: true, limits, onDeparture }).expect(derTag.sequence);
  if (readOid(info.at(0)) !== oids.signedData) info.fail("not-signed-data");
  const signed = info.at(1, 0xa0).at(0, derTag.sequence);
  signed.at(0, derTag.integer);
  signed.at(1, derTag.set);
  const encapsulated = signed.at(2, derTag.sequence);
  const rest = signed.children().slice(3);
  const certificates = rest.find((field) => field.tag === 0xa0)?.children() ?? [];
  const signers = rest.at(-1);
  if (signers === undefined || signers.tag !== derTag.set) return signed.fail("signers-missing");
  return {
    contentType: readOid(encapsulated.at(0)),
    content: readOctets(encapsulated.at(1, 0xa0).at(0), onDeparture),
    // RFC 5652 §10.2.2 allows attribute certificates and others beside; passports have none, and they prove nothing here.
    certificates: certificates
      .filter((node) => node.tag === derTag.sequence)
      .map((node) => new Certificate(node.raw, where)),
    signers: signers.children().map(readSigner),
    departures: [...departures],
  };
}

function readSigner(node: TlvNode): Signer {
  node.expect(derTag.sequence);
  const identifier = node.at(1);
  const byName = identifier.tag === derTag.sequence;
  const attributes = node.at(3).tag === 0xa0 ? node.at(3) : undefined;
  const next = attributes === undefined ? 3 : 4;
  return {
    issuer: byName ? identifier.at(0, derTag.sequence) : undefined,
    serial: byName ? identifier.at(1, derTag.integer).value : undefined,
    keyIdentifier: byName ? undefined : identifier.expect(0x80).value,
    digest: readHash(node.at(2, derTag.sequence)),
    signedAttributes: attributes,
    signatureAlgorithm: node.at(next, derTag.sequence),
    signature: node.at(next + 1, derTag.octetString).value,
  };
}

/**
 * The signer's certificate among those at hand. Malaysia writes the issuer's name in the other order in the two places; there the
 * serial number alone decides, and the signature shows whether it was the right one.
 */
export function certificateOf(signer: Signer, certificates: readonly Certificate[]): Certificate | undefined {
  const { issuer, serial, keyIdentifier } = signer;
  if (keyIdentifier !== undefined) {
    return certificates.find(({ subjectKeyIdentifier: id }) => id !== undefined && equalBytes(id, keyIdentifier));
  }
  const bySerial = certificates.filter((certificate) => equalBytes(certificate.serial, serial!));
  const byName = bySerial.find((certificate) => sameName(certificate.issuer, issuer!));
  return byName ?? (bySerial.length === 1 ? bySerial[0] : undefined);
}

/**
 * Checks one signer's signature (RFC 5652 §5.4, §5.6): signed attributes, when there are any, must name this content's type and
 * digest. Returns the code of what is wrong, or undefined. Throws `proof/algorithm-unknown`, `proof/key-unreadable`, `mrtd/tlv-malformed`.
 */
export function signatureFault(data: SignedData, signer: Signer, certificate: Certificate): string | undefined {
  const scheme = readSignatureScheme(signer.signatureAlgorithm, signer.digest);
  const verifies = (bytes: Uint8Array) => verifySignature(scheme, certificate.key, bytes, signer.signature);
  const attributes = signer.signedAttributes;
  if (attributes === undefined) return verifies(data.content) ? undefined : "proof/signature-wrong";

  const digest = createHash(signer.digest).update(data.content).digest();
  if (!equalBytes(attribute(attributes, oids.messageDigest).expect(derTag.octetString).value, digest)) {
    return "proof/signed-digest-wrong";
  }
  if (readOid(attribute(attributes, oids.contentType)) !== data.contentType) return "proof/signed-content-type-wrong";
  // What is signed is the DER SET OF; issuers that do not sort have signed their own order.
  const asWritten = concat(Uint8Array.of(derTag.set), encodeLength(attributes.value.length), attributes.value);
  if (verifies(asWritten)) return undefined;
  return verifies(setOf(...attributes.children().map((node) => node.raw))) ? undefined : "proof/signature-wrong";
}

/** The only value of an attribute that must be there once (RFC 5652 §11.1, §11.2). */
function attribute(attributes: TlvNode, id: string): TlvNode {
  const found = attributes.children().filter((node) => readOid(node.at(0)) === id);
  if (found.length !== 1) return attributes.fail(`attribute-${id}`);
  const values = found[0]!.at(1, derTag.set).children();
  return values.length === 1 ? values[0]! : attributes.fail(`attribute-${id}`);
}

function readOctets(node: TlvNode, onDeparture: (departure: string) => void): Uint8Array {
  if (node.tag === derTag.octetString) return node.value;
  if (node.tag !== 0x24) return node.fail("octet-string");
  onDeparture("octet-string-in-pieces");
  return concat(...node.children().map((piece) => readOctets(piece, onDeparture)));
}

/** Refuses content of another type than the one expected. */
export function assertContentType(data: SignedData, where: string, ...allowed: readonly string[]): void {
  if (!allowed.includes(data.contentType)) {
    throw new KabinaError("mrtd/content-type-wrong", { where, contentType: data.contentType });
  }
}
