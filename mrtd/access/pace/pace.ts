/**
 * PACE (9303-11 §4.4), the cryptography of both sides: a password turns into session keys without anybody who listens or guesses learning
 * anything. Each side is one object that is driven through its four steps; out of order they fail.
 */
import { timingSafeEqual } from "node:crypto";
import type { RandomBytes } from "../../../crypto/environment.ts";
import { KabinaError } from "../../../crypto/errors/kabina-error.ts";
import {
  type AgreementGroup,
  type AgreementKeyPair,
  byteLength,
  drawKeyPair,
  inverse,
  modulo,
  toBytes,
  toNumber,
} from "../../agreement/group.ts";
import { aesBlock, aesBlockEncrypt, aesDecrypt, aesEncrypt, cmac } from "../../messaging/aes.ts";
import { pad, unpad } from "../../messaging/padding.ts";
import { SecureMessaging } from "../../messaging/secure-messaging.ts";
import { aesSuite, type SessionKeys, tdesSuite } from "../../messaging/suite.ts";
import { retailMac, tdesDecrypt, tdesEncrypt } from "../../messaging/tdes.ts";
import { equalBytes, oid } from "../../tlv/der.ts";
import { tlv } from "../../tlv/write.ts";
import type { AccessKey } from "../access-key.ts";
import { type CipherName, deriveKey, keyPurpose, passwordSecret } from "../key-derivation.ts";
import { genericMapping, integratedMapping, integratedNonceLength } from "./mapping.ts";
import type { PaceProtocol } from "./protocol.ts";

/** Bytes of the chip's nonce: a multiple of the block, at least a key (§4.4.3.3). */
export const paceNonceLength: Readonly<Record<CipherName, number>> = {
  "3DES": 16,
  "AES-128": 16,
  "AES-192": 32,
  "AES-256": 32,
};

/** What both sides share: the group, the password's key, the steps that are the same. */
class PaceSide {
  readonly protocol: PaceProtocol;
  protected readonly random: RandomBytes;
  protected readonly passwordKey: Uint8Array;
  protected mapPair: AgreementKeyPair | undefined;
  protected mapped: Uint8Array | undefined;
  protected pair: AgreementKeyPair | undefined;
  protected peerKey: Uint8Array | undefined;
  protected keys: SessionKeys | undefined;

  constructor(protocol: PaceProtocol, key: AccessKey, random: RandomBytes) {
    this.protocol = protocol;
    this.random = random;
    this.passwordKey = deriveKey(passwordSecret(key), keyPurpose.password, protocol.cipher);
  }

  protected get group(): AgreementGroup {
    return this.protocol.group;
  }

  /** The public key of this side over the mapped generator. */
  ephemeralKey(): Uint8Array {
    this.pair = drawKeyPair(this.group, this.random, needed(this.mapped));
    return this.pair.publicKey;
  }

  /** This side's public key, once it is drawn. */
  get publicKey(): Uint8Array {
    return needed(this.pair).publicKey;
  }

  /** Takes the other side's public key and derives the session keys (§4.4.3.2). */
  agree(peerKey: Uint8Array): void {
    const own = needed(this.pair);
    // §4.4.3: both MUST check that the keys differ, or a mirror would do as a partner.
    if (equalBytes(peerKey, own.publicKey)) throw failed("same-key");
    const secret = this.group.agree(peerKey, own.secret);
    this.peerKey = Uint8Array.from(peerKey);
    this.keys = {
      encryption: deriveKey(secret, keyPurpose.encryption, this.protocol.cipher),
      mac: deriveKey(secret, keyPurpose.mac, this.protocol.cipher),
    };
  }

  /** This side's authentication token, over the other side's public key (§4.4.3.4). */
  token(): Uint8Array {
    return tokenOver(this.protocol, needed(this.keys), needed(this.peerKey));
  }

  /** Does the other side's token fit? */
  accepts(token: Uint8Array): boolean {
    const expected = tokenOver(this.protocol, needed(this.keys), needed(this.pair).publicKey);
    return token.length === expected.length && timingSafeEqual(token, expected);
  }

  /** The session that begins with the next command; its counter starts at zero (§9.8.6.2). */
  session(): SecureMessaging {
    const keys = needed(this.keys);
    return new SecureMessaging(this.protocol.cipher === "3DES" ? tdesSuite(keys) : aesSuite(keys));
  }

  protected mapGenerically(nonce: Uint8Array, peerMapKey: Uint8Array): void {
    const own = needed(this.mapPair);
    if (equalBytes(peerMapKey, own.publicKey)) throw failed("same-key");
    this.mapped = genericMapping(this.group, nonce, this.group.multiply(peerMapKey, own.secret));
  }
}

export class PaceTerminal extends PaceSide {
  #nonce: Uint8Array | undefined;
  #ownNonce: Uint8Array | undefined;
  #chipMapKey: Uint8Array | undefined;

  /** Step 1: the chip's encrypted nonce. */
  takeNonce(encrypted: Uint8Array): void {
    if (encrypted.length !== paceNonceLength[this.protocol.cipher]) throw failed("nonce-length");
    const decrypt = this.protocol.cipher === "3DES" ? tdesDecrypt : aesDecrypt;
    this.#nonce = decrypt(this.passwordKey, encrypted);
  }

  /** Step 2: what to send for the mapping: a public key, or for integrated mapping a nonce. */
  mappingData(): Uint8Array {
    if (this.protocol.mapping === "IM") {
      this.#ownNonce = this.random(integratedNonceLength[this.protocol.cipher]);
      return this.#ownNonce;
    }
    this.mapPair = drawKeyPair(this.group, this.random);
    return this.mapPair.publicKey;
  }

  /** Step 2: the chip's answer; empty for integrated mapping. */
  map(chipData: Uint8Array): void {
    const nonce = needed(this.#nonce);
    if (this.protocol.mapping === "IM") {
      this.mapped = integratedMapping(this.group, this.protocol.cipher, nonce, needed(this.#ownNonce));
    } else {
      this.#chipMapKey = Uint8Array.from(chipData);
      this.mapGenerically(nonce, chipData);
    }
  }

  /**
   * Chip authentication mapping (§4.4.3.5.2): is the chip the owner of this key (of EF.CardSecurity, which passive authentication must have
   * proved)? The chip's mapping key must be its static key times the number it sent encrypted.
   */
  chipProves(encryptedData: Uint8Array, chipKey: Uint8Array): boolean {
    const { encryption } = needed(this.keys);
    if (encryptedData.length === 0 || encryptedData.length % 16 !== 0) return false;
    const data = unpad(aesDecrypt(encryption, encryptedData, camIv(encryption)));
    if (data === undefined) return false;
    const factor = toNumber(data);
    if (factor <= 0n || factor >= this.group.order) return false;
    return equalBytes(this.group.multiply(chipKey, factor), needed(this.#chipMapKey));
  }
}

export class PaceChip extends PaceSide {
  #nonce: Uint8Array | undefined;

  /** Step 1: a nonce under the password's key. */
  encryptedNonce(): Uint8Array {
    this.#nonce = this.random(paceNonceLength[this.protocol.cipher]);
    const encrypt = this.protocol.cipher === "3DES" ? tdesEncrypt : aesEncrypt;
    return encrypt(this.passwordKey, this.#nonce);
  }

  /** Step 2: takes the terminal's mapping data, gives the chip's. */
  map(terminalData: Uint8Array): Uint8Array {
    const nonce = needed(this.#nonce);
    if (this.protocol.mapping === "IM") {
      if (terminalData.length !== integratedNonceLength[this.protocol.cipher]) throw failed("nonce-length");
      this.mapped = integratedMapping(this.group, this.protocol.cipher, nonce, terminalData);
      return new Uint8Array();
    }
    this.mapPair = drawKeyPair(this.group, this.random);
    this.mapGenerically(nonce, terminalData);
    return this.mapPair.publicKey;
  }

  /** Chip authentication mapping: the number that leads from the chip's static key to its mapping key, encrypted. */
  chipAuthenticationData(staticSecret: bigint): Uint8Array {
    const { encryption } = needed(this.keys);
    const factor = modulo(needed(this.mapPair).secret * inverse(staticSecret, this.group.order), this.group.order);
    const data = pad(toBytes(factor, byteLength(this.group.order)), aesBlock);
    return aesEncrypt(encryption, data, camIv(encryption));
  }
}

/** §4.4.3.4: MAC over the public key data object; CMAC cut to eight bytes, or the retail MAC. */
function tokenOver(
  { oid: protocol, group, cipher }: PaceProtocol,
  keys: SessionKeys,
  publicKey: Uint8Array,
): Uint8Array {
  const object = tlv(0x7f49, oid(protocol), tlv(group.publicKeyTag, publicKey));
  return cipher === "3DES" ? retailMac(keys.mac, object) : cmac(keys.mac, object).subarray(0, 8);
}

/** §4.4.3.5.2: IV = E(KS_Enc, −1). */
function camIv(key: Uint8Array): Uint8Array {
  return aesBlockEncrypt(key, new Uint8Array(aesBlock).fill(0xff));
}

function needed<Value>(value: Value | undefined): Value {
  if (value === undefined) throw failed("out-of-order");
  return value;
}

function failed(step: string): KabinaError {
  return new KabinaError("mrtd/access-failed", { protocol: "PACE", step, status: "" });
}
