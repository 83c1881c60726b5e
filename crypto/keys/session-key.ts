/**
 * The key of one booth session: 32 random bytes that encrypt the session's journal, wrapped so that only the booth's
 * `booth-journal` key unwraps them (ephemeral ECDH on P-256, HKDF-SHA-256, AES-256-GCM). Who deletes the wrapped form and
 * wipes the plain one has destroyed the journal.
 */
import { createCipheriv, createDecipheriv, hkdfSync, type KeyObject } from "node:crypto";
import { z } from "zod";
import type { RandomBytes } from "../environment.ts";
import { isCoded, KabinaError } from "../errors/kabina-error.ts";
import { agreeEphemerally, publicPoint } from "./curve.ts";
import { keyIdOf } from "./file-key.ts";
import type { PrivateKeyHandle } from "./key.ts";

const keyLength = 32; // bytes
const tagLength = 16; // bytes
/** The wrapping key serves once (its ephemeral key is new each time), so a fixed nonce is safe. */
const nonce = new Uint8Array(12);

export const WrappedSessionKey = z.strictObject({
  format: z.literal("kabina-session-key/1"),
  /** Of the `booth-journal` key. */
  keyId: z.string().regex(/^[0-9a-f]{64}$/),
  /** Base64 of the ephemeral public point, 65 bytes. */
  ephemeral: z.base64(),
  /** Base64 of the encrypted key and its tag, 48 bytes. */
  wrapped: z.base64(),
});
export type WrappedSessionKey = z.infer<typeof WrappedSessionKey>;

/** Wraps a 32-byte key for the owner of `publicKey`; `context` (the session's id) must be the same to unwrap. */
export function wrapSessionKey(
  sessionKey: Uint8Array,
  publicKey: KeyObject,
  context: string,
  random: RandomBytes,
): WrappedSessionKey {
  if (sessionKey.length !== keyLength) throw new KabinaError("key/unsuitable", { reason: "session key not 32 bytes" });
  const { point, shared } = agreeEphemerally(publicKey, random);
  const cipher = createCipheriv("aes-256-gcm", wrappingKey(shared, point, publicKey, context), nonce);
  const wrapped = Buffer.concat([cipher.update(sessionKey), cipher.final(), cipher.getAuthTag()]);
  return {
    format: "kabina-session-key/1",
    keyId: keyIdOf(publicKey),
    ephemeral: Buffer.from(point).toString("base64"),
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
    const secret = wrappingKey(shared, point, key.publicKey, context);
    const decipher = createDecipheriv("aes-256-gcm", secret, nonce, { authTagLength: tagLength });
    decipher.setAuthTag(bytes.subarray(keyLength));
    return Buffer.concat([decipher.update(bytes.subarray(0, keyLength)), decipher.final()]);
  } catch (cause) {
    if (isCoded(cause) && cause.code.startsWith("token/")) throw cause;
    throw new KabinaError("key/unwrap", { reason: "changed, or of another session" }, { cause });
  }
}

function wrappingKey(shared: Uint8Array, point: Uint8Array, recipient: KeyObject, context: string): Uint8Array {
  const salt = Buffer.concat([point, publicPoint(recipient)]);
  return new Uint8Array(hkdfSync("sha256", shared, salt, `kabina-session-key/1 ${context}`, keyLength));
}
