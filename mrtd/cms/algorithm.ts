/** Hash and signature algorithms of security objects, certificates and revocation lists, by object identifier, checked by node:crypto. */
import { constants, createPublicKey, type KeyObject, verify } from "node:crypto";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { readOid, readSmallInteger } from "../tlv/der.ts";
import type { TlvNode } from "../tlv/node.ts";

/** Hash names as node:crypto takes them. */
export type HashName = "sha1" | "sha224" | "sha256" | "sha384" | "sha512";

export const hashOids: Readonly<Record<HashName, string>> = {
  sha1: "1.3.14.3.2.26",
  sha224: "2.16.840.1.101.3.4.2.4",
  sha256: "2.16.840.1.101.3.4.2.1",
  sha384: "2.16.840.1.101.3.4.2.2",
  sha512: "2.16.840.1.101.3.4.2.3",
};

/** How a signature was made, whatever the key. */
export interface SignatureScheme {
  readonly kind: "rsa-pkcs1" | "rsa-pss" | "ecdsa" | "ecdsa-plain";
  readonly hash: HashName;
  /** RSASSA-PSS only, bytes. */
  readonly saltLength?: number;
}

const schemes: Readonly<Record<string, SignatureScheme>> = {
  "1.2.840.113549.1.1.5": { kind: "rsa-pkcs1", hash: "sha1" },
  "1.2.840.113549.1.1.14": { kind: "rsa-pkcs1", hash: "sha224" },
  "1.2.840.113549.1.1.11": { kind: "rsa-pkcs1", hash: "sha256" },
  "1.2.840.113549.1.1.12": { kind: "rsa-pkcs1", hash: "sha384" },
  "1.2.840.113549.1.1.13": { kind: "rsa-pkcs1", hash: "sha512" },
  "1.2.840.10045.4.1": { kind: "ecdsa", hash: "sha1" },
  "1.2.840.10045.4.3.1": { kind: "ecdsa", hash: "sha224" },
  "1.2.840.10045.4.3.2": { kind: "ecdsa", hash: "sha256" },
  "1.2.840.10045.4.3.3": { kind: "ecdsa", hash: "sha384" },
  "1.2.840.10045.4.3.4": { kind: "ecdsa", hash: "sha512" },
  // BSI TR-03111 §5.2.1: r ‖ s instead of a DER sequence.
  "0.4.0.127.0.7.1.1.4.1.1": { kind: "ecdsa-plain", hash: "sha1" },
  "0.4.0.127.0.7.1.1.4.1.2": { kind: "ecdsa-plain", hash: "sha224" },
  "0.4.0.127.0.7.1.1.4.1.3": { kind: "ecdsa-plain", hash: "sha256" },
  "0.4.0.127.0.7.1.1.4.1.4": { kind: "ecdsa-plain", hash: "sha384" },
  "0.4.0.127.0.7.1.1.4.1.5": { kind: "ecdsa-plain", hash: "sha512" },
};

const rsaEncryption = "1.2.840.113549.1.1.1";
const rsaPss = "1.2.840.113549.1.1.10";
const mgf1 = "1.2.840.113549.1.1.8";
const ecPublicKey = "1.2.840.10045.2.1";

/** The hash named by an AlgorithmIdentifier; throws `proof/algorithm-unknown`. */
export function readHash(algorithm: TlvNode): HashName {
  const id = readOid(algorithm.at(0));
  const found = (Object.keys(hashOids) as HashName[]).find((name) => hashOids[name] === id);
  if (found === undefined) throw new KabinaError("proof/algorithm-unknown", { algorithm: id });
  return found;
}

/**
 * The scheme named by a signature's AlgorithmIdentifier. Where it names only the key type (`rsaEncryption`, seen also for EC keys), the
 * hash comes from the signer's digest algorithm. Throws `proof/algorithm-unknown`.
 */
export function readSignatureScheme(algorithm: TlvNode, digest?: HashName): SignatureScheme {
  const id = readOid(algorithm.at(0));
  const known = schemes[id];
  if (known !== undefined) return known;
  if (id === rsaEncryption && digest !== undefined) return { kind: "rsa-pkcs1", hash: digest };
  if (id === ecPublicKey && digest !== undefined) return { kind: "ecdsa", hash: digest };
  if (id === rsaPss) return readPss(algorithm.children()[1]);
  throw new KabinaError("proof/algorithm-unknown", { algorithm: id });
}

/** RSASSA-PSS-params (RFC 4055 §3.1); what is absent has its default. The mask's hash must be the message's: node:crypto sets both. */
function readPss(parameters: TlvNode | undefined): SignatureScheme {
  let hash: HashName = "sha1";
  let maskHash: HashName = "sha1";
  let saltLength = 20;
  for (const field of parameters?.tag === 0x30 ? parameters.children() : []) {
    if (field.tag === 0xa0) hash = readHash(field.at(0));
    else if (field.tag === 0xa1) {
      if (readOid(field.at(0).at(0)) !== mgf1) field.fail("mask-generation");
      maskHash = readHash(field.at(0).at(1));
    } else if (field.tag === 0xa2) saltLength = readSmallInteger(field.at(0));
    else if (field.tag !== 0xa3) field.fail("pss-parameter");
  }
  if (hash !== maskHash)
    throw new KabinaError("proof/algorithm-unknown", { algorithm: `PSS ${hash} with MGF1 ${maskHash}` });
  return { kind: "rsa-pss", hash, saltLength };
}

/** A public key out of a SubjectPublicKeyInfo; throws `proof/key-unreadable`. */
export function readPublicKey(spki: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
  } catch (error) {
    throw new KabinaError("proof/key-unreadable", {}, { cause: error });
  }
}

/** Does this signature verify? A key of the wrong kind is a "no", not an error. */
export function verifySignature(
  scheme: SignatureScheme,
  key: KeyObject,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const rsa = key.asymmetricKeyType === "rsa" || key.asymmetricKeyType === "rsa-pss";
  if (scheme.kind.startsWith("rsa") !== rsa) return false;
  if (!rsa && key.asymmetricKeyType !== "ec") return false;
  try {
    return verify(scheme.hash, data, verifyOptions(scheme, key), signature);
  } catch {
    return false;
  }
}

function verifyOptions(scheme: SignatureScheme, key: KeyObject) {
  if (scheme.kind === "rsa-pss") {
    return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: scheme.saltLength ?? 20 };
  }
  if (scheme.kind === "rsa-pkcs1") return { key, padding: constants.RSA_PKCS1_PADDING };
  return { key, dsaEncoding: scheme.kind === "ecdsa" ? ("der" as const) : ("ieee-p1363" as const) };
}
