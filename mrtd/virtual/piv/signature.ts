/** What a PIV card does with its keys: it signs digests and padded blocks as they come (SP 800-73-4 part 2, §3.2.4; SP 800-78-4). */
import { constants, createPublicKey, type KeyObject, privateEncrypt } from "node:crypto";
import { encode, sequence, unsignedInteger } from "../../../crypto/der/writer.ts";
import type { RandomBytes } from "../../../crypto/environment.ts";
import { byteLength, drawKeyPair, inverse, modulo, toBytes, toNumber } from "../../agreement/group.ts";
import { secretNumber } from "../../agreement/private-key.ts";
import { standardGroup } from "../../agreement/standard-groups.ts";

/** Algorithm references of GENERAL AUTHENTICATE, and the number of the curve in 9303-11 §9.5.1. */
const curves = { prime256v1: { algorithm: 0x11, parameterId: 12 }, secp384r1: { algorithm: 0x14, parameterId: 15 } };
const rsa2048 = 0x07;

/** The algorithm that this key is for; undefined when a PIV card has none for it. */
export function pivAlgorithm(key: KeyObject): number | undefined {
  const { namedCurve, modulusLength } = createPublicKey(key).asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "rsa") return modulusLength === 2048 ? rsa2048 : undefined;
  return curves[namedCurve as keyof typeof curves]?.algorithm;
}

/** Signs a digest (ECDSA, DER) or a block of the modulus' length (RSA); undefined when its length is another. */
export function pivSign(key: KeyObject, challenge: Uint8Array, random: RandomBytes): Uint8Array | undefined {
  const curve = Object.values(curves).find(({ algorithm }) => algorithm === pivAlgorithm(key));
  if (curve === undefined) {
    if (challenge.length !== 256) return undefined;
    return new Uint8Array(privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, Buffer.from(challenge)));
  }
  const group = standardGroup(curve.parameterId)!;
  const { order } = group;
  const size = byteLength(order);
  if (challenge.length > size) return undefined;
  for (;;) {
    // FIPS 186-5 §6.4.1; a digest shorter than the order is taken as it is.
    const { secret, publicKey } = drawKeyPair(group, random);
    const r = modulo(toNumber(group.secretOf(publicKey)), order);
    const s = modulo(inverse(secret, order) * (toNumber(challenge) + r * secretNumber(key)), order);
    if (r === 0n || s === 0n) continue;
    return encode(sequence(unsignedInteger(toBytes(r, size)), unsignedInteger(toBytes(s, size))));
  }
}
