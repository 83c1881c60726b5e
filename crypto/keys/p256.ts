/** P-256 keys from the caller's randomness, so that a recorded run makes the same keys again. */
import { createECDH, createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import type { RandomBytes } from "../environment.ts";
import { KabinaError } from "../errors/kabina-error.ts";

const curve = "prime256v1";
/** Draws before a source of randomness is declared broken; a good one fails one draw with probability 2^-32. */
const maximumDraws = 8;
const spkiPrefix = Buffer.from("3059301306072a8648ce3d020106082a8648ce3d030107034200", "hex");

/** An ephemeral key for one agreement: its public point (65 bytes, uncompressed) and the shared x-coordinate (32 bytes) with a peer. */
export function agreeEphemerally(peer: KeyObject, random: RandomBytes): { point: Uint8Array; shared: Uint8Array } {
  const ecdh = drawScalar(random);
  return { point: ecdh.getPublicKey(), shared: ecdh.computeSecret(publicPoint(peer)) };
}

/** A new private key. */
export function generateP256(random: RandomBytes): KeyObject {
  const ecdh = drawScalar(random);
  const point = ecdh.getPublicKey();
  const scalar = Buffer.concat([Buffer.alloc(32), ecdh.getPrivateKey()]).subarray(-32);
  const part = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
  return createPrivateKey({
    format: "jwk",
    key: {
      kty: "EC",
      crv: "P-256",
      d: part(scalar),
      x: part(point.subarray(1, 33)),
      y: part(point.subarray(33, 65)),
    },
  });
}

/** The uncompressed point (65 bytes) of a P-256 public key. Throws `key/unsuitable` for any other key. */
export function publicPoint(key: KeyObject): Uint8Array {
  const spki = key.export({ format: "der", type: "spki" });
  if (spki.length !== spkiPrefix.length + 65 || !spki.subarray(0, spkiPrefix.length).equals(spkiPrefix))
    throw new KabinaError("key/unsuitable", { reason: "not a P-256 key" });
  return spki.subarray(spkiPrefix.length);
}

/** The public key at a point. Throws `key/unsuitable` when the point is not 65 bytes uncompressed and on the curve. */
export function publicKeyFromPoint(point: Uint8Array): KeyObject {
  try {
    if (point.length === 65 && point[0] === 4)
      return createPublicKey({ key: Buffer.concat([spkiPrefix, point]), format: "der", type: "spki" });
  } catch (cause) {
    throw new KabinaError("key/unsuitable", { reason: "point not on P-256" }, { cause });
  }
  throw new KabinaError("key/unsuitable", { reason: "not an uncompressed P-256 point" });
}

function drawScalar(random: RandomBytes) {
  for (let draw = 0; draw < maximumDraws; draw++) {
    const ecdh = createECDH(curve);
    try {
      ecdh.setPrivateKey(random(32)); // refuses zero and what is not below the group's order
      return ecdh;
    } catch {}
  }
  throw new KabinaError("key/randomness", {});
}
