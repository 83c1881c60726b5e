/** Maps PACE's nonce to a generator that only both sides know (9303-11 §4.4.3.3). */
import { type AgreementGroup, toNumber } from "../../agreement/group.ts";
import { aesEncrypt } from "../../messaging/aes.ts";
import { tdesEncrypt } from "../../messaging/tdes.ts";
import { concat } from "../../tlv/write.ts";
import type { CipherName } from "../key-derivation.ts";

/** Generic mapping: Ĝ = s · G + H, H being what an anonymous agreement gave. */
export function genericMapping(group: AgreementGroup, nonce: Uint8Array, shared: Uint8Array): Uint8Array {
  return group.combine(group.multiply(group.generator, toNumber(nonce)), shared);
}

/** Integrated mapping: the two nonces make a number, the number an element. */
export function integratedMapping(
  group: AgreementGroup,
  cipher: CipherName,
  chipNonce: Uint8Array,
  terminalNonce: Uint8Array,
): Uint8Array {
  return group.elementOf(pseudoRandom(group.prime, cipher, chipNonce, terminalNonce));
}

/** Bytes of the terminal's nonce of integrated mapping: a key's length. */
export const integratedNonceLength: Readonly<Record<CipherName, number>> = {
  "3DES": 16,
  "AES-128": 16,
  "AES-192": 24,
  "AES-256": 32,
};

const constants = {
  short: [0xa668892a7c41e3ca739f40b057d85904n, 0xa4e136ac725f738b01c1f60217c188adn],
  long: [
    0xd463d65234124ef7897054986dca0a174e28df758cbaa03f240616414d5a1676n,
    0x54bd7255f0aaf831bec3423fcf39d69b6cbf066677d0faae5aadd99df8e53517n,
  ],
} as const;

/** R_p(s, t) of §4.4.3.3.2: blocks of a cipher in counter-like chaining, 64 bits more than the prime has, then reduced. */
export function pseudoRandom(prime: bigint, cipher: CipherName, s: Uint8Array, t: Uint8Array): bigint {
  const encrypt = cipher === "3DES" ? tdesEncrypt : aesEncrypt;
  const keyLength = integratedNonceLength[cipher];
  const long = keyLength > 16;
  const [c0, c1] = constants[long ? "long" : "short"].map((constant) =>
    Uint8Array.from(Buffer.from(constant.toString(16).padStart(long ? 64 : 32, "0"), "hex")),
  ) as [Uint8Array, Uint8Array];
  let key = encrypt(t, s);
  let output: Uint8Array = new Uint8Array();
  while (output.length * 8 < prime.toString(2).length + 64) {
    const used = key.subarray(0, keyLength);
    output = concat(output, encrypt(used, c1));
    key = encrypt(used, c0);
  }
  return toNumber(output) % prime;
}
