/**
 * The key of one booth session: 32 random bytes that encrypt the session's journal, wrapped so that only the booth's
 * `booth-journal` key unwraps them (ephemeral agreement with the key, or its suite's encapsulation; HKDF-SHA-256, AES-256-GCM). Who deletes the wrapped form and
 * wipes the plain one has destroyed the journal.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import { z } from "zod";
import type { RandomBytes } from "../environment.ts";
import { isCoded, KabinaError } from "../errors/kabina-error.ts";
import { suiteKeyOf } from "../suites/registry.ts";
import { curveOfInfo, ephemeralFor, pointOfInfo } from "./curve.ts";
import { keyIdOfInfo } from "./file-key.ts";
import type { PrivateKeyHandle } from "./key.ts";

const keyLength = 32; // bytes
const tagLength = 16; // bytes
/** The wrapping key serves once (its ephemeral key is new each time), so a fixed nonce is safe. */
const nonce = new Uint8Array(12);

export const WrappedSessionKey = z.strictObject({
  format: z.literal("kabina-session-key/1"),
  /** Of the `booth-journal` key. */
  keyId: z.string().regex(/^[0-9a-f]{64}$/),
  /** Base64 of what the key agrees with: an ephemeral public point, or a ciphertext of its suite. */
  ephemeral: z.base64(),
  /** Base64 of the encrypted key and its tag, 48 bytes. */
  wrapped: z.base64(),
});
export type WrappedSessionKey = z.infer<typeof WrappedSessionKey>;

/** Wraps a 32-byte key for the owner of a public key (SubjectPublicKeyInfo); `context` (the session's id) must be the same to unwrap. */
export function wrapSessionKey(
  sessionKey: Uint8Array,
  publicKeyInfo: Uint8Array,
  context: string,
  random: RandomBytes,
): WrappedSessionKey {
  if (sessionKey.length !== keyLength) throw new KabinaError("key/unsuitable", { reason: "session key not 32 bytes" });
  const { sent, shared } = encapsulateFor(publicKeyInfo, random);
  const cipher = createCipheriv("aes-256-gcm", wrappingKey(shared, sent, publicKeyInfo, context), nonce);
  const wrapped = Buffer.concat([cipher.update(sessionKey), cipher.final(), cipher.getAuthTag()]);
  return {
    format: "kabina-session-key/1",
    keyId: keyIdOfInfo(publicKeyInfo),
    ephemeral: Buffer.from(sent).toString("base64"),
    wrapped: wrapped.toString("base64"),
  };
}

/** Unwraps with the `booth-journal` key. Throws `key/unwrap` when it is of another key or context, or was changed. */
export async function unwrapSessionKey(
  wrapped: WrappedSessionKey,
  key: PrivateKeyHandle,
  context: string,
): Promise<Uint8Array> {
  if (wrapped.keyId !== key.keyId) throw new KabinaError("key/unwrap", { reason: "wrapped for another key" });
  try {
    const point = Buffer.from(wrapped.ephemeral, "base64");
    const bytes = Buffer.from(wrapped.wrapped, "base64");
    if (bytes.length !== keyLength + tagLength) throw new KabinaError("key/unwrap", { reason: "wrong length" });
    const shared = await key.agree(point);
    const secret = wrappingKey(shared, point, key.publicKeyInfo, context);
    const decipher = createDecipheriv("aes-256-gcm", secret, nonce, { authTagLength: tagLength });
    decipher.setAuthTag(bytes.subarray(keyLength));
    return Buffer.concat([decipher.update(bytes.subarray(0, keyLength)), decipher.final()]);
  } catch (cause) {
    if (isCoded(cause) && cause.code.startsWith("token/")) throw cause;
    throw new KabinaError("key/unwrap", { reason: "changed, or of another session" }, { cause });
  }
}

function encapsulateFor(publicKeyInfo: Uint8Array, random: RandomBytes): { sent: Uint8Array; shared: Uint8Array } {
  const key = suiteKeyOf(publicKeyInfo);
  if (key && !key.kind.encapsulate)
    throw new KabinaError("key/unsuitable", { reason: `${key.kind.algorithm} receives nothing` });
  if (key?.kind.encapsulate) return key.kind.encapsulate(key.bytes, random);
  const { point, shared } = ephemeralFor(curveOfInfo(publicKeyInfo), pointOfInfo(publicKeyInfo), random);
  return { sent: point, shared };
}

function wrappingKey(shared: Uint8Array, sent: Uint8Array, recipient: Uint8Array, context: string): Uint8Array {
  const salt = Buffer.concat([sent, suiteKeyOf(recipient)?.bytes ?? pointOfInfo(recipient)]);
  return new Uint8Array(hkdfSync("sha256", shared, salt, `kabina-session-key/1 ${context}`, keyLength));
}
