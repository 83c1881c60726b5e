/** Basic access control (9303-11 §4.3), both sides of it: mutual authentication by keys that only who saw the MRZ can derive. */

import type { RandomBytes } from "../../../crypto/environment.ts";
import { KabinaError } from "../../../crypto/errors/kabina-error.ts";
import { SecureMessaging } from "../../messaging/secure-messaging.ts";
import { type SessionKeys, tdesSuite } from "../../messaging/suite.ts";
import { retailMac, tdesDecrypt, tdesEncrypt } from "../../messaging/tdes.ts";
import { equalBytes } from "../../tlv/der.ts";
import { concat } from "../../tlv/write.ts";
import type { MrzAccessKey } from "../access-key.ts";
import { deriveKey, keyPurpose, passwordSecret } from "../key-derivation.ts";

/** Bytes of a challenge, of a side's key material, and of EXTERNAL AUTHENTICATE's data. */
export const bacLength = { challenge: 8, material: 16, cryptogram: 40 } as const;

/** K_Enc and K_Mac of the document (§4.3.2). */
export function bacKeys(key: MrzAccessKey): SessionKeys {
  const seed = passwordSecret(key).subarray(0, 16);
  return { encryption: deriveKey(seed, keyPurpose.encryption, "3DES"), mac: deriveKey(seed, keyPurpose.mac, "3DES") };
}

/** The terminal's side: makes the cryptogram for a chip's challenge, then opens the chip's answer. */
export class BacTerminal {
  readonly #keys: SessionKeys;
  readonly #challengeOfTerminal: Uint8Array;
  readonly #material: Uint8Array;

  constructor(keys: SessionKeys, random: RandomBytes) {
    this.#keys = keys;
    this.#challengeOfTerminal = random(bacLength.challenge);
    this.#material = random(bacLength.material);
  }

  /** E_IFD ‖ M_IFD. */
  cryptogram(challengeOfChip: Uint8Array): Uint8Array {
    return sealed(this.#keys, concat(this.#challengeOfTerminal, challengeOfChip, this.#material));
  }

  /** Checks E_IC ‖ M_IC and begins the session. Throws `mrtd/access-chip-not-authentic` when the chip does not know the keys. */
  session(answer: Uint8Array, challengeOfChip: Uint8Array): SecureMessaging {
    const plain = opened(this.#keys, answer);
    if (
      plain === undefined ||
      !equalBytes(plain.subarray(0, 8), challengeOfChip) ||
      !equalBytes(plain.subarray(8, 16), this.#challengeOfTerminal)
    ) {
      throw new KabinaError("mrtd/access-chip-not-authentic", { protocol: "BAC" });
    }
    return bacSession(this.#material, plain.subarray(16), challengeOfChip, this.#challengeOfTerminal);
  }
}

/** The chip's side: checks the terminal's cryptogram and answers it; undefined when the terminal does not know the keys. */
export function answerBac(
  keys: SessionKeys,
  cryptogram: Uint8Array,
  challengeOfChip: Uint8Array,
  random: RandomBytes,
): { answer: Uint8Array; session: SecureMessaging } | undefined {
  const plain = opened(keys, cryptogram);
  if (plain === undefined || !equalBytes(plain.subarray(8, 16), challengeOfChip)) return undefined;
  const challengeOfTerminal = plain.subarray(0, 8);
  const material = random(bacLength.material);
  return {
    answer: sealed(keys, concat(challengeOfChip, challengeOfTerminal, material)),
    session: bacSession(plain.subarray(16), material, challengeOfChip, challengeOfTerminal),
  };
}

/** §9.8.3 and App. D.3: both materials combined give the seed, the low halves of the challenges the counter. */
function bacSession(
  ofTerminal: Uint8Array,
  ofChip: Uint8Array,
  challengeOfChip: Uint8Array,
  challengeOfTerminal: Uint8Array,
): SecureMessaging {
  const seed = ofTerminal.map((byte, i) => byte ^ ofChip[i]!);
  const keys = {
    encryption: deriveKey(seed, keyPurpose.encryption, "3DES"),
    mac: deriveKey(seed, keyPurpose.mac, "3DES"),
  };
  return new SecureMessaging(tdesSuite(keys), concat(challengeOfChip.subarray(4), challengeOfTerminal.subarray(4)));
}

function sealed(keys: SessionKeys, plain: Uint8Array): Uint8Array {
  const encrypted = tdesEncrypt(keys.encryption, plain);
  return concat(encrypted, retailMac(keys.mac, encrypted));
}

function opened(keys: SessionKeys, cryptogram: Uint8Array): Uint8Array | undefined {
  if (cryptogram.length !== bacLength.cryptogram) return undefined;
  const encrypted = cryptogram.subarray(0, 32);
  if (!equalBytes(cryptogram.subarray(32), retailMac(keys.mac, encrypted))) return undefined;
  return tdesDecrypt(keys.encryption, encrypted);
}
