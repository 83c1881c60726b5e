/** The chip's side of active authentication (9303-11 §6.1). */
import { constants, createHash, type KeyObject, privateEncrypt, sign } from "node:crypto";
import type { RandomBytes } from "../../crypto/environment.ts";
import { concat } from "../tlv/write.ts";

/** Signs the terminal's challenge: plain ECDSA with SHA-256, or ISO/IEC 9796-2 scheme 1 with SHA-1 and a recovered nonce. */
export function signChallenge(key: KeyObject, challenge: Uint8Array, random: RandomBytes): Uint8Array {
  if (key.asymmetricKeyType === "ec") {
    return new Uint8Array(sign("sha256", challenge, { key, dsaEncoding: "ieee-p1363" }));
  }
  const length = (key.asymmetricKeyDetails?.modulusLength ?? 1024) / 8;
  const nonce = random(length - 20 - 2);
  const digest = createHash("sha1").update(concat(nonce, challenge)).digest();
  const message = concat(Uint8Array.of(0x6a), nonce, digest, Uint8Array.of(0xbc));
  return new Uint8Array(privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, message));
}
