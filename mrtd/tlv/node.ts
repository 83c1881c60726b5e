/** A chip's files as nodes, over the one grammar of `crypto/der/scan.ts`: tags of several bytes, rows, padding, and errors that name the file. */
import { type Departure, type Reading, type ReadLimits, type Scanned, scan } from "../../crypto/der/scan.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { documentLimits } from "./limits.ts";

export interface TlvOptions {
  /** Names the structure in errors, such as `EF.COM`. */
  readonly where: string;
  readonly limits?: ReadLimits;
  /** Take lengths that are longer than needed and indefinite lengths, as BER allows. */
  readonly ber?: boolean;
  /** Called for each departure from DER that `ber` let through. */
  readonly onDeparture?: (departure: Departure, offset: number) => void;
}

interface Context extends Reading {
  readonly where: string;
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

  constructor({ tag, value, raw, constructed }: Scanned, offset: number, context: Context, depth: number) {
    this.tag = tag;
    this.offset = offset;
    this.value = value;
    this.raw = raw;
    this.constructed = constructed;
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
export function malformed(where: string, offset: number, problem: string, cause?: unknown): KabinaError {
  return new KabinaError("mrtd/tlv-malformed", { where, offset, problem }, { cause });
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

function contextOf({ where, ber = false, limits = documentLimits, onDeparture }: TlvOptions): Context {
  return {
    where,
    ber,
    limits,
    left: limits.elements,
    refuse: (problem, offset) => malformed(where, offset, problem),
    depart: onDeparture ?? (() => {}),
  };
}

function readNode(bytes: Uint8Array, start: number, origin: number, context: Context, depth: number): TlvNode {
  return new TlvNode(scan(bytes, start, origin, depth, context), origin + start, context, depth);
}

function readSiblings(bytes: Uint8Array, origin: number, context: Context, depth: number): readonly TlvNode[] {
  const nodes: TlvNode[] = [];
  for (let at = 0; at < bytes.length; ) {
    const node = readNode(bytes, at, origin, context, depth);
    nodes.push(node);
    at += node.raw.length;
  }
  return nodes;
}
