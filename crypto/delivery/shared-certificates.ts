/**
 * What is deflated on a thin link without the certificates that the other side has anyway: they stand in the preset dictionary (RFC 1950 §2.2), behind the text
 * that all such messages have in common. Which dictionary it was is in the bytes (DICTID), so that who has another says so and is sent the longer form.
 */
import { deflateSync, type InputType, inflateSync } from "node:zlib";

/** Bytes of messages and dictionary are fewer: no larger window is of use. */
const WINDOW_BITS = 14;
const MEMORY_LEVEL = 7;

const dictionaryOf = (text: Uint8Array, certificates: readonly Uint8Array[]): Buffer =>
  Buffer.concat([text, ...certificates]);

/** Deflates against a text and certificates, DER, in an order that both sides know. */
export function deflateBeside(bytes: InputType, text: Uint8Array, certificates: readonly Uint8Array[]): Buffer {
  const dictionary = dictionaryOf(text, certificates);
  return deflateSync(bytes, { level: 9, windowBits: WINDOW_BITS, memLevel: MEMORY_LEVEL, dictionary });
}

/**
 * The bytes again, by the first of the sets of certificates that they were deflated with; plain deflate is read too. Throws what zlib says when it was none of
 * them, `ERR_BUFFER_TOO_LARGE` beyond `maxOutputLength`.
 */
export function inflateBeside(
  bytes: Uint8Array,
  text: Uint8Array,
  sets: readonly (readonly Uint8Array[])[],
  maxOutputLength: number,
): Buffer {
  let failure: unknown;
  for (const certificates of sets)
    try {
      return inflateSync(bytes, { maxOutputLength, dictionary: dictionaryOf(text, certificates) });
    } catch (error) {
      failure = error;
      if ((error as NodeJS.ErrnoException).code !== "Z_NEED_DICT") break;
    }
  throw failure;
}
