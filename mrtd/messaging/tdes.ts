/**
 * Triple DES as BAC uses it (9303-11 §4.3, §9.8): 112-bit keys, CBC with a zero IV, and ISO 9797-1 MAC algorithm 3. OpenSSL 3 has no
 * single DES without its legacy provider; a triple DES whose three keys are equal is single DES.
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import { concat } from "../tlv/write.ts";
import { pad } from "./padding.ts";

export const desBlock = 8;
const zeroIv = new Uint8Array(desBlock);

const threeKeys = (key: Uint8Array) => concat(key.subarray(0, 16), key.subarray(0, 8));

/** Encrypts whole blocks. */
export function tdesEncrypt(key: Uint8Array, data: Uint8Array): Uint8Array {
  const cipher = createCipheriv("des-ede3-cbc", threeKeys(key), zeroIv).setAutoPadding(false);
  return concat(cipher.update(data), cipher.final());
}

/** Decrypts whole blocks. */
export function tdesDecrypt(key: Uint8Array, data: Uint8Array): Uint8Array {
  const decipher = createDecipheriv("des-ede3-cbc", threeKeys(key), zeroIv).setAutoPadding(false);
  return concat(decipher.update(data), decipher.final());
}

/** Retail MAC (ISO/IEC 9797-1 algorithm 3, padding method 2): DES-CBC with the first key, the last block with both. */
export function retailMac(key: Uint8Array, message: Uint8Array): Uint8Array {
  const padded = pad(message, desBlock);
  const first = key.subarray(0, 8);
  const head = padded.subarray(0, -desBlock);
  let chained: Uint8Array = zeroIv;
  if (head.length > 0) {
    const single = createCipheriv("des-ede3-cbc", concat(first, first, first), zeroIv).setAutoPadding(false);
    chained = concat(single.update(head), single.final()).subarray(-desBlock);
  }
  const last = createCipheriv("des-ede3-cbc", threeKeys(key), chained).setAutoPadding(false);
  return concat(last.update(padded.subarray(-desBlock)), last.final());
}
