/**
 * Writes DER (X.690). A value is a list of chunks with a known length, so that a large content (a captured image) is put
 * into its envelope without being copied.
 */
import { KabinaError } from "../errors/kabina-error.ts";
import { tags } from "./tags.ts";

/** An encoded value: its bytes in order, not yet joined. */
export interface DerValue {
  readonly length: number;
  readonly chunks: readonly Uint8Array[];
}

/** Bytes that are DER already, taken as they are. */
export function raw(bytes: Uint8Array): DerValue {
  return { length: bytes.length, chunks: [bytes] };
}

/** A tag around contents, which stay where they are until all of it is written. */
class Tagged implements DerValue {
  readonly length: number;
  readonly #header: Uint8Array;
  readonly #contents: readonly DerValue[];

  constructor(tag: number, contents: readonly DerValue[]) {
    let length = 0;
    for (const content of contents) length += content.length;
    this.#header = lengthHeader(tag, length);
    this.#contents = contents;
    this.length = this.#header.length + length;
  }

  get chunks(): readonly Uint8Array[] {
    return [this.#header, ...this.#contents.flatMap(({ chunks }) => chunks)];
  }

  /** Returns where it ends. */
  write(into: Uint8Array, at: number): number {
    const header = this.#header;
    for (let index = 0; index < header.length; index++) into[at++] = header[index]!;
    for (const content of this.#contents) at = writeValue(content, into, at);
    return at;
  }
}

function writeValue(value: DerValue, into: Uint8Array, at: number): number {
  if (value instanceof Tagged) return value.write(into, at);
  for (const chunk of value.chunks) {
    into.set(chunk, at);
    at += chunk.length;
  }
  return at;
}

/** Any tag (all its bytes as one number: `0x30`, `0x7f61`) around contents. */
export const tagged = (tag: number, ...contents: readonly DerValue[]): DerValue => new Tagged(tag, contents);

export const sequence = (...items: readonly DerValue[]): DerValue => tagged(tags.sequence, ...items);

/** SET OF: sorted by encoding as DER demands (X.690 §11.6). */
export function setOf(...items: readonly DerValue[]): DerValue {
  if (items.length === 1) return tagged(tags.set, ...items);
  const sorted = items.map(encode).sort(Buffer.compare);
  return tagged(tags.set, ...sorted.map(raw));
}

/** `[n]` constructed: EXPLICIT tagging, or IMPLICIT over a constructed type's contents. */
export const contextConstructed = (number: number, ...items: readonly DerValue[]): DerValue =>
  tagged(0xa0 | number, ...items);

/** `[n]` primitive: IMPLICIT over a primitive type's contents. */
export const contextPrimitive = (number: number, contents: Uint8Array): DerValue =>
  tagged(0x80 | number, raw(contents));

export const octetString = (bytes: Uint8Array): DerValue => tagged(tags.octetString, raw(bytes));
export const nullValue = (): DerValue => tagged(tags.null);
export const boolean = (value: boolean): DerValue => tagged(tags.boolean, raw(Uint8Array.of(value ? 0xff : 0)));
export const utf8String = (text: string): DerValue => tagged(tags.utf8String, raw(Buffer.from(text, "utf8")));
export const printableString = (text: string): DerValue =>
  tagged(tags.printableString, raw(Buffer.from(text, "latin1")));

/** A BIT STRING of whole bytes, or with `unused` bits at its end. */
export const bitString = (bytes: Uint8Array, unused = 0): DerValue =>
  tagged(tags.bitString, raw(Uint8Array.of(unused)), raw(bytes));

/** Named bits, bit 0 first; trailing zero bits are left out (X.690 §11.2.2). */
export function namedBits(...bits: readonly number[]): DerValue {
  const highest = Math.max(-1, ...bits);
  const bytes = new Uint8Array((highest >> 3) + 1);
  for (const bit of bits) bytes[bit >> 3]! |= 0x80 >> (bit & 7);
  return bitString(bytes, highest < 0 ? 0 : 7 - (highest & 7));
}

export function integer(value: number | bigint): DerValue {
  if (typeof value === "number" && value >= 0 && value < 0x80) return tagged(tags.integer, raw(Uint8Array.of(value)));
  let hex = BigInt.asUintN(8192, BigInt(value)).toString(16);
  if (BigInt(value) >= 0n) {
    if (hex.length % 2 === 1) hex = `0${hex}`;
    if (Number.parseInt(hex.slice(0, 2), 16) >= 0x80) hex = `00${hex}`;
    return tagged(tags.integer, raw(Buffer.from(hex, "hex")));
  }
  const bytes = Buffer.from(hex.padStart(2048, "f"), "hex");
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0xff && bytes[start + 1]! >= 0x80) start++;
  return tagged(tags.integer, raw(bytes.subarray(start)));
}

/** An INTEGER from the unsigned big-endian bytes of a serial number or a coordinate. */
export function unsignedInteger(bytes: Uint8Array): DerValue {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const body = bytes.subarray(start);
  const pad = body.length === 0 || body[0]! >= 0x80 ? [raw(Uint8Array.of(0))] : [];
  return tagged(tags.integer, ...pad, raw(body));
}

/** The same few dozen come in every message. */
const objectIdentifiers = new Map<string, DerValue>();
const mostObjectIdentifiers = 256;

/** An OBJECT IDENTIFIER from its dotted form. */
export function objectIdentifier(dotted: string): DerValue {
  const known = objectIdentifiers.get(dotted);
  if (known) return known;
  const made = encodeObjectIdentifier(dotted);
  if (objectIdentifiers.size < mostObjectIdentifiers) objectIdentifiers.set(dotted, made);
  return made;
}

function encodeObjectIdentifier(dotted: string): DerValue {
  const arcs = dotted.split(".").map(BigInt);
  if (arcs.length < 2) throw new KabinaError("der/malformed", { reason: "object identifier too short", at: 0 });
  const bytes: number[] = [];
  for (const arc of [arcs[0]! * 40n + arcs[1]!, ...arcs.slice(2)]) {
    const septets: number[] = [];
    let rest = arc;
    do {
      septets.unshift(Number(rest & 0x7fn) | (septets.length === 0 ? 0 : 0x80));
      rest >>= 7n;
    } while (rest > 0n);
    bytes.push(...septets);
  }
  return raw(encode(tagged(tags.objectIdentifier, raw(Uint8Array.from(bytes)))));
}

/** UTCTime to 2049, GeneralizedTime from 2050 (RFC 5280 §4.1.2.5, RFC 5652 §11.3); whole seconds. */
export function time(at: Date): DerValue {
  const year = at.getUTCFullYear();
  const short = year >= 1950 && year < 2050;
  const bytes = Buffer.allocUnsafe(short ? 13 : 15);
  const two = (value: number, from: number) => {
    bytes[from] = 0x30 + Math.floor(value / 10);
    bytes[from + 1] = 0x30 + (value % 10);
  };
  const from = short ? 0 : 2;
  if (!short) two(Math.floor(year / 100), 0);
  two(year % 100, from);
  two(at.getUTCMonth() + 1, from + 2);
  two(at.getUTCDate(), from + 4);
  two(at.getUTCHours(), from + 6);
  two(at.getUTCMinutes(), from + 8);
  two(at.getUTCSeconds(), from + 10);
  bytes[from + 12] = 0x5a; // Z
  return tagged(short ? tags.utcTime : tags.generalizedTime, raw(bytes));
}

/** Joins the chunks: one copy. */
export function encode(value: DerValue): Uint8Array {
  if (!(value instanceof Tagged) && value.chunks.length === 1) return value.chunks[0]!;
  const bytes = new Uint8Array(value.length);
  writeValue(value, bytes, 0);
  return bytes;
}

/** Bytes up to which a chunk is copied rather than kept apart. */
const smallChunk = 4096;

/** The same bytes with small chunks joined to their neighbours: for what is hashed or written chunk by chunk. */
export function joined({ length, chunks }: DerValue): DerValue {
  const together: Uint8Array[] = [];
  for (let from = 0; from < chunks.length; ) {
    let to = from;
    while (to < chunks.length && chunks[to]!.length <= smallChunk) to++;
    if (to > from) together.push(Buffer.concat(chunks.slice(from, to)));
    if (to < chunks.length) together.push(chunks[to++]!);
    from = to;
  }
  return { length, chunks: together };
}

/** The length octets of so many bytes of contents. */
export function encodeLength(length: number): Uint8Array {
  return length < 0x80 ? Uint8Array.of(length) : Uint8Array.of(0x80 | bigEndian(length).length, ...bigEndian(length));
}

function lengthHeader(tag: number, length: number): Uint8Array {
  // The tags and lengths of nearly every element; the general form below gives the same.
  if (tag <= 0xff) {
    if (length < 0x80) return length > 0 ? shortHeader(tag, length) : Uint8Array.of(tag, 0);
    if (length <= 0xff) return Uint8Array.of(tag, 0x81, length);
    if (length <= 0xffff) return Uint8Array.of(tag, 0x82, length >> 8, length & 0xff);
  }
  return Uint8Array.of(...bigEndian(tag), ...encodeLength(length));
}

/** One array for each pair of tag and length below 128: it is always copied, with the contents that follow it. */
const shortHeaders: Uint8Array[] = [];

function shortHeader(tag: number, length: number): Uint8Array {
  const index = tag * 0x80 + length;
  shortHeaders[index] ??= Uint8Array.of(tag, length);
  return shortHeaders[index];
}

/** Without leading zeros; one byte for 0. */
function bigEndian(value: number): number[] {
  const bytes = [value % 256];
  for (let rest = Math.floor(value / 256); rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return bytes;
}
