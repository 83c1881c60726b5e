/**
 * The one grammar of tag, length and value under every reader of Kabina (X.690 §8.1 and §10.1, ISO/IEC 7816-4 §6.3): each length is held
 * against what is there before anything is taken, lengths are definite and shortest, and one budget of depth, length and count
 * holds for a whole document. What real documents do otherwise is taken only where the caller asks for it (`ber`), and is reported.
 */

/** What a document may demand of its reader. What goes beyond is refused before anything is allocated. */
export interface ReadLimits {
  /** Levels of nesting; the outermost element is 1. */
  readonly depth: number;
  /** Elements, nested ones included, as far as they are looked at. */
  readonly elements: number;
  /** Bytes of one element's value. */
  readonly bytes: number;
}

/** Ways in which an encoding that was let through is not DER. */
export type Departure =
  | "indefinite-length"
  | "length-not-shortest"
  | "octet-string-in-pieces"
  | "integer-not-shortest"
  | "boolean-not-ff"
  | "unused-bits-set"
  | "signed-attributes-unsorted"
  | "signed-attributes-missing";

/** One reading of one document: its rules, its limits and what is left of them. */
export interface Reading {
  readonly ber: boolean;
  readonly limits: ReadLimits;
  /** Elements that may still be read. */
  left: number;
  /** Makes the error of this document; `problem` is one of a few words with hyphens. */
  readonly refuse: (problem: string, offset: number) => Error;
  readonly depart: (departure: Departure, offset: number) => void;
}

/** Where one element is. Of most nothing but the place is asked for: its bytes are looked at when somebody wants them. */
export class Scanned {
  /** All tag bytes as one number: `0x30`, `0x7f61`. */
  readonly tag: number;
  readonly constructed: boolean;
  /** Bytes of tag and length. */
  readonly headerLength: number;
  /** Bytes of the whole encoding. */
  readonly length: number;
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #valueEnd: number;
  #raw: Uint8Array | undefined;
  #value: Uint8Array | undefined;

  constructor(
    bytes: Uint8Array,
    tag: number,
    constructed: boolean,
    start: number,
    valueAt: number,
    valueEnd: number,
    end: number,
  ) {
    this.tag = tag;
    this.constructed = constructed;
    this.headerLength = valueAt - start;
    this.length = end - start;
    this.#bytes = bytes;
    this.#start = start;
    this.#valueEnd = valueEnd;
  }

  /** A view of the input: the whole encoding. */
  get raw(): Uint8Array {
    this.#raw ??= this.#bytes.subarray(this.#start, this.#start + this.length);
    return this.#raw;
  }

  /** A view of the input: the value, without end-of-contents octets. */
  get value(): Uint8Array {
    this.#value ??= this.#bytes.subarray(this.#start + this.headerLength, this.#valueEnd);
    return this.#value;
  }
}

const mostTagBytes = 4;
/** Digits of a length; six bytes still make an exact number. */
const mostLengthBytes = 6;

/** Reads one element of `bytes` at `start`. `origin` is where `bytes` begin in the document, for messages. */
export function scan(bytes: Uint8Array, start: number, origin: number, depth: number, reading: Reading): Scanned {
  const { limits } = reading;
  const at = origin + start;
  if (depth > limits.depth) throw reading.refuse("too-deep", at);
  if (--reading.left < 0) throw reading.refuse("too-many-elements", at);

  const first = bytes[start];
  if (first === undefined) throw reading.refuse("cut-off", at);
  let next = start + 1;
  let tag = first;
  if ((first & 0x1f) === 0x1f) {
    for (let more = true; more; next++) {
      const byte = bytes[next];
      if (byte === undefined) throw reading.refuse("cut-off", at);
      if (next - start >= mostTagBytes) throw reading.refuse("tag-too-long", at);
      if (next === start + 1 && byte === 0x80) throw reading.refuse("tag-encoding", at);
      tag = tag * 256 + byte;
      more = (byte & 0x80) !== 0;
    }
  } else if (first === 0 && reading.ber) throw reading.refuse("end-of-contents", at);
  const constructed = (first & 0x20) !== 0;

  let length = bytes[next++];
  if (length === undefined) throw reading.refuse("cut-off", at);
  if (length === 0x80) {
    if (!reading.ber || !constructed) throw reading.refuse("indefinite-length", at);
    reading.depart("indefinite-length", at);
    const end = endOfContents(bytes, next, origin, depth, reading);
    return new Scanned(bytes, tag, constructed, start, next, end, end + 2);
  }
  if (length > 0x80) {
    const digits = length & 0x7f;
    if (digits > mostLengthBytes) throw reading.refuse("length-encoding", at);
    if (next + digits > bytes.length) throw reading.refuse("cut-off", at);
    const shortest = bytes[next] !== 0;
    length = 0;
    for (const end = next + digits; next < end; next++) length = length * 256 + bytes[next]!;
    if (!shortest || length < 0x80) {
      if (!reading.ber) throw reading.refuse("length-not-shortest", at);
      reading.depart("length-not-shortest", at);
    }
  }
  if (length > limits.bytes) throw reading.refuse("too-long", at);
  if (length > bytes.length - next) throw reading.refuse("cut-off", at);
  const end = next + length;
  return new Scanned(bytes, tag, constructed, start, next, end, end);
}

/** X.690 §8.1.3.6: where the two zero bytes after the contents begin. */
function endOfContents(bytes: Uint8Array, from: number, origin: number, depth: number, reading: Reading): number {
  let end = from;
  while (!(bytes[end] === 0 && bytes[end + 1] === 0)) {
    end += scan(bytes, end, origin, depth + 1, reading).length;
  }
  return end;
}
