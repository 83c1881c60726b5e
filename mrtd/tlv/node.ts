/**
 * The strict TLV reader (ISO/IEC 7816-4 §6.3, X.690 §8.1 and §10.1): every length checked against what is there before use,
 * shortest length encoding, definite lengths. What real documents do otherwise (BER in security objects of some
 * issuers) is taken only when the caller asks for it, and is noted.
 */
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { documentLimits, type TlvLimits } from "./limits.ts";

export interface TlvOptions {
  /** Names the structure in errors, such as `EF.COM`. */
  readonly where: string;
  readonly limits?: TlvLimits;
  /** Take lengths that are longer than needed and indefinite lengths, as BER allows. */
  readonly ber?: boolean;
  /** Called for each departure from DER that `ber` let through. */
  readonly onDeparture?: (departure: string, offset: number) => void;
}

interface Context {
  readonly where: string;
  readonly limits: TlvLimits;
  readonly ber: boolean;
  readonly onDeparture: ((departure: string, offset: number) => void) | undefined;
  count: number;
}

/** One element: its tag (all tag bytes as one number, `0x7f61`), its value, and its whole encoding. */
export class TlvNode {
  readonly tag: number;
  /** Where the element begins in the outermost input. */
  readonly offset: number;
  readonly value: Uint8Array;
  readonly raw: Uint8Array;
  readonly constructed: boolean;
  readonly #context: Context;
  readonly #depth: number;
  #children: readonly TlvNode[] | undefined;

  constructor(
    fields: { tag: number; offset: number; value: Uint8Array; raw: Uint8Array; constructed: boolean },
    context: Context,
    depth: number,
  ) {
    this.tag = fields.tag;
    this.offset = fields.offset;
    this.value = fields.value;
    this.raw = fields.raw;
    this.constructed = fields.constructed;
    this.#context = context;
    this.#depth = depth;
  }

  /** The elements inside a constructed element. */
  children(): readonly TlvNode[] {
    if (!this.constructed) this.fail("constructed-expected");
    this.#children ??= readSiblings(
      this.value,
      this.offset + this.raw.length - this.value.length,
      this.#context,
      this.#depth + 1,
    );
    return this.#children;
  }

  /** The first child with this tag, if any. */
  find(tag: number): TlvNode | undefined {
    return this.children().find((child) => child.tag === tag);
  }

  /** The first child with this tag; its absence is an error. */
  get(tag: number): TlvNode {
    return this.find(tag) ?? this.fail(`missing-${tag.toString(16)}`);
  }

  /** The child at this place; with a tag, it must have that tag. */
  at(index: number, tag?: number): TlvNode {
    const child = this.children()[index];
    if (child === undefined) return this.fail("too-few-elements");
    return tag === undefined ? child : child.expect(tag);
  }

  /** This element, when it has that tag. */
  expect(tag: number): this {
    return this.tag === tag ? this : this.fail(`expected-${tag.toString(16)}`);
  }

  /** Refuses this element. */
  fail(problem: string): never {
    throw malformed(this.#context.where, this.offset, problem);
  }
}

/** The error of every malformed structure. */
export function malformed(where: string, offset: number, problem: string): KabinaError {
  return new KabinaError("mrtd/tlv-malformed", { where, offset, problem });
}

/** Reads exactly one element that fills the input. */
export function parseTlv(bytes: Uint8Array, options: TlvOptions): TlvNode {
  const context = contextOf(options);
  const node = readNode(bytes, 0, 0, context, 1);
  if (node.raw.length !== bytes.length) throw malformed(options.where, node.raw.length, "bytes-after-the-end");
  return node;
}

/** Reads one element at the start of the input and leaves what follows it (files on a chip may be padded). */
export function parseTlvPrefix(bytes: Uint8Array, options: TlvOptions): TlvNode {
  return readNode(bytes, 0, 0, contextOf(options), 1);
}

/** Reads a row of elements that fills the input. */
export function parseTlvRow(bytes: Uint8Array, options: TlvOptions): readonly TlvNode[] {
  return readSiblings(bytes, 0, contextOf(options), 1);
}

/**
 * The header of an element whose value may not be here yet: tag, and how many bytes header and value take. Undefined when the header
 * itself is not complete.
 */
export function peekTlvHeader(
  bytes: Uint8Array,
  where: string,
): { tag: number; headerLength: number; totalLength: number } | undefined {
  if (bytes.length < 2) return undefined;
  let at = 1;
  if ((bytes[0]! & 0x1f) === 0x1f) {
    while (at < bytes.length && (bytes[at]! & 0x80) !== 0) at++;
    at++;
    if (at > 4) throw malformed(where, 0, "tag-too-long");
  }
  if (at >= bytes.length) return undefined;
  let tag = 0;
  for (let i = 0; i < at; i++) tag = tag * 256 + bytes[i]!;
  const first = bytes[at]!;
  if (first < 0x80) return { tag, headerLength: at + 1, totalLength: at + 1 + first };
  const count = first & 0x7f;
  if (count === 0 || count > 4) throw malformed(where, at, "length-encoding");
  if (at + 1 + count > bytes.length) return undefined;
  let length = 0;
  for (let i = 0; i < count; i++) length = length * 256 + bytes[at + 1 + i]!;
  return { tag, headerLength: at + 1 + count, totalLength: at + 1 + count + length };
}

function contextOf(options: TlvOptions): Context {
  return {
    where: options.where,
    limits: options.limits ?? documentLimits,
    ber: options.ber ?? false,
    onDeparture: options.onDeparture,
    count: 0,
  };
}

function readSiblings(bytes: Uint8Array, origin: number, context: Context, depth: number): readonly TlvNode[] {
  const nodes: TlvNode[] = [];
  let at = 0;
  while (at < bytes.length) {
    const node = readNode(bytes, at, origin, context, depth);
    nodes.push(node);
    at += node.raw.length;
  }
  return nodes;
}

function readNode(bytes: Uint8Array, start: number, origin: number, context: Context, depth: number): TlvNode {
  const refuse = (problem: string): never => {
    throw malformed(context.where, origin + start, problem);
  };
  if (depth > context.limits.maxDepth) refuse("too-deep");
  if (++context.count > context.limits.maxCount) refuse("too-many-elements");
  let at = start;
  const byte = () => (at < bytes.length ? bytes[at++]! : refuse("cut-off"));

  const first = byte();
  let tag = first;
  if ((first & 0x1f) === 0x1f) {
    let next: number;
    do {
      next = byte();
      if (tag > 0xffff) refuse("tag-too-long");
      if (tag === first && next === 0x80) refuse("tag-encoding");
      tag = tag * 256 + next;
    } while ((next & 0x80) !== 0);
  }
  const constructed = (first & 0x20) !== 0;

  let length = byte();
  if (length === 0x80) {
    if (!context.ber || !constructed) refuse("indefinite-length");
    context.onDeparture?.("indefinite-length", origin + start);
    return readIndefinite(bytes, start, at, tag, origin, context, depth);
  }
  if (length > 0x80) {
    const count = length & 0x7f;
    if (count > 4) refuse("length-encoding");
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + byte();
    if (length < 0x80 || length < 2 ** (8 * (count - 1))) {
      if (!context.ber) refuse("length-not-shortest");
      context.onDeparture?.("length-not-shortest", origin + start);
    }
  }
  if (length > context.limits.maxLength) refuse("too-long");
  if (length > bytes.length - at) refuse("cut-off");
  const value = bytes.subarray(at, at + length);
  const raw = bytes.subarray(start, at + length);
  return new TlvNode({ tag, offset: origin + start, value, raw, constructed }, context, depth);
}

/** X.690 §8.1.3.6: contents, then two zero bytes. The value excludes them, `raw` includes them. */
function readIndefinite(
  bytes: Uint8Array,
  start: number,
  contents: number,
  tag: number,
  origin: number,
  context: Context,
  depth: number,
): TlvNode {
  let at = contents;
  while (!(bytes[at] === 0 && bytes[at + 1] === 0)) {
    at += readNode(bytes, at, origin, context, depth + 1).raw.length;
  }
  const value = bytes.subarray(contents, at);
  const node = new TlvNode(
    { tag, offset: origin + start, value, raw: bytes.subarray(start, at + 2), constructed: true },
    context,
    depth,
  );
  return node;
}
