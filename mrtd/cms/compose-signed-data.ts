/** Writes CMS SignedData with its content, its signer's certificate and signed attributes (RFC 5652 §5), in DER. */
import { createHash, type KeyObject } from "node:crypto";
import { derTag, integer, octetString, oid, sequence, setOf, time } from "../tlv/der.ts";
import { tlv } from "../tlv/write.ts";
import { Certificate } from "./certificate.ts";
import { hashAlgorithm, type SigningScheme, signatureAlgorithm, signWith } from "./sign.ts";

export interface SignedDataInput {
  readonly contentType: string;
  readonly content: Uint8Array;
  readonly certificate: Uint8Array;
  readonly privateKey: KeyObject;
  readonly scheme: SigningScheme;
  readonly signingTime: Date;
}

export function composeSignedData(input: SignedDataInput): Uint8Array {
  const { hash } = input.scheme;
  const signer = new Certificate(input.certificate);
  const digest = createHash(hash).update(input.content).digest();
  const attributes = setOf(
    sequence(oid("1.2.840.113549.1.9.3"), setOf(oid(input.contentType))),
    sequence(oid("1.2.840.113549.1.9.4"), setOf(octetString(digest))),
    sequence(oid("1.2.840.113549.1.9.5"), setOf(time(input.signingTime))),
  );
  const signature = signWith(input.privateKey, input.scheme, attributes);
  const implicitAttributes = Uint8Array.from(attributes);
  implicitAttributes[0] = 0xa0;
  return sequence(
    oid("1.2.840.113549.1.7.2"),
    tlv(
      0xa0,
      sequence(
        integer(3),
        setOf(hashAlgorithm(hash)),
        sequence(oid(input.contentType), tlv(0xa0, octetString(input.content))),
        tlv(0xa0, input.certificate),
        setOf(
          sequence(
            integer(1),
            sequence(signer.issuer.raw, tlv(derTag.integer, signer.serial)),
            hashAlgorithm(hash),
            implicitAttributes,
            signatureAlgorithm(input.privateKey, input.scheme),
            octetString(signature),
          ),
        ),
      ),
    ),
  );
}
