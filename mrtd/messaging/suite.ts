/** The two families of secure messaging (9303-11 §9.8.6): what differs between triple DES and AES, and nothing else. */
import { aesBlock, aesBlockEncrypt, aesDecrypt, aesEncrypt, cmac } from "./aes.ts";
import { pad } from "./padding.ts";
import { desBlock, retailMac, tdesDecrypt, tdesEncrypt } from "./tdes.ts";

export interface MessagingSuite {
  /** Bytes of a cipher block, which is also the size of the send sequence counter. */
  readonly block: number;
  encrypt(data: Uint8Array, counter: Uint8Array): Uint8Array;
  decrypt(data: Uint8Array, counter: Uint8Array): Uint8Array;
  /** Eight bytes over a message, which is padded first (method 2, also where CMAC would not need it). */
  mac(message: Uint8Array): Uint8Array;
}

export interface SessionKeys {
  readonly encryption: Uint8Array;
  readonly mac: Uint8Array;
}

export function tdesSuite(keys: SessionKeys): MessagingSuite {
  return {
    block: desBlock,
    encrypt: (data) => tdesEncrypt(keys.encryption, data),
    decrypt: (data) => tdesDecrypt(keys.encryption, data),
    mac: (message) => retailMac(keys.mac, message),
  };
}

/** 9303-11 §9.8.6.1: the IV is the encrypted counter; the MAC is CMAC cut to eight bytes. */
export function aesSuite(keys: SessionKeys): MessagingSuite {
  const iv = (counter: Uint8Array) => aesBlockEncrypt(keys.encryption, counter);
  return {
    block: aesBlock,
    encrypt: (data, counter) => aesEncrypt(keys.encryption, data, iv(counter)),
    decrypt: (data, counter) => aesDecrypt(keys.encryption, data, iv(counter)),
    mac: (message) => cmac(keys.mac, pad(message, aesBlock)).subarray(0, 8),
  };
}
