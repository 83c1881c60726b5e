/** Signs what a test country or an issuing service signs: certificates, security objects, lists. */
import { constants, type KeyObject, sign } from "node:crypto";
import { p256 } from "@noble/curves/nist.js";
import { derNull, integer, oid, sequence } from "../tlv/der.ts";
import { tlv } from "../tlv/write.ts";
import { type HashName, hashOids } from "./algorithm.ts";

export interface SigningScheme {
  readonly hash: HashName;
  /** RSA keys only. */
  readonly pss?: boolean;
}

const ecdsa: Readonly<Record<HashName, string>> = {
  sha1: "1.2.840.10045.4.1",
  sha224: "1.2.840.10045.4.3.1",
  sha256: "1.2.840.10045.4.3.2",
  sha384: "1.2.840.10045.4.3.3",
  sha512: "1.2.840.10045.4.3.4",
};
const rsaPkcs1: Readonly<Record<HashName, string>> = {
  sha1: "1.2.840.113549.1.1.5",
  sha224: "1.2.840.113549.1.1.14",
  sha256: "1.2.840.113549.1.1.11",
  sha384: "1.2.840.113549.1.1.12",
  sha512: "1.2.840.113549.1.1.13",
};
const hashLength: Readonly<Record<HashName, number>> = { sha1: 20, sha224: 28, sha256: 32, sha384: 48, sha512: 64 };

/** AlgorithmIdentifier of a hash. */
export const hashAlgorithm = (hash: HashName) => sequence(oid(hashOids[hash]));

/** AlgorithmIdentifier of a signature by this key. */
export function signatureAlgorithm(key: KeyObject, scheme: SigningScheme): Uint8Array {
  if (key.asymmetricKeyType === "ec") return sequence(oid(ecdsa[scheme.hash]));
  if (!scheme.pss) return sequence(oid(rsaPkcs1[scheme.hash]), derNull());
  const hash = sequence(oid(hashOids[scheme.hash]), derNull());
  return sequence(
    oid("1.2.840.113549.1.1.10"),
    sequence(
      tlv(0xa0, hash),
      tlv(0xa1, sequence(oid("1.2.840.113549.1.1.8"), hash)),
      tlv(0xa2, integer(hashLength[scheme.hash])),
    ),
  );
}

/**
 * Signs. On P-256 with SHA-256 the signature is deterministic (RFC 6979), so that a synthetic document is the same bytes each time it is
 * made from the same seed; other keys sign with node:crypto's own randomness.
 */
export function signWith(key: KeyObject, scheme: SigningScheme, data: Uint8Array): Uint8Array {
  if (key.asymmetricKeyType === "ec") {
    if (key.asymmetricKeyDetails?.namedCurve === "prime256v1" && scheme.hash === "sha256") {
      const secret = Buffer.from(key.export({ format: "jwk" }).d!, "base64url");
      return p256.sign(data, secret, { format: "der", lowS: false });
    }
    return new Uint8Array(sign(scheme.hash, data, key));
  }
  const padding = scheme.pss ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  return new Uint8Array(sign(scheme.hash, data, { key, padding, saltLength: hashLength[scheme.hash] }));
}
