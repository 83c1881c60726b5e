/** Signs what a test country or an issuing service signs: certificates, security objects, lists. */
import { constants, type KeyObject, sign } from "node:crypto";
import { p256 } from "@noble/curves/nist.js";
import type { ShaDigest, SignatureScheme } from "../../crypto/certificate/signature.ts";

export interface SigningScheme {
  readonly hash: ShaDigest;
  /** RSA keys only. */
  readonly pss?: boolean;
}

const hashLength: Readonly<Record<ShaDigest, number>> = { sha1: 20, sha224: 28, sha256: 32, sha384: 48, sha512: 64 };

/** The scheme of a signature by this key. */
export function schemeOf(key: KeyObject, { hash, pss }: SigningScheme): SignatureScheme {
  if (key.asymmetricKeyType === "ec") return { kind: "ecdsa", digest: hash };
  return pss ? { kind: "rsa-pss", digest: hash, saltLength: hashLength[hash] } : { kind: "rsa", digest: hash };
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
