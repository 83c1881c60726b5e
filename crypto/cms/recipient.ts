/**
 * How a content key reaches one recipient: agreed over a curve (RFC 5753 §3.1, KeyAgreeRecipientInfo) or encapsulated (RFC 9629, KEMRecipientInfo, as RFC 9936
 * does it for ML-KEM). Both wrap it with AES-256 under a key that is derived from the shared secret and the caller's context.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync } from "node:crypto";
import type { Certificate } from "../certificate/certificate.ts";
import { oids } from "../certificate/oids.ts";
import type { DerElement } from "../der/reader.ts";
import { tags } from "../der/tags.ts";
import {
  bitString,
  contextConstructed,
  contextPrimitive,
  type DerValue,
  encode,
  integer,
  objectIdentifier,
  octetString,
  raw,
  sequence,
} from "../der/writer.ts";
import type { RandomBytes } from "../environment.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { agreeEphemerally } from "../keys/curve.ts";
import { kindOfKey, type SuiteKey, suiteKeyOf } from "../suites/registry.ts";

const wrappingKeyLength = 32; // bytes
/** RFC 3394 §2.2.3.1. */
const keyWrapInitialValue = Buffer.alloc(8, 0xa6);

export interface EnvelopeRecipient {
  /** Subject key identifier, or issuer and serial number (what openssl writes). */
  readonly id:
    | { readonly subjectKeyIdentifier: Uint8Array }
    | { readonly issuer: Uint8Array; readonly serialNumber: Uint8Array };
  /** What the recipient's key agrees with: an ephemeral point (uncompressed), or a ciphertext. */
  readonly sent: Uint8Array;
  /** How the wrapping key is derived. */
  readonly derivation: "x963-sha256" | "hkdf-sha256";
  /** User keying material: the context; undefined when absent. */
  readonly context: Uint8Array | undefined;
  readonly wrappedKey: Uint8Array;
}

/** Gives the content key to a certificate's holder. Throws `key/unsuitable`. */
export function recipientInfo(
  recipient: Certificate,
  contentKey: Uint8Array,
  context: Uint8Array,
  random: RandomBytes,
): DerValue {
  const id = recipient.subjectKeyIdentifier;
  if (!id) throw new KabinaError("key/unsuitable", { reason: "recipient without subject key identifier" });
  const key = suiteKeyOf(recipient.publicKeyInfo);
  if (key) return encapsulated(key, id, contentKey, context, random);
  const { point, shared } = agreeEphemerally(recipient.publicKey, random);
  return contextConstructed(
    1,
    integer(3),
    contextConstructed(0, contextConstructed(1, sequence(objectIdentifier(oids.ecPublicKey)), bitString(point))),
    contextConstructed(1, octetString(context)),
    sequence(objectIdentifier(oids.ecdhSha256Kdf), wrapAlgorithm),
    sequence(
      sequence(contextConstructed(0, octetString(id)), octetString(wrap(contentKey, derivedByX963(shared, context)))),
    ),
  );
}

/** RFC 9629 §3, an OtherRecipientInfo. */
function encapsulated(
  { kind, bytes }: SuiteKey,
  id: Uint8Array,
  contentKey: Uint8Array,
  context: Uint8Array,
  random: RandomBytes,
): DerValue {
  if (!kind.encapsulate) throw new KabinaError("key/unsuitable", { reason: `${kind.algorithm} receives nothing` });
  const { sent, shared } = kind.encapsulate(bytes, random);
  return contextConstructed(
    4,
    objectIdentifier(oids.kemRecipient),
    sequence(
      integer(0),
      contextPrimitive(0, id),
      raw(kind.algorithmIdentifier),
      octetString(sent),
      hkdfAlgorithm,
      integer(wrappingKeyLength),
      contextConstructed(0, octetString(context)),
      wrapAlgorithm,
      octetString(wrap(contentKey, derivedByHkdf(shared, context))),
    ),
  );
}

/** Throws `cms/malformed`, `cms/algorithm-unknown`, `der/*`. */
export function readRecipient(info: DerElement): EnvelopeRecipient {
  if (info.tag === 0xa4) return readEncapsulated(info);
  info.expect(0xa1);
  if (info.child(0).smallInteger() !== 3) throw malformed("recipient version");
  const originator = info.child(1, 0xa0).child(0, 0xa1);
  expectAlgorithm(originator.child(0, tags.sequence).child(0).oid(), oids.ecPublicKey);
  const hasContext = info.child(2).tag === 0xa1;
  const next = hasContext ? 3 : 2;
  const algorithm = info.child(next, tags.sequence);
  expectAlgorithm(algorithm.child(0).oid(), oids.ecdhSha256Kdf);
  expectAlgorithm(algorithm.child(1, tags.sequence).child(0).oid(), oids.aes256Wrap);
  const keys = info.child(next + 1, tags.sequence);
  if (keys.children.length !== 1 || info.children.length !== next + 2) throw malformed("recipient keys");
  const name = keys.child(0).child(0);
  return {
    id: name.tag === 0xa0 ? { subjectKeyIdentifier: name.child(0).octets() } : issuerAndSerial(name),
    sent: originator.child(1).bits(),
    derivation: "x963-sha256",
    context: hasContext ? info.child(2).child(0).octets() : undefined,
    wrappedKey: keys.child(0).child(1).octets(),
  };
}

function readEncapsulated(info: DerElement): EnvelopeRecipient {
  expectAlgorithm(info.child(0).oid(), oids.kemRecipient);
  const fields = info.child(1, tags.sequence);
  if (info.children.length !== 2 || fields.child(0).smallInteger() !== 0) throw malformed("recipient version");
  const name = fields.child(1);
  if (!kindOfKey(fields.child(2, tags.sequence).raw)?.encapsulate)
    throw new KabinaError("cms/algorithm-unknown", { found: fields.child(2).child(0).oid(), expected: "a suite's" });
  expectAlgorithm(fields.child(4, tags.sequence).child(0).oid(), oids.hkdfSha256);
  if (fields.child(5).smallInteger() !== wrappingKeyLength) throw malformed("wrapping key length");
  const hasContext = fields.child(6).tag === 0xa0;
  const next = hasContext ? 7 : 6;
  expectAlgorithm(fields.child(next, tags.sequence).child(0).oid(), oids.aes256Wrap);
  if (fields.children.length !== next + 2) throw malformed("recipient keys");
  return {
    id: name.tag === 0x80 ? { subjectKeyIdentifier: name.value } : issuerAndSerial(name),
    sent: fields.child(3).octets(),
    derivation: "hkdf-sha256",
    context: hasContext ? fields.child(6).child(0).octets() : undefined,
    wrappedKey: fields.child(next + 1).octets(),
  };
}

/** The content key, from the secret that the recipient's key shares with what was sent. Throws for a wrapped key that was changed. */
export function unwrapContentKey(recipient: EnvelopeRecipient, shared: Uint8Array): Uint8Array {
  const derive = recipient.derivation === "hkdf-sha256" ? derivedByHkdf : derivedByX963;
  const key = derive(shared, recipient.context);
  const unwrapper = createDecipheriv("id-aes256-wrap", key, keyWrapInitialValue);
  return Buffer.concat([unwrapper.update(recipient.wrappedKey), unwrapper.final()]);
}

function wrap(contentKey: Uint8Array, key: Uint8Array): Uint8Array {
  const wrapper = createCipheriv("id-aes256-wrap", key, keyWrapInitialValue);
  return Buffer.concat([wrapper.update(contentKey), wrapper.final()]);
}

const wrapAlgorithm = sequence(objectIdentifier(oids.aes256Wrap));
const hkdfAlgorithm = sequence(objectIdentifier(oids.hkdfSha256));

/** X9.63 KDF, one block, over ECC-CMS-SharedInfo (RFC 5753 §7.2). */
function derivedByX963(shared: Uint8Array, context: Uint8Array | undefined): Uint8Array {
  const bits = Buffer.alloc(4);
  bits.writeUInt32BE(wrappingKeyLength * 8);
  const info = sequence(
    wrapAlgorithm,
    ...(context ? [contextConstructed(0, octetString(context))] : []),
    contextConstructed(2, octetString(bits)),
  );
  return createHash("sha256")
    .update(shared)
    .update(Uint8Array.of(0, 0, 0, 1))
    .update(encode(info))
    .digest();
}

/** HKDF without a salt over CMSORIforKEMOtherInfo (RFC 9629 §5, RFC 8619). */
function derivedByHkdf(shared: Uint8Array, context: Uint8Array | undefined): Uint8Array {
  const info = sequence(
    wrapAlgorithm,
    integer(wrappingKeyLength),
    ...(context ? [contextConstructed(0, octetString(context))] : []),
  );
  return new Uint8Array(hkdfSync("sha256", shared, new Uint8Array(0), encode(info), wrappingKeyLength));
}

const issuerAndSerial = (name: DerElement) => ({
  issuer: name.child(0, tags.sequence).raw,
  serialNumber: name.child(1).integerBytes(),
});

function expectAlgorithm(found: string, expected: string): void {
  if (found !== expected) throw new KabinaError("cms/algorithm-unknown", { found, expected });
}

const malformed = (reason: string): KabinaError => new KabinaError("cms/malformed", { reason });
