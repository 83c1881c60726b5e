/** Writes TLV and DER. The writer is the reader's mirror: shortest lengths, definite, nothing else. */

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
export function tlv(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const value = concat(...contents);
  return concat(bytesOfNumber(tag), encodeLength(value.length), value);
}

export function encodeLength(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  const digits = bytesOfNumber(length);
  return concat(Uint8Array.of(0x80 | digits.length), digits);
}

/** Big-endian, without leading zeros (one byte for 0). */
function bytesOfNumber(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.from(bytes.length === 0 ? [0] : bytes);
}
