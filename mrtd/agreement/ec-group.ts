/**
 * Elliptic curves for key agreement; points are uncompressed, `04 ‖ x ‖ y`. OpenSSL multiplies where it can: it takes the generator to a point, and
 * any point to an x-coordinate, several times faster. A multiple of any point with both coordinates, which mapping wants, it does not give.
 */
import { createECDH, getCurves } from "node:crypto";
import { type WeierstrassPointCons, weierstrass } from "@noble/curves/abstract/weierstrass.js";
import { equalBytes } from "../tlv/der.ts";
import { type AgreementGroup, byteLength, invalidElement, inverse, modulo, power, toBytes } from "./group.ts";

export interface CurveParameters {
  readonly name: string;
  readonly p: bigint;
  readonly a: bigint;
  readonly b: bigint;
  readonly Gx: bigint;
  readonly Gy: bigint;
  readonly n: bigint;
}

/** OpenSSL's names where they differ. */
const opensslNames: Readonly<Record<string, string>> = { secp192r1: "prime192v1", secp256r1: "prime256v1" };
const opensslCurves: ReadonlySet<string> = new Set(getCurves());

export class EcGroup implements AgreementGroup {
  readonly kind = "ECDH";
  readonly publicKeyTag = 0x86;
  readonly name: string;
  readonly order: bigint;
  readonly prime: bigint;
  readonly fieldLength: number;
  readonly #curve: CurveParameters;
  readonly #point: WeierstrassPointCons<bigint>;
  /** The curve's name in OpenSSL, where that has it. */
  readonly #openssl: string | undefined;
  readonly generator: Uint8Array;

  constructor(curve: CurveParameters) {
    this.name = curve.name;
    this.order = curve.n;
    this.prime = curve.p;
    this.fieldLength = byteLength(curve.p);
    this.#curve = curve;
    const { p, n, a, b, Gx, Gy } = curve;
    this.#point = weierstrass({ p, n, a, b, Gx, Gy, h: 1n });
    this.generator = this.#point.BASE.toBytes(false);
    const openssl = opensslNames[curve.name] ?? curve.name;
    this.#openssl = opensslCurves.has(openssl) ? openssl : undefined;
  }

  multiply(element: Uint8Array, scalar: bigint): Uint8Array {
    const factor = this.#factor(scalar);
    if (this.#openssl !== undefined && equalBytes(element, this.generator))
      return new Uint8Array(this.#keyOf(this.#openssl, factor).getPublicKey());
    return this.#read(element).multiply(factor).toBytes(false);
  }

  agree(element: Uint8Array, scalar: bigint): Uint8Array {
    if (this.#openssl === undefined) return this.secretOf(this.multiply(element, scalar));
    const key = this.#keyOf(this.#openssl, this.#factor(scalar));
    this.#read(element);
    return new Uint8Array(key.computeSecret(element));
  }

  #factor(scalar: bigint): bigint {
    const factor = modulo(scalar, this.order);
    if (factor === 0n) throw invalidElement(this.name);
    return factor;
  }

  #keyOf(curve: string, secret: bigint) {
    const key = createECDH(curve);
    key.setPrivateKey(toBytes(secret, byteLength(this.order)));
    return key;
  }

  combine(a: Uint8Array, b: Uint8Array): Uint8Array {
    const sum = this.#read(a).add(this.#read(b));
    if (sum.is0()) throw invalidElement(this.name);
    return sum.toBytes(false);
  }

  secretOf(element: Uint8Array): Uint8Array {
    this.#read(element);
    return element.slice(1, 1 + this.fieldLength);
  }

  /**
   * 9303-11 App. B.2: the simplified map of Shallue, van de Woestijne and Ulas. It wants p ≡ 3 (mod 4), as every standardised curve
   * has but secp224r1, for which integrated mapping is not defined.
   */
  elementOf(number: bigint): Uint8Array {
    const { p, a, b } = this.#curve;
    if (p % 4n !== 3n) throw invalidElement(this.name);
    const alpha = modulo(-(number * number), p);
    const x2 = modulo(-b * inverse(a, p) * (1n + inverse(alpha + alpha * alpha, p)), p);
    const x3 = modulo(alpha * x2, p);
    const right = (x: bigint) => modulo(x * x * x + a * x + b, p);
    const h2 = right(x2);
    const u = modulo(number * number * number * h2, p);
    const root = power(h2, p - 1n - (p + 1n) / 4n, p);
    const [x, y] = modulo(root * root * h2, p) === 1n ? [x2, modulo(root * h2, p)] : [x3, modulo(root * u, p)];
    const element = Uint8Array.from([4, ...toBytes(x, this.fieldLength), ...toBytes(y, this.fieldLength)]);
    this.#read(element);
    return element;
  }

  /** A point of the curve that is not the neutral one; the cofactor is 1, so it has the generator's order. */
  #read(element: Uint8Array) {
    if (element.length !== 1 + 2 * this.fieldLength || element[0] !== 4) throw invalidElement(this.name);
    try {
      const point = this.#point.fromBytes(element);
      point.assertValidity();
      return point;
    } catch (error) {
      throw invalidElement(this.name, error);
    }
  }
}
