/**
 * CMS AuthEnvelopedData (RFC 5083) with AES-256-GCM (RFC 5084), its key given to each recipient as `recipient.ts` does. `openssl cms -decrypt` opens it where the
 * recipients' keys are on curves.
 *
 * The user keying material of every recipient carries the caller's 32-byte context. It goes into the key derivation, so an
 * envelope with its context changed no longer opens: what was sealed for one place cannot be passed off as made for another.
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Certificate } from "../certificate/certificate.ts";
import { oids } from "../certificate/oids.ts";
import { readDer } from "../der/reader.ts";
import { tags } from "../der/tags.ts";
import {
  contextConstructed,
  contextPrimitive,
  type DerValue,
  integer,
  joined,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
} from "../der/writer.ts";
import type { RandomBytes } from "../environment.ts";
import { isCoded, KabinaError } from "../errors/kabina-error.ts";
import type { PrivateKeyHandle } from "../keys/key.ts";
import { type EnvelopeRecipient, readRecipient, recipientInfo, unwrapContentKey } from "./recipient.ts";
import { unwrap } from "./signed-data.ts";

const contentKeyLength = 32; // bytes
const nonceLength = 12; // bytes
const tagLength = 16; // bytes
const mostRecipients = 64;
export interface AuthEnvelope {
  readonly recipients: readonly EnvelopeRecipient[];
  readonly nonce: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

/** What an envelope is made with besides the plaintext; the same values give the same bytes. */
export interface EnvelopeSecrets {
  readonly contentKey: Uint8Array;
  readonly nonce: Uint8Array;
  /** The recipient infos, ready. */
  readonly recipientInfos: DerValue;
}

/** Draws a content key and wraps it for each recipient certificate. Throws `key/unsuitable` when one has no key for it. */
export function drawEnvelope(
  recipients: readonly Certificate[],
  context: Uint8Array,
  random: RandomBytes,
): EnvelopeSecrets {
  const contentKey = random(contentKeyLength);
  const nonce = random(nonceLength);
  const infos = recipients.map((recipient) => recipientInfo(recipient, contentKey, context, random));
  return { contentKey, nonce, recipientInfos: setOf(...infos) };
}

/** Encrypts into a whole envelope; its large content is one chunk of the value. */
export function sealEnvelope(plaintext: Uint8Array, secrets: EnvelopeSecrets): DerValue {
  const cipher = createCipheriv("aes-256-gcm", secrets.contentKey, secrets.nonce, { authTagLength: tagLength });
  const ciphertext = cipher.update(plaintext);
  cipher.final();
  return joined(envelope(secrets, ciphertext, cipher.getAuthTag()));
}

function envelope(secrets: EnvelopeSecrets, ciphertext: Uint8Array, tag: Uint8Array): DerValue {
  const body = sequence(
    integer(0),
    secrets.recipientInfos,
    sequence(
      objectIdentifier(oids.data),
      sequence(objectIdentifier(oids.aes256Gcm), sequence(octetString(secrets.nonce), integer(tagLength))),
      contextPrimitive(0, ciphertext),
    ),
    octetString(tag),
  );
  return sequence(objectIdentifier(oids.authEnvelopedData), contextConstructed(0, body));
}

/** Reads an envelope of exactly this kind, nothing decrypted. Throws `cms/malformed`, `cms/type`, `cms/algorithm-unknown`, `der/*`. */
export function parseAuthEnvelope(der: Uint8Array): AuthEnvelope {
  const body = unwrap(readDer(der, { depth: 12, elements: 2_000 }), oids.authEnvelopedData);
  if (body.children.length !== 4 || body.child(0).smallInteger() !== 0) throw malformed("enveloped data");
  const infos = body.child(1, tags.set).children;
  if (infos.length === 0 || infos.length > mostRecipients) throw malformed("number of recipients");
  const content = body.child(2, tags.sequence);
  if (content.children.length !== 3 || content.child(0).oid() !== oids.data) throw malformed("encrypted content");
  const algorithm = content.child(1, tags.sequence);
  expectAlgorithm(algorithm.child(0).oid(), oids.aes256Gcm);
  const parameters = algorithm.child(1, tags.sequence);
  const nonce = parameters.child(0).octets();
  const tag = body.child(3).octets();
  const statedTagLength = parameters.children.length > 1 ? parameters.child(1).smallInteger() : 12; // RFC 5084 §3.2
  if (nonce.length !== nonceLength || tag.length !== tagLength || statedTagLength !== tagLength)
    throw malformed("nonce or tag length");
  return { recipients: infos.map(readRecipient), nonce, ciphertext: content.child(2, 0x80).value, tag };
}

/** The recipient info meant for a key; undefined when there is none. */
function findRecipient(parsed: AuthEnvelope, key: PrivateKeyHandle): EnvelopeRecipient | undefined {
  const certificate = key.chain[0];
  return parsed.recipients.find(({ id }) =>
    "subjectKeyIdentifier" in id
      ? Buffer.from(id.subjectKeyIdentifier).toString("hex") === key.keyId ||
        same(id.subjectKeyIdentifier, certificate?.subjectKeyIdentifier)
      : same(id.issuer, certificate?.issuer) && same(id.serialNumber, certificate?.serialNumber),
  );
}

/**
 * Decrypts; the plaintext is returned only after the tag has verified. Throws `cms/recipient-unknown` when the key is not among
 * the recipients, `cms/decrypt` when the wrapped key, the context or the content was changed.
 */
export async function openEnvelope(parsed: AuthEnvelope, key: PrivateKeyHandle): Promise<Uint8Array> {
  const recipient = findRecipient(parsed, key);
  if (!recipient) throw new KabinaError("cms/recipient-unknown", { keyId: key.keyId });
  const shared = await key.agree(recipient.sent).catch((cause: unknown) => {
    // A token that was pulled out says nothing about the envelope.
    throw isCoded(cause) && cause.code === "key/unsuitable" ? new KabinaError("cms/decrypt", {}, { cause }) : cause;
  });
  try {
    const contentKey = unwrapContentKey(recipient, shared);
    const decipher = createDecipheriv("aes-256-gcm", contentKey, parsed.nonce, { authTagLength: tagLength });
    decipher.setAuthTag(parsed.tag);
    const plaintext = decipher.update(parsed.ciphertext);
    decipher.final();
    return plaintext;
  } catch (cause) {
    throw new KabinaError("cms/decrypt", {}, { cause });
  }
}

function expectAlgorithm(found: string, expected: string): void {
  if (found !== expected) throw new KabinaError("cms/algorithm-unknown", { found, expected });
}

const same = (a: Uint8Array, b: Uint8Array | undefined): boolean => b !== undefined && Buffer.compare(a, b) === 0;
const malformed = (reason: string): KabinaError => new KabinaError("cms/malformed", { reason });
