/** DER elements as a tree, for the ISO/IEC 39794 blocks: read strictly, so that what was read is written back to the same bytes. */
import { BiometricsError } from "../errors.ts";

/** One element; `children` when it is constructed. */
export interface DerElement {
  /** The whole identifier: class, constructed bit and number, as one number of its bytes. */
  readonly tag: number;
  readonly value: Uint8Array;
  readonly children: readonly DerElement[];
}

/** Nesting beyond this is no record. */
const MOST_DEPTH = 24;
const CONSTRUCTED = 0x20;
export const SEQUENCE = 0x30;
/** Bytes of an INTEGER that a number here may have. */
const MOST_NUMBER_BYTES = 4;

/** Reads exactly one element. @throws `record/truncated`, `record/field` */
export function readDer(bytes: Uint8Array): DerElement {
  const { element, end } = elementAt(bytes, 0, bytes.length, 0);
  if (end !== bytes.length) throw new BiometricsError("record/field", { field: "DER length", value: end });
  return element;
}

function elementAt(
  bytes: Uint8Array,
  start: number,
  limit: number,
  depth: number,
): { element: DerElement; end: number } {
  let at = start;
  const byte = () => {
    if (at >= limit) throw new BiometricsError("record/truncated", { at });
    return bytes[at++]!;
  };
  if (depth > MOST_DEPTH) throw new BiometricsError("record/field", { field: "DER depth", value: depth });
  const leading = byte();
  let tag = leading;
  if ((leading & 0x1f) === 0x1f) {
    const second = byte();
    // Numbers below 31 fit the first byte, and no block has any above 127.
    if (second & 0x80 || second < 0x1f) throw new BiometricsError("record/field", { field: "DER tag", value: second });
    tag = leading * 256 + second;
  }
  let length = byte();
  if (length & 0x80) {
    const size = length & 0x7f;
    if (size === 0 || size > 4) throw new BiometricsError("record/field", { field: "DER length", value: size });
    length = 0;
    for (let i = 0; i < size; i++) length = length * 256 + byte();
    // X.690 §10.1: the shortest form, or it would not be written back the same.
    if (length < 0x80 || length < 256 ** (size - 1)) {
      throw new BiometricsError("record/field", { field: "DER length", value: length });
    }
  }
  const end = at + length;
  if (end > limit) throw new BiometricsError("record/truncated", { at: limit });
  if ((leading & CONSTRUCTED) === 0) return { element: { tag, value: bytes.slice(at, end), children: [] }, end };
  const children: DerElement[] = [];
  for (let next = at; next < end; ) {
    const child = elementAt(bytes, next, end, depth + 1);
    children.push(child.element);
    next = child.end;
  }
  return { element: { tag, value: NOTHING, children }, end };
}

const NOTHING = new Uint8Array(0);

/** Writes an element with the shortest lengths. */
export function writeDer({ tag, value, children }: DerElement): Uint8Array {
  const body = children.length > 0 ? Buffer.concat(children.map(writeDer)) : value;
  const identifier = tag > 0xff ? [tag >> 8, tag & 0xff] : [tag];
  const length: number[] = [];
  for (let rest = body.length; rest > 0; rest = Math.floor(rest / 256)) length.unshift(rest % 256);
  const head = body.length < 0x80 ? [body.length] : [0x80 | length.length, ...length];
  return Buffer.concat([Uint8Array.from([...identifier, ...head]), body]);
}

export function derParent(tag: number, children: readonly DerElement[]): DerElement {
  return { tag, value: NOTHING, children };
}

export function derBytes(tag: number, value: Uint8Array): DerElement {
  return { tag, value, children: [] };
}

/** An INTEGER or ENUMERATED that is not negative. @throws `record/field` */
export function derNumber(tag: number, value: number): DerElement {
  if (!Number.isInteger(value) || value < 0 || value > 0x7fffffff) {
    throw new BiometricsError("record/field", { field: "DER integer", value });
  }
  const bytes: number[] = [];
  for (let rest = value; rest > 0 || bytes.length === 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  if (bytes[0]! & 0x80) bytes.unshift(0);
  return derBytes(tag, Uint8Array.from(bytes));
}

/** An INTEGER of either sign, up to four bytes, in the shortest form. */
export function derInteger(tag: number, value: number): DerElement {
  const bytes = Uint8Array.of(value >> 24, value >> 16, value >> 8, value);
  let from = 0;
  while (from < 3 && (bytes[from] === 0 ? bytes[from + 1]! < 0x80 : bytes[from] === 0xff && bytes[from + 1]! >= 0x80))
    from++;
  return derBytes(tag, bytes.slice(from));
}

/** A number of either sign, in the shortest form (X.690 §8.3.2). @throws `record/field` */
export function integerOf(element: DerElement): number {
  const { value } = element;
  const negative = (value[0] ?? 0) > 0x7f;
  if (!negative) return numberOf(element);
  if (value.length > MOST_NUMBER_BYTES || (value.length > 1 && value[0] === 0xff && value[1]! > 0x7f))
    throw new BiometricsError("record/field", { field: "DER integer", value: value.length });
  return value.reduce((sum, byte) => sum * 256 + byte, 0) - 256 ** value.length;
}

/** @throws `record/field` when there is none */
export function derChild(element: DerElement, tag: number): DerElement {
  const found = element.children.find((c) => c.tag === tag);
  if (found === undefined) throw new BiometricsError("record/field", { field: "DER element", value: tag });
  return found;
}

export function derOptional(element: DerElement, tag: number): DerElement | undefined {
  return element.children.find((c) => c.tag === tag);
}

/** A number that is not negative, in the shortest form (X.690 §8.3.2). @throws `record/field` */
export function numberOf({ value }: DerElement): number {
  const wrong =
    value.length === 0 ||
    value.length > MOST_NUMBER_BYTES ||
    value[0]! > 0x7f ||
    (value.length > 1 && value[0] === 0 && value[1]! < 0x80);
  if (wrong) throw new BiometricsError("record/field", { field: "DER integer", value: value.length });
  return value.reduce((sum, byte) => sum * 256 + byte, 0);
}

/** An extensible code (ISO/IEC 39794-1): [0] is the standard's own value. */
export function codeOf(element: DerElement): number {
  return numberOf(derChild(element, 0x80));
}

export function derCode(tag: number, value: number): DerElement {
  return derParent(tag, [derNumber(0x80, value)]);
}
