/** Signature algorithms of certificates and CMS: their AlgorithmIdentifiers, and how node:crypto makes and checks them. */
import { constants, type KeyObject, verify } from "node:crypto";
import type { DerElement } from "../der/reader.ts";
import { tags } from "../der/tags.ts";
import { contextConstructed, type DerValue, integer, nullValue, objectIdentifier, sequence } from "../der/writer.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { oids } from "./oids.ts";

export type Digest = "sha1" | "sha224" | "sha256" | "sha384" | "sha512";

/** How a signature is made: the digest, and for RSA the padding. */
export interface SignatureScheme {
  readonly kind: "ecdsa" | "rsa" | "rsa-pss";
  readonly digest: Digest;
  /** Bytes; RSA-PSS only. */
  readonly saltLength?: number;
}

/** Makes a signature over bytes under a scheme; what certificates and messages are signed with. */
export interface Signer {
  readonly scheme: SignatureScheme;
  sign(data: Uint8Array): Promise<Uint8Array>;
}

const digestOids: Record<Digest, string> = {
  sha1: oids.sha1,
  sha224: oids.sha224,
  sha256: oids.sha256,
  sha384: oids.sha384,
  sha512: oids.sha512,
};
const ecdsaOids: Record<Digest, string> = {
  sha1: oids.ecdsaWithSha1,
  sha224: oids.ecdsaWithSha224,
  sha256: oids.ecdsaWithSha256,
  sha384: oids.ecdsaWithSha384,
  sha512: oids.ecdsaWithSha512,
};
const rsaOids: Record<Digest, string> = {
  sha1: oids.sha1WithRsa,
  sha224: oids.sha224WithRsa,
  sha256: oids.sha256WithRsa,
  sha384: oids.sha384WithRsa,
  sha512: oids.sha512WithRsa,
};
const named = (table: Record<Digest, string>) => new Map(Object.entries(table).map(([k, v]) => [v, k as Digest]));
const digestsByOid = named(digestOids);
const ecdsaByOid = named(ecdsaOids);
const rsaByOid = named(rsaOids);

/** The digest of an AlgorithmIdentifier. Throws `signature/algorithm-unknown`. */
export function readDigest(algorithm: DerElement): Digest {
  const oid = algorithm.expect(tags.sequence).child(0).oid();
  const digest = digestsByOid.get(oid);
  if (!digest) throw new KabinaError("signature/algorithm-unknown", { oid });
  return digest;
}

export const digestAlgorithm = (digest: Digest): DerValue => sequence(objectIdentifier(digestOids[digest]));

/**
 * The scheme of a signature's AlgorithmIdentifier. CMS names a bare key type (`rsaEncryption`, `ecPublicKey`) where the digest
 * stands elsewhere: that digest comes in. Throws `signature/algorithm-unknown`.
 */
export function readScheme(algorithm: DerElement, messageDigest?: Digest): SignatureScheme {
  const oid = algorithm.expect(tags.sequence).child(0).oid();
  const ecdsa = ecdsaByOid.get(oid);
  if (ecdsa) return { kind: "ecdsa", digest: ecdsa };
  const rsa = rsaByOid.get(oid);
  if (rsa) return { kind: "rsa", digest: rsa };
  if (oid === oids.rsaPss) return readPss(algorithm.child(1, tags.sequence));
  if (oid === oids.rsaEncryption && messageDigest) return { kind: "rsa", digest: messageDigest };
  if (oid === oids.ecPublicKey && messageDigest) return { kind: "ecdsa", digest: messageDigest };
  throw new KabinaError("signature/algorithm-unknown", { oid });
}

/** RFC 4055 §3.1: defaults are SHA-1, MGF1 with SHA-1, 20 bytes of salt; the mask's digest must be the message's. */
function readPss(parameters: DerElement): SignatureScheme {
  let digest: Digest = "sha1";
  let maskDigest: Digest = "sha1";
  let saltLength = 20;
  for (const field of parameters.children) {
    if (field.tag === 0xa0) digest = readDigest(field.child(0));
    else if (field.tag === 0xa1) maskDigest = readDigest(field.child(0, tags.sequence).child(1));
    else if (field.tag === 0xa2) saltLength = field.child(0).smallInteger();
  }
  if (digest !== maskDigest) throw new KabinaError("signature/algorithm-unknown", { oid: oids.rsaPss });
  return { kind: "rsa-pss", digest, saltLength };
}

/** The AlgorithmIdentifier of a scheme. */
export function signatureAlgorithm(scheme: SignatureScheme): DerValue {
  if (scheme.kind === "ecdsa") return sequence(objectIdentifier(ecdsaOids[scheme.digest]));
  if (scheme.kind === "rsa") return sequence(objectIdentifier(rsaOids[scheme.digest]), nullValue());
  const digest = sequence(objectIdentifier(digestOids[scheme.digest]), nullValue());
  return sequence(
    objectIdentifier(oids.rsaPss),
    sequence(
      contextConstructed(0, digest),
      contextConstructed(1, sequence(objectIdentifier(oids.mgf1), digest)),
      contextConstructed(2, integer(scheme.saltLength ?? 32)),
    ),
  );
}

/** True when `signature` is the key's over `data`; false also for a key of another kind or a malformed signature. */
export function verifySignature(
  scheme: SignatureScheme,
  key: KeyObject,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    const expected = scheme.kind === "ecdsa" ? ["ec"] : ["rsa", "rsa-pss"];
    if (!expected.includes(key.asymmetricKeyType ?? "")) return false;
    return verify(scheme.digest, data, { key, ...padding(scheme) }, signature);
  } catch {
    return false;
  }
}

function padding(scheme: SignatureScheme): { padding?: number; saltLength?: number } {
  if (scheme.kind === "ecdsa") return {};
  if (scheme.kind === "rsa") return { padding: constants.RSA_PKCS1_PADDING };
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: scheme.saltLength ?? 32 };
}
