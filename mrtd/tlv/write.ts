/** Writes the TLV of a chip's files and commands, over `crypto/der`: shortest lengths, definite, nothing else. */
import { encode, raw, tagged } from "../../crypto/der/writer.ts";

/** Joins byte strings. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** One element: `tag` holds all tag bytes as one number (`0x5f2e`). */
export const tlv = (tag: number, ...contents: readonly Uint8Array[]): Uint8Array =>
  encode(tagged(tag, ...contents.map(raw)));
