/** The integers modulo a prime, in a subgroup of prime order (RFC 5114); elements are numbers of the prime's length, big-endian. */
import { type AgreementGroup, byteLength, invalidElement, power, toBytes, toNumber } from "./group.ts";

export interface DhParameters {
  readonly name: string;
  readonly p: bigint;
  readonly q: bigint;
  readonly g: bigint;
}

export class DhGroup implements AgreementGroup {
  readonly kind = "DH";
  readonly publicKeyTag = 0x84;
  readonly name: string;
  readonly order: bigint;
  readonly prime: bigint;
  readonly generator: Uint8Array;
  readonly #length: number;

  constructor({ name, p, q, g }: DhParameters) {
    this.name = name;
    this.prime = p;
    this.order = q;
    this.#length = byteLength(p);
    this.generator = toBytes(g, this.#length);
  }

  multiply(element: Uint8Array, scalar: bigint): Uint8Array {
    const result = power(this.#read(element), scalar, this.prime);
    if (result === 1n) throw invalidElement(this.name);
    return toBytes(result, this.#length);
  }

  agree(element: Uint8Array, scalar: bigint): Uint8Array {
    return this.multiply(element, scalar);
  }

  combine(a: Uint8Array, b: Uint8Array): Uint8Array {
    const product = (this.#read(a) * this.#read(b)) % this.prime;
    if (product === 1n) throw invalidElement(this.name);
    return toBytes(product, this.#length);
  }

  secretOf(element: Uint8Array): Uint8Array {
    this.#read(element);
    return element.slice();
  }

  /** 9303-11 App. B.1: raised to the cofactor, any number falls into the subgroup. */
  elementOf(number: bigint): Uint8Array {
    const element = power(number, (this.prime - 1n) / this.order, this.prime);
    if (element <= 1n) throw invalidElement(this.name);
    return toBytes(element, this.#length);
  }

  /** An element of the subgroup, not the neutral one (9303-11 §9.4: public keys MUST be validated). */
  #read(element: Uint8Array): bigint {
    const number = toNumber(element);
    const inside = element.length <= this.#length && number > 1n && number < this.prime - 1n;
    if (!inside || power(number, this.order, this.prime) !== 1n) throw invalidElement(this.name);
    return number;
  }
}
