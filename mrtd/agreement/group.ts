/**
 * A group in which PACE and chip authentication agree on keys: an elliptic curve or the integers modulo a prime. Its elements are handled in the
 * encoding in which they travel (9303-11 §9.4.3, §9.4.4), so the protocols above need not know which it is.
 */
import type { RandomBytes } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";

export interface AgreementGroup {
  readonly kind: "ECDH" | "DH";
  readonly name: string;
  /** Order of the generator. */
  readonly order: bigint;
  readonly generator: Uint8Array;
  /** Tag of a public key in a public key data object: point 0x86, number 0x84. */
  readonly publicKeyTag: number;
  /** Bits of the prime, which integrated mapping fills with pseudo-random ones. */
  readonly prime: bigint;
  /** `scalar` times (or to the power of, in the integers) an element; throws `mrtd/agreement-element` when that is none of this group or the neutral one. */
  multiply(element: Uint8Array, scalar: bigint): Uint8Array;
  /** The group's operation on two elements. */
  combine(a: Uint8Array, b: Uint8Array): Uint8Array;
  /** What of `scalar` times an element goes into the key derivation: the same as `secretOf` of `multiply`, and faster. */
  agree(element: Uint8Array, scalar: bigint): Uint8Array;
  /** What of a common element goes into the key derivation: of a point its x-coordinate. */
  secretOf(element: Uint8Array): Uint8Array;
  /** Integrated mapping's encoding of a number below the prime as an element of the group (9303-11 §4.4.3.3.2, App. B). */
  elementOf(number: bigint): Uint8Array;
}

export interface AgreementKeyPair {
  readonly secret: bigint;
  readonly publicKey: Uint8Array;
}

/** Most tries for a number below the order; each fails with a chance below one half. */
const maxTries = 128;

/** A secret number, 1 ≤ number < order, by rejection: a published vector's key comes out as it stands. */
export function drawSecret(group: AgreementGroup, random: RandomBytes): bigint {
  const length = byteLength(group.order);
  const spareBits = BigInt(length * 8 - group.order.toString(2).length);
  for (let i = 0; i < maxTries; i++) {
    const number = toNumber(random(length)) & ((1n << (BigInt(length * 8) - spareBits)) - 1n);
    if (number > 0n && number < group.order) return number;
  }
  throw new KabinaError("mrtd/agreement-random");
}

/** A fresh key pair over the group's generator, or over a mapped one. */
export function drawKeyPair(
  group: AgreementGroup,
  random: RandomBytes,
  generator: Uint8Array = group.generator,
): AgreementKeyPair {
  const secret = drawSecret(group, random);
  return { secret, publicKey: group.multiply(generator, secret) };
}

export function invalidElement(group: string, cause?: unknown): KabinaError {
  return new KabinaError("mrtd/agreement-element", { group }, { cause });
}

export function toNumber(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}

export function toBytes(number: bigint, length: number): Uint8Array {
  return Uint8Array.from(Buffer.from(number.toString(16).padStart(length * 2, "0"), "hex"));
}

export function byteLength(number: bigint): number {
  return Math.ceil(number.toString(2).length / 8);
}

export function modulo(number: bigint, by: bigint): bigint {
  const rest = number % by;
  return rest < 0n ? rest + by : rest;
}

export function power(base: bigint, exponent: bigint, by: bigint): bigint {
  let result = 1n;
  let square = modulo(base, by);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % by;
    square = (square * square) % by;
  }
  return result;
}

/** Inverse modulo a prime. */
export function inverse(number: bigint, prime: bigint): bigint {
  let [a, b, x, y] = [modulo(number, prime), prime, 1n, 0n];
  while (b !== 0n) {
    const quotient = a / b;
    [a, b] = [b, a - quotient * b];
    [x, y] = [y, x - quotient * y];
  }
  return modulo(x, prime);
}
