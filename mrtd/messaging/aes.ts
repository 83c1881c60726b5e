/** AES as PACE and secure messaging use it (9303-11 §9.8): CBC, and CMAC (NIST SP 800-38B). */
import { createCipheriv, createDecipheriv } from "node:crypto";
import { concat } from "../tlv/write.ts";

export const aesBlock = 16;
const zeroIv = new Uint8Array(aesBlock);

const name = (key: Uint8Array, mode: "cbc" | "ecb") => `aes-${key.length * 8}-${mode}`;

export function aesEncrypt(key: Uint8Array, data: Uint8Array, iv: Uint8Array = zeroIv): Uint8Array {
  const cipher = createCipheriv(name(key, "cbc"), key, iv).setAutoPadding(false);
  return concat(cipher.update(data), cipher.final());
}

export function aesDecrypt(key: Uint8Array, data: Uint8Array, iv: Uint8Array = zeroIv): Uint8Array {
  const decipher = createDecipheriv(name(key, "cbc"), key, iv).setAutoPadding(false);
  return concat(decipher.update(data), decipher.final());
}

/** One block in ECB mode. */
export function aesBlockEncrypt(key: Uint8Array, block: Uint8Array): Uint8Array {
  const cipher = createCipheriv(name(key, "ecb"), key, null).setAutoPadding(false);
  return concat(cipher.update(block), cipher.final());
}

/** CMAC, full 16 bytes (SP 800-38B §6). Passports use the first 8. */
export function cmac(key: Uint8Array, message: Uint8Array): Uint8Array {
  const k1 = double(aesBlockEncrypt(key, zeroIv));
  const whole = message.length > 0 && message.length % aesBlock === 0;
  const padded = new Uint8Array(whole ? message.length : (Math.floor(message.length / aesBlock) + 1) * aesBlock);
  padded.set(message);
  if (!whole) padded[message.length] = 0x80;
  const subkey = whole ? k1 : double(k1);
  const last = padded.subarray(-aesBlock);
  for (let i = 0; i < aesBlock; i++) last[i]! ^= subkey[i]!;
  return aesEncrypt(key, padded).subarray(-aesBlock);
}

/** Doubling in GF(2^128) with the polynomial of SP 800-38B §5.3. */
function double(block: Uint8Array): Uint8Array {
  const doubled = new Uint8Array(aesBlock);
  for (let i = 0; i < aesBlock; i++) doubled[i] = ((block[i]! << 1) | ((block[i + 1] ?? 0) >> 7)) & 0xff;
  if ((block[0]! & 0x80) !== 0) doubled[aesBlock - 1]! ^= 0x87;
  return doubled;
}
