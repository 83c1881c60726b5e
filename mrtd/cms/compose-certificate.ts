/** Writes the certificates of a test country: country signing, document signer (9303-12 §7.1), in DER. */
import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { certificateBody, type Extension, encodeCertificate, encodeName } from "../../crypto/certificate/builder.ts";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import {
  authorityKeyIdentifier,
  basicConstraints,
  keyUsage,
  subjectKeyIdentifier,
} from "../../crypto/certificate/extensions.ts";
import { oids } from "../../crypto/certificate/oids.ts";
import { readDer } from "../../crypto/der/reader.ts";
import { integer, printableString, sequence, setOf } from "../../crypto/der/writer.ts";
import { type SigningScheme, schemeOf, signWith } from "./sign.ts";

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

/** id-icao-mrtd-security-extensions-documentTypeList. */
const documentTypeList = "2.23.136.1.1.6.2";

/** `key` is a private key; its public half goes into the certificate. */
export function composeCertificate(input: CertificateInput): Uint8Array {
  const signingKey = input.issuer?.privateKey ?? input.key;
  const scheme = schemeOf(signingKey, input.scheme);
  const publicKeyInfo = new Uint8Array(createPublicKey(input.key).export({ format: "der", type: "spki" }));
  const issuer = input.issuer && new Certificate(input.issuer.certificate);
  const subject = encodeName([
    [oids.country, input.subject.country],
    [oids.organization, input.subject.organization],
    [oids.commonName, input.subject.commonName],
  ]);
  const body = certificateBody(
    {
      serialNumber: input.serial,
      issuer: issuer?.subject ?? subject,
      subject,
      notBefore: input.notBefore,
      notAfter: input.notAfter,
      publicKeyInfo,
      extensions: extensions(input, publicKeyInfo, issuer),
    },
    scheme,
  );
  return encodeCertificate(body, scheme, signWith(signingKey, input.scheme, body));
}

function extensions(input: CertificateInput, spki: Uint8Array, issuer: Certificate | undefined): Extension[] {
  const ownKey = keyIdentifier(spki);
  const common = [authorityKeyIdentifier(issuer?.subjectKeyIdentifier ?? ownKey), subjectKeyIdentifier(ownKey)];
  if (input.role === "country-signing") return [...common, keyUsage("keyCertSign", "cRLSign"), basicConstraints(0)];
  // 9303-12 §7.1.1: the list of document types that this signer signs.
  const documentTypes = sequence(integer(0), setOf(printableString("P")));
  return [...common, keyUsage("digitalSignature"), { oid: documentTypeList, critical: false, value: documentTypes }];
}

/** RFC 5280 §4.2.1.2 (1): SHA-1 over the key's bits. */
function keyIdentifier(spki: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha1").update(readDer(spki).child(1).bits()).digest());
}
