/**
 * Reads DER (X.690) from bytes that may be hostile: definite and shortest lengths only, every length checked against what is
 * there before anything is taken, and one budget of depth and count for the whole document. `encoding: "ber"` takes the
 * indefinite and long lengths and the segmented strings that some issuers of documents and `openssl cms -stream` write.
 *
 * Elements are views of the input; nothing is copied. Children are read when they are asked for.
 */
import { KabinaError } from "../errors/kabina-error.ts";
import { tags } from "./tags.ts";

export interface DerLimits {
  readonly encoding: "der" | "ber";
  /** Levels of nesting. */
  readonly depth: number;
  /** Elements read in the whole document. */
  readonly elements: number;
  /** Bytes of the whole document. */
  readonly bytes: number;
}

export const derLimits: DerLimits = { encoding: "der", depth: 32, elements: 20_000, bytes: 80 * 1024 * 1024 };

/** Bytes; the longest in use have some twenty. */
const longestObjectIdentifier = 128;
/** Times 128 it is still an exact number. */
const largestExactArc = 2 ** 45;

interface Budget extends DerLimits {
  left: number;
}

/** One tag-length-value. */
export class DerElement {
  /** The identifier byte: class, constructed bit and number. */
  readonly tag: number;
  /** The whole encoding. */
  readonly raw: Uint8Array;
  /** The contents. */
  readonly value: Uint8Array;
  /** Where it begins in the document, for messages. */
  readonly at: number;
  readonly #depth: number;
  readonly #budget: Budget;
  #children: readonly DerElement[] | undefined;

  constructor(tag: number, raw: Uint8Array, value: Uint8Array, at: number, depth: number, budget: Budget) {
    this.tag = tag;
    this.raw = raw;
    this.value = value;
    this.at = at;
    this.#depth = depth;
    this.#budget = budget;
  }

  get constructed(): boolean {
    return (this.tag & 0x20) !== 0;
  }

  /** The elements inside a constructed value. Throws `der/malformed` when it is primitive or holds anything else. */
  get children(): readonly DerElement[] {
    if (this.#children) return this.#children;
    if (!this.constructed) throw malformed("not constructed", this.at);
    const valueAt = this.at + (this.value.byteOffset - this.raw.byteOffset);
    const children: DerElement[] = [];
    for (let offset = 0; offset < this.value.length; ) {
      const child = readElement(this.value, offset, valueAt, this.#depth + 1, this.#budget);
      children.push(child);
      offset += child.raw.length;
    }
    this.#children = children;
    return children;
  }

  /** This element when it has the tag; else `der/malformed`. */
  expect(tag: number): this {
    if (this.tag !== tag) throw malformed(`tag ${hex(tag)} expected, ${hex(this.tag)} found`, this.at);
    return this;
  }

  /** The child at a position, with the tag it must have. */
  child(index: number, tag?: number): DerElement {
    const child = this.children[index];
    if (child === undefined) throw malformed(`element ${index + 1} is missing`, this.at);
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
    if (v.length === 0) throw malformed("empty integer", this.at);
    const padded = v.length > 1 && ((v[0] === 0 && v[1]! < 0x80) || (v[0] === 0xff && v[1]! >= 0x80));
    if (padded && this.#budget.encoding === "der") throw malformed("integer not in shortest form", this.at);
    return v;
  }

  /** INTEGER that fits 31 bits and is not negative. */
  smallInteger(): number {
    const bytes = this.integerBytes();
    const value = bytes.length > 4 ? -1 : Buffer.from(bytes).readIntBE(0, bytes.length);
    if (value < 0) throw malformed("integer out of range", this.at);
    return value;
  }

  boolean(): boolean {
    this.expect(tags.boolean);
    const byte = this.value[0];
    if (this.value.length !== 1 || (byte !== 0 && byte !== 0xff)) throw malformed("boolean", this.at);
    return byte === 0xff;
  }

  /** OBJECT IDENTIFIER in dotted form. */
  oid(): string {
    this.expect(tags.objectIdentifier);
    return decodeObjectIdentifier(this.value, this.at);
  }

  /** OCTET STRING; in BER its segments joined. */
  octets(): Uint8Array {
    if (this.tag === (tags.octetString | 0x20) && this.#budget.encoding === "ber")
      return Buffer.concat(this.children.map((segment) => segment.octets()));
    return this.expect(tags.octetString).value;
  }

  /** BIT STRING of whole bytes. */
  bits(): Uint8Array {
    const { bytes, unused } = this.namedBits();
    if (unused !== 0) throw malformed("bit string with a part of a byte", this.at);
    return bytes;
  }

  /** BIT STRING and the number of unused bits of its last byte. */
  namedBits(): { bytes: Uint8Array; unused: number } {
    this.expect(tags.bitString);
    const unused = this.value[0];
    const bytes = this.value.subarray(1);
    if (unused === undefined || unused > 7 || (bytes.length === 0 && unused > 0))
      throw malformed("bit string", this.at);
    if (unused > 0 && (bytes[bytes.length - 1]! & ((1 << unused) - 1)) !== 0 && this.#budget.encoding === "der")
      throw malformed("unused bits set", this.at);
    return { bytes, unused };
  }

  /** UTCTime or GeneralizedTime in the forms that RFC 5280 §4.1.2.5 allows: UTC, seconds given, no fraction. */
  time(): Date {
    const text = Buffer.from(this.value).toString("latin1");
    const short = this.tag === tags.utcTime && text.length === 13;
    if (!(short || (this.tag === tags.generalizedTime && text.length === 15)) || !/^\d+Z$/.test(text))
      throw malformed("time", this.at);
    const digits = short ? (text < "50" ? "20" : "19") + text : text;
    const part = (from: number, to: number) => Number(digits.slice(from, to));
    const [month, day, hour] = [part(4, 6), part(6, 8), part(8, 10)];
    const at = new Date(Date.UTC(2000, month - 1, day, hour, part(10, 12), part(12, 14)));
    at.setUTCFullYear(part(0, 4), month - 1, day); // Date.UTC takes years below 100 for those of the 20th century
    // A field beyond its range rolls over into the next, and then the moment no longer says what was written.
    if (at.toISOString().replace(/[-:T]|\.\d+(?=Z)/g, "") !== digits) throw malformed("time", this.at);
    return at;
  }
}

/** Reads a document that is exactly one element. Throws `der/malformed`, `der/too-deep`, `der/too-large`. */
export function readDer(bytes: Uint8Array, limits: Partial<DerLimits> = {}): DerElement {
  const budget: Budget = { ...derLimits, ...limits, left: limits.elements ?? derLimits.elements };
  if (bytes.length > budget.bytes) throw new KabinaError("der/too-large", { size: bytes.length, limit: budget.bytes });
  const element = readElement(bytes, 0, 0, 0, budget);
  if (element.raw.length !== bytes.length) throw malformed("bytes after the end", element.raw.length);
  return element;
}

function readElement(bytes: Uint8Array, offset: number, base: number, depth: number, budget: Budget): DerElement {
  const at = base + offset;
  if (depth > budget.depth) throw new KabinaError("der/too-deep", { limit: budget.depth });
  if (--budget.left < 0) throw new KabinaError("der/too-large", { size: budget.elements + 1, limit: budget.elements });
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined) throw malformed("cut short", at);
  if ((tag & 0x1f) === 0x1f) throw malformed("tag number above 30", at);
  if (tag === 0) throw malformed("end of contents where an element should be", at);
  if (first === 0x80) return readIndefinite(bytes, offset, base, depth, budget);
  let headerLength = 2;
  let length = first;
  if (first > 0x80) {
    const count = first & 0x7f;
    if (count > 6) throw malformed("length of a length", at);
    headerLength += count;
    if (offset + headerLength > bytes.length) throw malformed("cut short", at);
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + bytes[offset + 2 + i]!;
    const shortest = length >= 0x80 && bytes[offset + 2] !== 0;
    if (!shortest && budget.encoding === "der") throw malformed("length not in shortest form", at);
  }
  const end = offset + headerLength + length;
  if (end > bytes.length) throw malformed(`length ${length} exceeds what is there`, at);
  const value = bytes.subarray(offset + headerLength, end);
  return new DerElement(tag, bytes.subarray(offset, end), value, at, depth, budget);
}

/** BER only: contents up to the end-of-contents octets. */
function readIndefinite(bytes: Uint8Array, offset: number, base: number, depth: number, budget: Budget): DerElement {
  const at = base + offset;
  const tag = bytes[offset]!;
  if (budget.encoding !== "ber" || (tag & 0x20) === 0) throw malformed("indefinite length", at);
  let end = offset + 2;
  while (!(bytes[end] === 0 && bytes[end + 1] === 0)) {
    if (end >= bytes.length) throw malformed("cut short", at);
    end += readElement(bytes, end, base, depth + 1, budget).raw.length;
  }
  return new DerElement(tag, bytes.subarray(offset, end + 2), bytes.subarray(offset + 2, end), at, depth, budget);
}

function decodeObjectIdentifier(value: Uint8Array, at: number): string {
  if (value.length === 0 || value.length > longestObjectIdentifier) throw malformed("object identifier", at);
  if (value[value.length - 1]! >= 0x80) throw malformed("object identifier cut short", at);
  const arcs: (number | bigint)[] = [];
  let arc: number | bigint = 0;
  let fresh = true;
  for (const byte of value) {
    if (fresh && byte === 0x80) throw malformed("object identifier not in shortest form", at);
    // Numbers as long as they are exact; arcs under 2.25 have 128 bits.
    if (typeof arc === "number" && arc < largestExactArc) arc = arc * 128 + (byte & 0x7f);
    else arc = (BigInt(arc) << 7n) | BigInt(byte & 0x7f);
    fresh = byte < 0x80;
    if (!fresh) continue;
    arcs.push(arc);
    arc = 0;
  }
  const first = arcs[0]!;
  if (first < 80) return [first < 40 ? 0 : 1, Number(first) % 40, ...arcs.slice(1)].join(".");
  return [2, BigInt(first) - 80n, ...arcs.slice(1)].join(".");
}

const hex = (tag: number): string => tag.toString(16).padStart(2, "0");

function malformed(reason: string, at: number): KabinaError {
  return new KabinaError("der/malformed", { reason, at });
}
