/**
 * Every suite, and what follows from the list: names that manifests and policies may use, kinds of key, and how keys of each kind are wrapped. A new suite is one
 * file beside this one, its name in `names.ts`, and itself in the list below.
 */
import { readDer } from "../der/reader.ts";
import { tags } from "../der/tags.ts";
import { bitString, encode, integer, octetString, raw, sequence } from "../der/writer.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { type CurveName, curves, isOn } from "../keys/curve.ts";
import { gost } from "./gost.ts";
import { hybrid } from "./hybrid.ts";
import type { KeyKind, Suite } from "./kind.ts";
import { type SuiteId, suiteIds } from "./names.ts";
import { p256 } from "./p256.ts";
import { p384 } from "./p384.ts";

/** By name: TypeScript refuses a name without its suite, and a suite that is not under its own name. */
const known = {
  [p256.id]: p256,
  [gost.id]: gost,
  [p384.id]: p384,
  [hybrid.id]: hybrid,
} as const satisfies { readonly [Id in SuiteId]: Suite<Id> };

type KindOf = (typeof known)[SuiteId]["kinds"][number];
/** The kind of a key: a curve, or what a suite brings along. */
export type KeyAlgorithm = CurveName | KindOf["algorithm"];

export const suites: { readonly [Id in SuiteId]: Suite<Id, KeyAlgorithm> } = known;

const kinds: readonly KeyKind<KindOf["algorithm"]>[] = suiteIds.flatMap((id): readonly KindOf[] => known[id].kinds);
export const keyAlgorithms = [...Object.keys(curves), ...kinds.map(({ algorithm }) => algorithm)] as [
  KeyAlgorithm,
  ...KeyAlgorithm[],
];

/** The suite that a booth's key of an algorithm seals under. Throws `key/unsuitable` for one that signs no packages. */
export function suiteOf(algorithm: KeyAlgorithm): SuiteId {
  const found = suiteIds.find((id) => suites[id].signs === algorithm);
  if (!found) throw new KabinaError("key/unsuitable", { reason: `${algorithm} signs no packages` });
  return found;
}

/** Those among the recipients that a booth's key of an algorithm seals for; while an installation moves to another suite there are others. */
export function recipientsFor<R extends { readonly keyAlgorithm: KeyAlgorithm | undefined }>(
  signs: KeyAlgorithm,
  recipients: readonly R[],
): readonly R[] {
  const { receives } = suites[suiteOf(signs)];
  const fit = recipients.filter(({ keyAlgorithm }) => keyAlgorithm === receives);
  // Where nobody fits, sealing says so.
  return fit.length > 0 ? fit : recipients;
}

/**
 * Throws `package/suite-weak` when what is sealed under a suite stays secret for less long than under the least, and `suite/module-missing` when it needs a module
 * that is not loaded.
 */
export function admitSuite(found: SuiteId, least: SuiteId | undefined): void {
  suites[found].ready?.();
  if (least && suites[found].secrecy < suites[least].secrecy)
    throw new KabinaError("package/suite-weak", { found, least });
}

/** The algorithm of a SubjectPublicKeyInfo, when it is in its one form; undefined for any other key. */
export function algorithmOf(info: Uint8Array): KeyAlgorithm | undefined {
  for (const curve of Object.values(curves)) if (isOn(curve, info)) return curve.algorithm;
  return suiteKeyOf(info)?.kind.algorithm;
}

/** SubjectPublicKeyInfo of each kind, up to the key. */
const prefixes = kinds.map((kind) => ({
  kind,
  prefix: publicKeyInfo(kind, new Uint8Array(kind.publicKeyBytes)).subarray(0, -kind.publicKeyBytes),
}));

/** A public key that node:crypto does not know. */
export interface SuiteKey {
  readonly kind: KeyKind<KindOf["algorithm"]>;
  readonly bytes: Uint8Array;
}

/** The key of a SubjectPublicKeyInfo of a kind that a suite brings along; undefined for any other. */
export function suiteKeyOf(info: Uint8Array): SuiteKey | undefined {
  for (const { kind, prefix } of prefixes)
    if (
      info.length === prefix.length + kind.publicKeyBytes &&
      Buffer.compare(info.subarray(0, prefix.length), prefix) === 0
    )
      return { kind, bytes: info.subarray(prefix.length) };
  return undefined;
}

/** The kind of an algorithm's keys; undefined for a curve's. */
export const kindOf = (algorithm: KeyAlgorithm): KeyKind<KindOf["algorithm"]> | undefined =>
  kinds.find((kind) => kind.algorithm === algorithm);

/** The kind whose keys an AlgorithmIdentifier (DER) names. */
export const kindOfKey = (identifier: Uint8Array): KeyKind<KindOf["algorithm"]> | undefined =>
  kinds.find(({ algorithmIdentifier }) => Buffer.compare(algorithmIdentifier, identifier) === 0);

/** What key usage (RFC 5280 §4.2.1.3) a recipient's key needs: a point is agreed with, a lattice's key is enciphered to (RFC 9935 §5). */
export const receivingUsage = (info: Uint8Array): "keyAgreement" | "keyEncipherment" =>
  suiteKeyOf(info) ? "keyEncipherment" : "keyAgreement";

/** The kind whose signatures an AlgorithmIdentifier (DER) names. */
export const kindOfSignature = (identifier: Uint8Array): KeyKind<KindOf["algorithm"]> | undefined =>
  kinds.find(({ signatureIdentifier }) => signatureIdentifier && Buffer.compare(signatureIdentifier, identifier) === 0);

/** SubjectPublicKeyInfo (RFC 5280 §4.1.2.7). */
export function publicKeyInfo(kind: KeyKind, publicKey: Uint8Array): Uint8Array {
  return encode(sequence(raw(kind.algorithmIdentifier), bitString(publicKey)));
}

/** OneAsymmetricKey (RFC 5958 §2), version 0. */
export const encodePrivateKey = (kind: KeyKind, privateKey: Uint8Array): Uint8Array =>
  encode(sequence(integer(0), raw(kind.algorithmIdentifier), octetString(privateKey)));

/** The reverse. Throws `der/*`, `key/unsuitable` for a key of another kind. */
export function decodePrivateKey(kind: KeyKind, der: Uint8Array): Uint8Array {
  const fields = readDer(der).expect(tags.sequence);
  const privateKey = fields.child(2).octets();
  if (Buffer.compare(encodePrivateKey(kind, privateKey), der) !== 0)
    throw new KabinaError("key/unsuitable", { reason: `not a key file of ${kind.algorithm}` });
  return privateKey;
}
