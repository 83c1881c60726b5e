/** Builds X.509 v3 certificates (RFC 5280 §4.1) for any key node:crypto signs with: authorities, booths, servers, and document signers. */
import { Buffer } from "node:buffer";
import {
  bitString,
  boolean,
  contextConstructed,
  type DerValue,
  encode,
  integer,
  objectIdentifier,
  octetString,
  printableString,
  raw,
  sequence,
  setOf,
  time,
  unsignedInteger,
  utf8String,
} from "../der/writer.ts";
import { Certificate } from "./certificate.ts";
import { oids } from "./oids.ts";
import { type SignatureScheme, type Signer, signatureAlgorithm } from "./signature.ts";

/** A distinguished name, most general attribute first. A country is a PrintableString, everything else UTF-8. */
export type Name = readonly (readonly [oid: string, value: string])[];

export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: DerValue;
  /** The whole of it, where it was encoded before (`prepared`). */
  readonly encoded?: DerValue;
}

export interface CertificateFields {
  /** Up to 20 bytes, the first below 0x80 and the whole not zero (RFC 5280 §4.1.2.2). */
  readonly serialNumber: Uint8Array;
  /** The issuer's name, as DER (`issuer.subject` of its certificate). */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SubjectPublicKeyInfo as DER. */
  readonly publicKeyInfo: Uint8Array;
  readonly extensions: readonly Extension[];
}

export function encodeName(name: Name): Uint8Array {
  const attribute = ([oid, value]: Name[number]) =>
    setOf(sequence(objectIdentifier(oid), oid === oids.country ? printableString(value) : utf8String(value)));
  return encode(sequence(...name.map(attribute)));
}

/** Signs a certificate with its issuer's key. */
export async function buildCertificate(fields: CertificateFields, issuer: Signer): Promise<Certificate> {
  const body = certificateBody(fields, issuer.scheme);
  return new Certificate(encodeCertificate(body, issuer.scheme, await issuer.sign(body)));
}

/** What of a certificate is signed (TBSCertificate). */
export function certificateBody(fields: CertificateFields, scheme: SignatureScheme): Uint8Array {
  return encode(
    sequence(
      contextConstructed(0, integer(2)),
      unsignedInteger(fields.serialNumber),
      signatureAlgorithm(scheme),
      raw(fields.issuer),
      sequence(time(fields.notBefore), time(fields.notAfter)),
      raw(fields.subject),
      raw(fields.publicKeyInfo),
      ...(fields.extensions.length ? [contextConstructed(3, sequence(...fields.extensions.map(encodeExtension)))] : []),
    ),
  );
}

/** A body (of a certificate or a revocation list) with its signature. */
export const encodeCertificate = (body: Uint8Array, scheme: SignatureScheme, signature: Uint8Array): Uint8Array =>
  encode(sequence(raw(body), signatureAlgorithm(scheme), bitString(signature)));

export function encodeExtension(extension: Extension): DerValue {
  if (extension.encoded) return extension.encoded;
  const critical = extension.critical ? [boolean(true)] : [];
  return sequence(objectIdentifier(extension.oid), ...critical, octetString(encode(extension.value)));
}

/** An extension that comes in every certificate of a kind: encoded once. */
export const prepared = (extension: Extension): Extension => ({
  ...extension,
  encoded: raw(encode(encodeExtension(extension))),
});

/** A positive serial number of 16 bytes from 16 random ones: the top bits are set so that it is never short or negative. */
export function serialNumberFrom(random: Uint8Array): Uint8Array {
  const serial = Buffer.from(random.subarray(0, 16));
  serial[0] = (serial[0]! & 0x3f) | 0x40;
  return serial;
}
