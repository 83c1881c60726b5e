/** Writes CMS SignedData with its content, its signer's certificate and signed attributes (RFC 5652 §5), in DER. */
import { createHash, type KeyObject } from "node:crypto";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { oids } from "../../crypto/certificate/oids.ts";
import { encodeSignedData } from "../../crypto/cms/sign-data.ts";
import { encode, objectIdentifier, octetString, sequence, setOf, time } from "../../crypto/der/writer.ts";
import { type SigningScheme, schemeOf, signWith } from "./sign.ts";

export interface SignedDataInput {
  readonly contentType: string;
  readonly content: Uint8Array;
  readonly certificate: Uint8Array;
  readonly privateKey: KeyObject;
  readonly scheme: SigningScheme;
  readonly signingTime: Date;
}

export function composeSignedData(input: SignedDataInput): Uint8Array {
  const certificate = new Certificate(input.certificate);
  const digest = createHash(input.scheme.hash).update(input.content).digest();
  const signedAttributes = encode(
    setOf(
      sequence(objectIdentifier(oids.contentType), setOf(objectIdentifier(input.contentType))),
      sequence(objectIdentifier(oids.messageDigest), setOf(octetString(digest))),
      sequence(objectIdentifier(oids.signingTime), setOf(time(input.signingTime))),
    ),
  );
  const signature = signWith(input.privateKey, input.scheme, signedAttributes);
  const scheme = schemeOf(input.privateKey, input.scheme);
  const made = { scheme, certificate, signedAttributes, signature };
  return encodeSignedData(input.contentType, input.content, [made], [certificate]);
}
