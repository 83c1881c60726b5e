/** The elliptic curves of Kabina's keys. Keys come from the caller's randomness, so that a recorded run makes the same keys again. */
import { createECDH, createPrivateKey, createPublicKey, ECDH, KeyObject, subtle } from "node:crypto";
import type { RandomBytes } from "../environment.ts";
import { KabinaError } from "../errors/kabina-error.ts";

export type CurveName = "P-256" | "P-384";

export interface Curve {
  readonly algorithm: CurveName;
  /** As node:crypto calls it. */
  readonly name: string;
  /** Bytes of a coordinate, and of a private key. */
  readonly size: number;
  /** The digest that signatures with it are made over. */
  readonly digest: "sha256" | "sha384";
  /** SubjectPublicKeyInfo up to the point. */
  readonly prefix: Uint8Array;
}

export const curves: Readonly<Record<CurveName, Curve>> = {
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

/** Draws before a source of randomness is declared broken; a good one fails one draw with probability 2^-32. */
const maximumDraws = 8;

/** An ephemeral key for one agreement on the peer's curve: its public point (uncompressed) and the shared x-coordinate. */
export const agreeEphemerally = (peer: KeyObject, random: RandomBytes): EphemeralAgreement =>
  ephemeralFor(curveOf(peer), publicPoint(peer), random);

export interface EphemeralAgreement {
  readonly point: Uint8Array;
  readonly shared: Uint8Array;
}

/** The same for a peer's uncompressed point. Throws `key/unsuitable` for what is no point of the curve. */
export function ephemeralFor(curve: Curve, peer: Uint8Array, random: RandomBytes): EphemeralAgreement {
  const ecdh = drawScalar(curve, random);
  return { point: ecdh.getPublicKey(), shared: agreeWith(ecdh, curve, peer) };
}

/** A new private key. */
export function generateKey(algorithm: CurveName, random: RandomBytes): KeyObject {
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
export const curveOf = (key: KeyObject): Curve => curveOfInfo(publicKeyInfoOf(key));

/** The curve of a SubjectPublicKeyInfo, by its bytes alone; whether the point is on it is for whoever uses the key. Throws `key/unsuitable`. */
export function curveOfInfo(info: Uint8Array): Curve {
  for (const curve of Object.values(curves)) if (isOn(curve, info)) return curve;
  throw new KabinaError("key/unsuitable", { reason: "not a P-256 or P-384 key" });
}

/** The uncompressed point of a public key. Throws `key/unsuitable` for a key that is on none of our curves. */
export function publicPoint(key: KeyObject): Uint8Array {
  return pointOfInfo(publicKeyInfoOf(key));
}

/** The same of a SubjectPublicKeyInfo. */
export const pointOfInfo = (info: Uint8Array): Uint8Array => info.subarray(curveOfInfo(info).prefix.length);

/** The same few keys are used again and again. */
const exported = new WeakMap<KeyObject, Uint8Array>();

/** SubjectPublicKeyInfo of a public key, DER. OpenSSL's own encoder takes twenty times as long as the coordinates do. */
export function publicKeyInfoOf(key: KeyObject): Uint8Array {
  const known = exported.get(key);
  if (known) return known;
  const { namedCurve } = key.asymmetricKeyDetails ?? {};
  const curve = Object.values(curves).find(({ name }) => name === namedCurve);
  const info = curve ? infoOnCurve(curve, key) : key.export({ format: "der", type: "spki" });
  exported.set(key, info);
  return info;
}

function infoOnCurve({ prefix }: Curve, key: KeyObject): Uint8Array {
  const { x, y } = key.export({ format: "jwk" });
  const part = (text: string | undefined) => Buffer.from(text as string, "base64url");
  return Buffer.concat([prefix, Uint8Array.of(4), part(x), part(y)]);
}

/** A public key out of its SubjectPublicKeyInfo, of any kind that OpenSSL reads. Throws what node:crypto throws. */
export function importPublicKey(info: Uint8Array): KeyObject {
  const curve = Object.values(curves).find((one) => isOn(one, info));
  if (!curve) return createPublicKey({ key: Buffer.from(info), format: "der", type: "spki" });
  // By its coordinates: OpenSSL's search for a decoder costs more than a verification. The point is checked all the same.
  const point = Buffer.from(info.buffer, info.byteOffset, info.length).subarray(curve.prefix.length + 1);
  const part = (from: number) => point.subarray(from, from + curve.size).toString("base64url");
  return createPublicKey({ format: "jwk", key: { kty: "EC", crv: curve.algorithm, x: part(0), y: part(curve.size) } });
}

/**
 * The same for a key that is used once, on one of our curves. WebCrypto reads the bare point in two thirds of the time, and the first verification does not convert
 * the key again; the point is checked all the same.
 */
export async function importFreshKey(info: Uint8Array): Promise<KeyObject> {
  const curve = Object.values(curves).find((one) => isOn(one, info));
  if (!curve) return importPublicKey(info);
  const algorithm = { name: "ECDSA", namedCurve: curve.algorithm };
  return KeyObject.from(await subtle.importKey("raw", info.subarray(curve.prefix.length), algorithm, true, ["verify"]));
}

/** The private half of agreements on a curve: what `agreeWith` takes. */
export function agreementKey(privateKey: KeyObject): ECDH {
  const { crv, d } = privateKey.export({ format: "jwk" });
  const ecdh = createECDH(curves[crv as CurveName].name);
  ecdh.setPrivateKey(Buffer.from(d as string, "base64url"));
  return ecdh;
}

/** The shared x-coordinate with an uncompressed point of the same curve. Throws `key/unsuitable` for what is no such point. */
export const agreeWith = (ecdh: ECDH, curve: Curve, point: Uint8Array): Uint8Array =>
  onCurve(curve, point, () => ecdh.computeSecret(point)); // refuses what is not on the curve

/** Throws `key/unsuitable` for anything but an uncompressed point of the curve: for who hands it to a token, which may not look. */
export const checkPoint = (curve: Curve, point: Uint8Array): void =>
  void onCurve(curve, point, () => ECDH.convertKey(point, curve.name));

function onCurve<T>({ algorithm, size }: Curve, point: Uint8Array, use: () => T): T {
  if (point.length !== 1 + 2 * size || point[0] !== 4)
    throw new KabinaError("key/unsuitable", { reason: `not an uncompressed ${algorithm} point` });
  try {
    return use();
  } catch (cause) {
    throw new KabinaError("key/unsuitable", { reason: `point not on ${algorithm}` }, { cause });
  }
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

/** True for the one form of a key on a curve: the curve by name, the point uncompressed. */
export const isOn = ({ prefix, size }: Curve, info: Uint8Array): boolean =>
  info.length === prefix.length + 1 + 2 * size &&
  info[prefix.length] === 4 &&
  Buffer.compare(info.subarray(0, prefix.length), prefix) === 0;
