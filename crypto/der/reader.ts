/**
 * Reads ASN.1 in DER (X.690) from bytes that may be hostile, over the one grammar of `scan.ts`. `encoding: "ber"` takes the
 * indefinite and long lengths, the segmented strings and the sloppy values that some issuers of documents and `openssl cms -stream`
 * write; each is in the document's `departures`.
 *
 * Elements are views of the input; nothing is copied. Children are read when they are asked for.
 */
import { KabinaError } from "../errors/kabina-error.ts";
import { decodeObjectIdentifier, decodeTime, isShortestInteger } from "./decode.ts";
import { type Departure, type Reading, type ReadLimits, type Scanned, scan } from "./scan.ts";
import { tags } from "./tags.ts";

export interface DerLimits extends ReadLimits {
  readonly encoding: "der" | "ber";
}

export const derLimits: DerLimits = { encoding: "der", depth: 32, elements: 20_000, bytes: 80 * 1024 * 1024 };

interface Document extends Reading {
  readonly departures: Set<Departure>;
}

/** One tag-length-value. */
export class DerElement {
  /** The identifier byte: class, constructed bit and number. */
  readonly tag: number;
  /** Where it begins in the document, for messages. */
  readonly at: number;
  readonly #scanned: Scanned;
  readonly #depth: number;
  readonly #document: Document;
  #children: readonly DerElement[] | undefined;

  constructor(scanned: Scanned, at: number, depth: number, document: Document) {
    const { tag } = scanned;
    this.tag = tag;
    this.at = at;
    this.#scanned = scanned;
    this.#depth = depth;
    this.#document = document;
    if (tag === 0) throw this.malformed("end of contents where an element should be");
    if (tag > 0xff) throw this.malformed("tag number above 30");
  }

  /** Where the whole document, as far as it was read, is BER and not DER. Empty for DER. */
  get departures(): ReadonlySet<Departure> {
    return this.#document.departures;
  }

  /** The whole encoding. */
  get raw(): Uint8Array {
    return this.#scanned.raw;
  }

  /** The contents. */
  get value(): Uint8Array {
    return this.#scanned.value;
  }

  get constructed(): boolean {
    return (this.tag & 0x20) !== 0;
  }

  /** The elements inside a constructed value. Throws `der/malformed` when it is primitive or holds anything else. */
  get children(): readonly DerElement[] {
    if (this.#children) return this.#children;
    if (!this.constructed) throw this.malformed("not constructed");
    const { value, headerLength } = this.#scanned;
    const valueAt = this.at + headerLength;
    const children: DerElement[] = [];
    for (let offset = 0; offset < value.length; ) {
      const scanned = scan(value, offset, valueAt, this.#depth + 1, this.#document);
      children.push(new DerElement(scanned, valueAt + offset, this.#depth + 1, this.#document));
      offset += scanned.length;
    }
    this.#children = children;
    return children;
  }

  /** This element when it has the tag; else `der/malformed`. */
  expect(tag: number): this {
    if (this.tag !== tag) throw this.malformed(`tag ${hex(tag)} expected, ${hex(this.tag)} found`);
    return this;
  }

  /** The child at a position, with the tag it must have. */
  child(index: number, tag?: number): DerElement {
    const child = this.children[index];
    if (child === undefined) throw this.malformed(`element ${index + 1} is missing`);
    return tag === undefined ? child : child.expect(tag);
  }

  /** INTEGER of any size. */
  bigint(): bigint {
    const bytes = this.integerBytes();
    const magnitude = BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
    return bytes[0]! >= 0x80 ? magnitude - (1n << BigInt(bytes.length * 8)) : magnitude;
  }

  /** The two's-complement bytes of an INTEGER, shortest form. */
  integerBytes(): Uint8Array {
    this.expect(tags.integer);
    const v = this.value;
    if (v.length === 0) throw this.malformed("empty integer");
    if (!isShortestInteger(v)) this.#tolerate("integer-not-shortest");
    return v;
  }

  /** INTEGER that fits 31 bits and is not negative. */
  smallInteger(): number {
    const bytes = this.integerBytes();
    const value = bytes.length > 4 ? -1 : Buffer.from(bytes).readIntBE(0, bytes.length);
    if (value < 0) throw this.malformed("integer out of range");
    return value;
  }

  boolean(): boolean {
    this.expect(tags.boolean);
    const byte = this.value[0];
    if (this.value.length !== 1) throw this.malformed("boolean");
    if (byte !== 0 && byte !== 0xff) this.#tolerate("boolean-not-ff");
    return byte !== 0;
  }

  /** OBJECT IDENTIFIER in dotted form. */
  oid(): string {
    this.expect(tags.objectIdentifier);
    const oid = decodeObjectIdentifier(this.value);
    if (oid === undefined) throw this.malformed("object identifier");
    return oid;
  }

  /** OCTET STRING; in BER its segments joined. */
  octets(): Uint8Array {
    if (this.tag === (tags.octetString | 0x20)) {
      this.#tolerate("octet-string-in-pieces");
      return Buffer.concat(this.children.map((segment) => segment.octets()));
    }
    return this.expect(tags.octetString).value;
  }

  /** BIT STRING of whole bytes. */
  bits(): Uint8Array {
    const { bytes, unused } = this.namedBits();
    if (unused !== 0) throw this.malformed("bit string with a part of a byte");
    return bytes;
  }

  /** BIT STRING and the number of unused bits of its last byte. */
  namedBits(): { bytes: Uint8Array; unused: number } {
    this.expect(tags.bitString);
    const unused = this.value[0];
    const bytes = this.value.subarray(1);
    if (unused === undefined || unused > 7 || (bytes.length === 0 && unused > 0)) throw this.malformed("bit string");
    if (unused > 0 && (bytes[bytes.length - 1]! & ((1 << unused) - 1)) !== 0) this.#tolerate("unused-bits-set");
    return { bytes, unused };
  }

  /** UTCTime or GeneralizedTime in the forms that RFC 5280 §4.1.2.5 allows: UTC, seconds given, no fraction. */
  time(): Date {
    const short = this.tag === tags.utcTime;
    const at = short || this.tag === tags.generalizedTime ? decodeTime(this.value, short) : undefined;
    if (at === undefined) throw this.malformed("time");
    return at;
  }

  /** The error of something wrong with this element. */
  malformed(reason: string): KabinaError {
    return new KabinaError("der/malformed", { reason, at: this.at });
  }

  /** Lets through what BER allows, and notes it. */
  #tolerate(departure: Departure): void {
    if (!this.#document.ber) throw this.malformed(departure);
    this.#document.depart(departure, this.at);
  }
}

/** Reads a document that is exactly one element. Throws `der/malformed`, `der/too-deep`, `der/too-large`. */
export function readDer(bytes: Uint8Array, options: Partial<DerLimits> = {}): DerElement {
  const limits = { ...derLimits, ...options };
  if (bytes.length > limits.bytes) throw new KabinaError("der/too-large", { size: bytes.length, limit: limits.bytes });
  const departures = new Set<Departure>();
  const document: Document = {
    ber: limits.encoding === "ber",
    limits,
    left: limits.elements,
    departures,
    depart: (departure) => departures.add(departure),
    refuse(problem, at) {
      if (problem === "too-deep") return new KabinaError("der/too-deep", { limit: limits.depth });
      if (problem === "too-many-elements")
        return new KabinaError("der/too-large", { size: limits.elements + 1, limit: limits.elements });
      return new KabinaError("der/malformed", { reason: problem, at });
    },
  };
  const scanned = scan(bytes, 0, 0, 1, document);
  if (scanned.length !== bytes.length) throw document.refuse("bytes-after-the-end", scanned.length);
  return new DerElement(scanned, 0, 1, document);
}

const hex = (tag: number): string => tag.toString(16).padStart(2, "0");
