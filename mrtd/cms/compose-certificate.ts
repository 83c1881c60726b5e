/** Writes the certificates of a test country: country signing, document signer (9303-12 §7.1), in DER. */
import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import {
  bitString,
  derBoolean,
  derTag,
  integer,
  octetString,
  oid,
  printableString,
  readBitString,
  sequence,
  setOf,
  time,
  utf8String,
} from "../tlv/der.ts";
import { parseTlv } from "../tlv/node.ts";
import { tlv } from "../tlv/write.ts";
import { Certificate } from "./certificate.ts";
import { type SigningScheme, signatureAlgorithm, signWith } from "./sign.ts";

export interface DistinguishedName {
  /** Two letters, upper case. */
  readonly country: string;
  readonly organization: string;
  readonly commonName: string;
}

export interface CertificateInput {
  readonly subject: DistinguishedName;
  readonly serial: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** The key that is certified. */
  readonly key: KeyObject;
  readonly role: "country-signing" | "document-signer";
  /** Absent: signed by its own key. */
  readonly issuer?: { readonly certificate: Uint8Array; readonly privateKey: KeyObject };
  readonly scheme: SigningScheme;
}

/** `key` is a private key; its public half goes into the certificate. */
export function composeCertificate(input: CertificateInput): Uint8Array {
  const signingKey = input.issuer?.privateKey ?? input.key;
  const algorithm = signatureAlgorithm(signingKey, input.scheme);
  const spki = new Uint8Array(createPublicKey(input.key).export({ format: "der", type: "spki" }));
  const issuer = input.issuer && new Certificate(input.issuer.certificate);
  const subject = composeName(input.subject);
  const tbs = sequence(
    tlv(0xa0, integer(2)),
    integer(input.serial),
    algorithm,
    issuer?.subject.raw ?? subject,
    sequence(time(input.notBefore), time(input.notAfter)),
    subject,
    spki,
    tlv(0xa3, sequence(...extensions(input, spki, issuer))),
  );
  return sequence(tbs, algorithm, bitString(signWith(signingKey, input.scheme, tbs)));
}

function extensions(input: CertificateInput, spki: Uint8Array, issuer: Certificate | undefined): Uint8Array[] {
  const ownKey = keyIdentifier(spki);
  const extension = (id: string, critical: boolean, value: Uint8Array) =>
    sequence(oid(id), ...(critical ? [derBoolean(true)] : []), octetString(value));
  const common = [
    extension("2.5.29.35", false, sequence(tlv(0x80, issuer?.subjectKeyIdentifier ?? ownKey))),
    extension("2.5.29.14", false, octetString(ownKey)),
  ];
  if (input.role === "country-signing") {
    const certSignAndCrlSign = tlv(derTag.bitString, Uint8Array.of(1, 0x06));
    return [
      ...common,
      extension("2.5.29.15", true, certSignAndCrlSign),
      extension("2.5.29.19", true, sequence(derBoolean(true), integer(0))),
    ];
  }
  const digitalSignature = tlv(derTag.bitString, Uint8Array.of(7, 0x80));
  // 9303-12 §7.1.1: the list of document types that this signer signs.
  const documentTypes = sequence(integer(0), setOf(printableString("P")));
  return [
    ...common,
    extension("2.5.29.15", true, digitalSignature),
    extension("2.23.136.1.1.6.2", false, documentTypes),
  ];
}

/** RFC 5280 §4.2.1.2 (1): SHA-1 over the key's bits. */
function keyIdentifier(spki: Uint8Array): Uint8Array {
  const bits = readBitString(parseTlv(spki, { where: "key" }).at(1));
  return new Uint8Array(createHash("sha1").update(bits).digest());
}

function composeName(name: DistinguishedName): Uint8Array {
  const part = (id: string, text: Uint8Array) => setOf(sequence(oid(id), text));
  return sequence(
    part("2.5.4.6", printableString(name.country)),
    part("2.5.4.10", utf8String(name.organization)),
    part("2.5.4.3", utf8String(name.commonName)),
  );
}
