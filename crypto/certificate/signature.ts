/** Signature algorithms of certificates, revocation lists, CMS and documents: their AlgorithmIdentifiers, and how node:crypto makes and checks them. */
import { constants, type KeyObject, verify } from "node:crypto";
import { type DerElement, readDer } from "../der/reader.ts";
import { tags } from "../der/tags.ts";
import {
  bitString,
  contextConstructed,
  type DerValue,
  encode,
  integer,
  nullValue,
  objectIdentifier,
  raw,
  sequence,
} from "../der/writer.ts";
import { isCoded, KabinaError } from "../errors/kabina-error.ts";
import { type CurveName, curveOf, curves, importPublicKey, publicKeyInfoOf } from "../keys/curve.ts";
import {
  type KeyAlgorithm,
  kindOf,
  kindOfSignature,
  publicKeyInfo,
  type SuiteKey,
  suiteKeyOf,
  suites,
} from "../suites/registry.ts";
import { oids } from "./oids.ts";

/** `streebog256`: GOST R 34.11-2012, where its engine is loaded. */
export type Digest = "sha1" | "sha224" | "sha256" | "sha384" | "sha512" | "streebog256";

export type ShaDigest = Exclude<Digest, "streebog256">;

/**
 * How a signature is made: the kind of key, the digest, and for RSA the padding. `ecdsa-plain` is BSI TR-03111 §5.2.1: r ‖ s instead of
 * a DER sequence.
 */
export interface SignatureScheme {
  /** `suite`: of a kind of key that a suite brings along. */
  readonly kind: "ecdsa" | "ecdsa-plain" | "rsa" | "rsa-pss" | "dsa" | "eddsa" | "suite";
  /** EdDSA and suites bring their own; for a suite it is that of the attributes around the message. */
  readonly digest: Digest;
  /** Of a suite's key. */
  readonly algorithm?: KeyAlgorithm;
  /** Bytes; RSA-PSS only. */
  readonly saltLength?: number;
  /** RSA-PSS only, where the mask's digest is another than the message's: read, never written. */
  readonly maskDigest?: Digest;
}

/** Makes a signature over bytes under a scheme; what certificates and messages are signed with. */
export interface Signer {
  readonly scheme: SignatureScheme;
  sign(data: Uint8Array): Promise<Uint8Array>;
}

/** How a key signs: ECDSA with its curve's digest, or as its suite says. Throws `key/unsuitable` for a key that cannot sign. */
export function schemeOf({ algorithm }: { readonly algorithm: KeyAlgorithm }): SignatureScheme {
  const kind = kindOf(algorithm);
  if (!kind) return { kind: "ecdsa", digest: curves[algorithm as CurveName].digest };
  if (!kind.digest) throw new KabinaError("key/unsuitable", { reason: `${algorithm} does not sign` });
  return { kind: "suite", digest: kind.digest, algorithm };
}

export const digestOids: Readonly<Record<Digest, string>> = {
  sha1: oids.sha1,
  sha224: oids.sha224,
  sha256: oids.sha256,
  sha384: oids.sha384,
  sha512: oids.sha512,
  streebog256: "1.2.643.7.1.1.2.2",
};
const ecdsaOids: Readonly<Record<ShaDigest, string>> = {
  sha1: oids.ecdsaWithSha1,
  sha224: oids.ecdsaWithSha224,
  sha256: oids.ecdsaWithSha256,
  sha384: oids.ecdsaWithSha384,
  sha512: oids.ecdsaWithSha512,
};
const rsaOids: Readonly<Record<ShaDigest, string>> = {
  sha1: oids.sha1WithRsa,
  sha224: oids.sha224WithRsa,
  sha256: oids.sha256WithRsa,
  sha384: oids.sha384WithRsa,
  sha512: oids.sha512WithRsa,
};
/** BSI TR-03111 §5.2.1, ecdsa-plain-signatures. */
const plainEcdsaOids: Readonly<Record<ShaDigest, string>> = {
  sha1: "0.4.0.127.0.7.1.1.4.1.1",
  sha224: "0.4.0.127.0.7.1.1.4.1.2",
  sha256: "0.4.0.127.0.7.1.1.4.1.3",
  sha384: "0.4.0.127.0.7.1.1.4.1.4",
  sha512: "0.4.0.127.0.7.1.1.4.1.5",
};
/** RFC 3279 §2.2.2, RFC 5758 §3.1; DSA certificates are read (PKITS, RFC 4134) and never written. */
const dsaOids: Partial<Record<Digest, string>> = {
  sha1: "1.2.840.10040.4.3",
  sha224: "2.16.840.1.101.3.4.3.1",
  sha256: "2.16.840.1.101.3.4.3.2",
};
const digests = Object.keys(digestOids) as Digest[];
const named = (table: Partial<Record<Digest, string>>) => new Map(digests.map((digest) => [table[digest], digest]));
const digestsByOid = named(digestOids);
const schemesByOid = new Map<string, SignatureScheme>(
  (
    [
      ["ecdsa", ecdsaOids],
      ["ecdsa-plain", plainEcdsaOids],
      ["rsa", rsaOids],
      ["dsa", dsaOids],
    ] as const
  ).flatMap(([kind, table]) =>
    digests.flatMap((digest) => {
      const oid = (table as Partial<Record<Digest, string>>)[digest];
      return oid === undefined ? [] : [[oid, { kind, digest }] as const];
    }),
  ),
);
/** Ed25519 and Ed448 (RFC 8410). */
const eddsaOids: readonly string[] = ["1.3.101.112", "1.3.101.113"];

/** The digest of an AlgorithmIdentifier. Throws `signature/algorithm-unknown`. */
export const readDigest = (algorithm: DerElement): Digest => digestOf(algorithm.expect(tags.sequence).child(0).oid());

/** The digest of an object identifier. Throws `signature/algorithm-unknown`. */
export function digestOf(oid: string): Digest {
  const digest = digestsByOid.get(oid);
  if (!digest) throw new KabinaError("signature/algorithm-unknown", { oid });
  if (digest === "streebog256") suites["gost2012-256-p256-aes256gcm/1"].ready?.();
  return digest;
}

export const digestAlgorithm = (digest: Digest): DerValue => sequence(objectIdentifier(digestOids[digest]));

/**
 * The scheme of a signature's AlgorithmIdentifier. CMS names a bare key type (`rsaEncryption`, `ecPublicKey`, `id-dsa`) where the digest
 * stands elsewhere: that digest comes in. Throws `signature/algorithm-unknown`.
 */
export function readScheme(algorithm: DerElement, messageDigest?: Digest): SignatureScheme {
  const oid = algorithm.expect(tags.sequence).child(0).oid();
  const known = schemesByOid.get(oid);
  if (known) return known;
  if (eddsaOids.includes(oid)) return { kind: "eddsa", digest: "sha512" };
  if (oid === oids.rsaPss) return readPss(algorithm.children[1]);
  const kind = kindOfSignature(algorithm.raw);
  if (kind) return schemeOf(kind);
  if (oid === oids.rsaEncryption && messageDigest) return { kind: "rsa", digest: messageDigest };
  if (oid === oids.ecPublicKey && messageDigest) return { kind: "ecdsa", digest: messageDigest };
  if (oid === oids.dsa && messageDigest) return { kind: "dsa", digest: messageDigest };
  throw new KabinaError("signature/algorithm-unknown", { oid });
}

/** RFC 4055 §3.1: defaults are SHA-1, MGF1 with SHA-1, 20 bytes of salt. */
function readPss(parameters: DerElement | undefined): SignatureScheme {
  let digest: Digest = "sha1";
  let maskDigest: Digest = "sha1";
  let saltLength = 20;
  const fields =
    parameters === undefined || parameters.tag === tags.null ? [] : parameters.expect(tags.sequence).children;
  for (const field of fields) {
    if (field.tag === 0xa0) digest = readDigest(field.child(0));
    else if (field.tag === 0xa1) {
      const mask = field.child(0, tags.sequence);
      if (mask.child(0).oid() !== oids.mgf1) throw new KabinaError("signature/algorithm-unknown", { oid: oids.rsaPss });
      maskDigest = readDigest(mask.child(1));
    } else if (field.tag === 0xa2) saltLength = field.child(0).smallInteger();
    else if (field.tag !== 0xa3 || field.child(0).smallInteger() !== 1) throw field.malformed("PSS parameters");
  }
  return { kind: "rsa-pss", digest, saltLength, ...(maskDigest !== digest && { maskDigest }) };
}

/** The AlgorithmIdentifier of a scheme that Kabina writes. */
export function signatureAlgorithm(scheme: SignatureScheme): DerValue {
  if (scheme.kind === "ecdsa") return sequence(objectIdentifier(ecdsaOids[scheme.digest as ShaDigest]));
  if (scheme.kind === "rsa") return sequence(objectIdentifier(rsaOids[scheme.digest as ShaDigest]), nullValue());
  const identifier = scheme.algorithm && kindOf(scheme.algorithm)?.signatureIdentifier;
  if (identifier) return raw(identifier);
  if (scheme.kind !== "rsa-pss") throw new KabinaError("signature/algorithm-unknown", { oid: scheme.kind });
  return pssAlgorithm(scheme);
}

function pssAlgorithm({ digest, maskDigest = digest, saltLength = 32 }: SignatureScheme): DerValue {
  const identifier = (one: Digest) => sequence(objectIdentifier(digestOids[one]), nullValue());
  return sequence(
    objectIdentifier(oids.rsaPss),
    sequence(
      contextConstructed(0, identifier(digest)),
      contextConstructed(1, sequence(objectIdentifier(oids.mgf1), identifier(maskDigest))),
      contextConstructed(2, integer(saltLength)),
    ),
  );
}

/** node:crypto takes the message's digest for the mask too, unless the key itself names another. */
function keyOfScheme(key: KeyObject, scheme: SignatureScheme): KeyObject {
  if (scheme.maskDigest === undefined) return key;
  const modulus = readDer(key.export({ format: "der", type: "spki" }))
    .child(1)
    .bits();
  return readPublicKey(encode(sequence(pssAlgorithm(scheme), bitString(modulus))));
}

/** A public key that signatures are checked with: node:crypto's, or of a kind that a suite brings along. */
export type VerificationKey = KeyObject | SuiteKey;

/** Narrows to node:crypto's keys. */
export const isKeyObject = (key: VerificationKey): key is KeyObject => !("bytes" in key);

/** The public half of a key handle. */
export const verificationKeyOf = ({ publicKeyInfo: info }: { readonly publicKeyInfo: Uint8Array }): VerificationKey =>
  suiteKeyOf(info) ?? readPublicKey(info);

/** Its SubjectPublicKeyInfo, DER. */
export const publicKeyInfoOfKey = (key: VerificationKey): Uint8Array =>
  isKeyObject(key) ? publicKeyInfoOf(key) : publicKeyInfo(key.kind, key.bytes);

/** How a key of ours signs. Throws `key/unsuitable` for another. */
export const schemeOfKey = (key: VerificationKey): SignatureScheme =>
  schemeOf({ algorithm: isKeyObject(key) ? curveOf(key).algorithm : key.kind.algorithm });

/** A public key out of its SubjectPublicKeyInfo. Throws `certificate/key-unreadable`. */
export function readPublicKey(publicKeyInfo: Uint8Array): KeyObject {
  try {
    return importPublicKey(publicKeyInfo);
  } catch (cause) {
    throw new KabinaError("certificate/key-unreadable", {}, { cause });
  }
}

const keyTypes: Readonly<Record<Exclude<SignatureScheme["kind"], "suite">, readonly string[]>> = {
  ecdsa: ["ec"],
  "ecdsa-plain": ["ec"],
  rsa: ["rsa", "rsa-pss"],
  "rsa-pss": ["rsa", "rsa-pss"],
  dsa: ["dsa"],
  eddsa: ["ed25519", "ed448"],
};

/** True when `signature` is the key's over `data`; false also for a key of another kind or a malformed signature. */
export function verifySignature(
  scheme: SignatureScheme,
  key: VerificationKey,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    if (!isKeyObject(key))
      return scheme.algorithm === key.kind.algorithm && (key.kind.verify?.(key.bytes, data, signature) ?? false);
    if (scheme.kind === "suite") return false;
    if (!keyTypes[scheme.kind].includes(key.asymmetricKeyType ?? "")) return false;
    return verify(
      scheme.kind === "eddsa" ? null : scheme.digest,
      data,
      { key: keyOfScheme(key, scheme), ...options(scheme) },
      signature,
    );
  } catch (error) {
    if (isCoded(error) && error.code === "suite/module-missing") throw error; // nothing is known of the signature
    return false;
  }
}

function options(scheme: SignatureScheme) {
  if (scheme.kind === "ecdsa-plain") return { dsaEncoding: "ieee-p1363" } as const;
  if (scheme.kind === "rsa") return { padding: constants.RSA_PKCS1_PADDING };
  if (scheme.kind === "rsa-pss")
    return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: scheme.saltLength ?? 32 };
  return {};
}
