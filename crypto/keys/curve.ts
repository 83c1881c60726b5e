/** The elliptic curves of Kabina's keys. Keys come from the caller's randomness, so that a recorded run makes the same keys again. */
import { createECDH, createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import type { SignatureScheme } from "../certificate/signature.ts";
import type { RandomBytes } from "../environment.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import type { KeyAlgorithm, PrivateKeyHandle } from "./key.ts";

export interface Curve {
  readonly algorithm: KeyAlgorithm;
  /** As node:crypto calls it. */
  readonly name: string;
  /** Bytes of a coordinate, and of a private key. */
  readonly size: number;
  /** The digest that signatures with it are made over. */
  readonly digest: "sha256" | "sha384";
  /** SubjectPublicKeyInfo up to the point. */
  readonly prefix: Uint8Array;
}

export const curves: Readonly<Record<KeyAlgorithm, Curve>> = {
  "P-256": {
    algorithm: "P-256",
    name: "prime256v1",
    size: 32,
    digest: "sha256",
    prefix: Buffer.from("3059301306072a8648ce3d020106082a8648ce3d030107034200", "hex"),
  },
  "P-384": {
    algorithm: "P-384",
    name: "secp384r1",
    size: 48,
    digest: "sha384",
    prefix: Buffer.from("3076301006072a8648ce3d020106052b81040022036200", "hex"),
  },
};

/** How a key signs: ECDSA with its curve's digest. */
export const schemeOf = ({ algorithm }: Pick<PrivateKeyHandle, "algorithm">): SignatureScheme => ({
  kind: "ecdsa",
  digest: curves[algorithm].digest,
});

/** Draws before a source of randomness is declared broken; a good one fails one draw with probability 2^-32. */
const maximumDraws = 8;

/** An ephemeral key for one agreement on the peer's curve: its public point (uncompressed) and the shared x-coordinate. */
export function agreeEphemerally(peer: KeyObject, random: RandomBytes): { point: Uint8Array; shared: Uint8Array } {
  const ecdh = drawScalar(curveOf(peer), random);
  return { point: ecdh.getPublicKey(), shared: ecdh.computeSecret(publicPoint(peer)) };
}

/** A new private key. */
export function generateKey(algorithm: KeyAlgorithm, random: RandomBytes): KeyObject {
  const curve = curves[algorithm];
  const ecdh = drawScalar(curve, random);
  const point = ecdh.getPublicKey();
  const scalar = Buffer.concat([Buffer.alloc(curve.size), ecdh.getPrivateKey()]).subarray(-curve.size);
  const part = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
  const [x, y] = [point.subarray(1, 1 + curve.size), point.subarray(1 + curve.size)];
  return createPrivateKey({
    format: "jwk",
    key: { kty: "EC", crv: algorithm, d: part(scalar), x: part(x), y: part(y) },
  });
}

/** The curve of a public key. Throws `key/unsuitable` for a key of any other kind. */
export function curveOf(key: KeyObject): Curve {
  const spki = key.export({ format: "der", type: "spki" });
  for (const curve of Object.values(curves))
    if (spki.length === curve.prefix.length + 1 + 2 * curve.size && startsWith(spki, curve.prefix)) return curve;
  throw new KabinaError("key/unsuitable", { reason: "not a P-256 or P-384 key" });
}

/** The uncompressed point of a public key. Throws `key/unsuitable` for a key that is on none of our curves. */
export function publicPoint(key: KeyObject): Uint8Array {
  return key.export({ format: "der", type: "spki" }).subarray(curveOf(key).prefix.length);
}

/** The public key at a point; its length tells the curve. Throws `key/unsuitable` when it is not uncompressed and on the curve. */
export function publicKeyFromPoint(point: Uint8Array): KeyObject {
  const curve = Object.values(curves).find(({ size }) => point.length === 1 + 2 * size);
  if (curve && point[0] === 4) {
    try {
      return createPublicKey({ key: Buffer.concat([curve.prefix, point]), format: "der", type: "spki" });
    } catch (cause) {
      throw new KabinaError("key/unsuitable", { reason: `point not on ${curve.algorithm}` }, { cause });
    }
  }
  throw new KabinaError("key/unsuitable", { reason: "not an uncompressed P-256 or P-384 point" });
}

function drawScalar({ name, size }: Curve, random: RandomBytes) {
  for (let draw = 0; draw < maximumDraws; draw++) {
    const ecdh = createECDH(name);
    const scalar = random(size); // a source that fails is no draw: its failure is the caller's to hear
    try {
      ecdh.setPrivateKey(scalar); // refuses zero and what is not below the group's order
      return ecdh;
    } catch {}
  }
  throw new KabinaError("key/randomness", {});
}

const startsWith = (bytes: Uint8Array, prefix: Uint8Array): boolean =>
  Buffer.compare(bytes.subarray(0, prefix.length), prefix) === 0;
