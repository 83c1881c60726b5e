/**
 * ISO/IEC 39794 data (DER): its blocks as a tree that is written back to the same bytes, and of finger images (part 4) what the
 * booth needs.
 */
import { BiometricsError } from "../errors.ts";

/** One DER element; `children` when it is constructed. */
export interface DerElement {
  /** The whole identifier: class, constructed bit and number, as one number of its bytes. */
  readonly tag: number;
  readonly value: Uint8Array;
  readonly children: readonly DerElement[];
}

/** Nesting beyond this is no record. */
const MOST_DEPTH = 24;
const CONSTRUCTED = 0x20;
const SEQUENCE = 0x30;
/** [APPLICATION 4], the finger image data block. */
export const FINGER_IMAGE_BLOCK = 0x64;

export interface FingerImage39794 {
  readonly kind: "finger-image-39794";
  readonly generation: number;
  readonly year: number;
  readonly representations: readonly FingerRepresentation39794[];
}

export interface FingerRepresentation39794 {
  /** Codes of the standard's enumerations. */
  readonly position: number;
  readonly impression: number;
  readonly format: number;
  readonly data: Uint8Array;
}

/** Reads exactly one DER element. @throws `record/truncated`, `record/field` */
export function readDer(bytes: Uint8Array): DerElement {
  const { element, end } = element39794(bytes, 0, 0);
  if (end !== bytes.length) throw new BiometricsError("record/field", { field: "DER length", value: end });
  return element;
}

function element39794(bytes: Uint8Array, start: number, depth: number): { element: DerElement; end: number } {
  let at = start;
  const byte = () => {
    if (at >= bytes.length) throw new BiometricsError("record/truncated", { at });
    return bytes[at++]!;
  };
  if (depth > MOST_DEPTH) throw new BiometricsError("record/field", { field: "DER depth", value: depth });
  const leading = byte();
  let tag = leading;
  if ((leading & 0x1f) === 0x1f) {
    const second = byte();
    if (second & 0x80) throw new BiometricsError("record/field", { field: "DER tag", value: second });
    tag = leading * 256 + second;
  }
  let length = byte();
  if (length & 0x80) {
    const size = length & 0x7f;
    if (size === 0 || size > 4) throw new BiometricsError("record/field", { field: "DER length", value: size });
    length = 0;
    for (let i = 0; i < size; i++) length = length * 256 + byte();
  }
  const end = at + length;
  if (end > bytes.length) throw new BiometricsError("record/truncated", { at: bytes.length });
  const children: DerElement[] = [];
  if (leading & CONSTRUCTED) {
    for (let next = at; next < end; ) {
      const child = element39794(bytes.subarray(0, end), next, depth + 1);
      children.push(child.element);
      next = child.end;
    }
  }
  return { element: { tag, value: bytes.slice(at, end), children }, end };
}

/** Writes an element with the shortest lengths. */
export function writeDer({ tag, value, children }: DerElement): Uint8Array {
  const body = children.length > 0 ? Buffer.concat(children.map(writeDer)) : value;
  const identifier = tag > 0xff ? [tag >> 8, tag & 0xff] : [tag];
  const length: number[] = [];
  for (let rest = body.length; rest > 0; rest = Math.floor(rest / 256)) length.unshift(rest % 256);
  const head = body.length < 0x80 ? [body.length] : [0x80 | length.length, ...length];
  return Buffer.concat([Uint8Array.from([...identifier, ...head]), body]);
}

/** Reads a part 4 block. @throws `record/format-unknown`, `record/truncated`, `record/field` */
export function readFingerImage39794(bytes: Uint8Array): FingerImage39794 {
  if (bytes[0] !== FINGER_IMAGE_BLOCK) throw new BiometricsError("record/format-unknown");
  const block = readDer(bytes);
  const version = child(block, 0xa0);
  const representations = child(block, 0xa1).children.map((representation) => ({
    position: code(child(representation, 0xa0)),
    impression: code(child(representation, 0xa1)),
    format: code(child(representation, 0xa2)),
    data: child(representation, 0x83).value,
  }));
  return {
    kind: "finger-image-39794",
    generation: number(child(version, 0x80)),
    year: number(child(version, 0x81)),
    representations,
  };
}

/** Writes a part 4 block with what this model holds; the standard's other fields are optional. */
export function writeFingerImage39794({ generation, year, representations }: FingerImage39794): Uint8Array {
  const coded = (tag: number, value: number) => parent(tag, [leaf(0x80, value)]);
  const blocks = representations.map(({ position, impression, format, data }) =>
    parent(SEQUENCE, [
      coded(0xa0, position),
      coded(0xa1, impression),
      coded(0xa2, format),
      { tag: 0x83, value: data, children: [] },
    ]),
  );
  const version = parent(0xa0, [leaf(0x80, generation), leaf(0x81, year)]);
  return writeDer(parent(FINGER_IMAGE_BLOCK, [version, parent(0xa1, blocks)]));
}

function parent(tag: number, children: readonly DerElement[]): DerElement {
  return { tag, value: new Uint8Array(0), children };
}

/** An INTEGER or ENUMERATED that is not negative. */
function leaf(tag: number, value: number): DerElement {
  const bytes: number[] = [];
  for (let rest = value; rest > 0 || bytes.length === 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  if (bytes[0]! & 0x80) bytes.unshift(0);
  return { tag, value: Uint8Array.from(bytes), children: [] };
}

function child(element: DerElement, tag: number): DerElement {
  const found = element.children.find((c) => c.tag === tag);
  if (found === undefined) throw new BiometricsError("record/field", { field: "DER element", value: tag });
  return found;
}

/** An extensible code: [0] is the standard's own value. */
function code(element: DerElement): number {
  return number(child(element, 0x80));
}

function number({ value }: DerElement): number {
  if (value.length === 0 || value.length > 4)
    throw new BiometricsError("record/field", { field: "DER integer", value: value.length });
  return value.reduce((sum, byte) => sum * 256 + byte, 0);
}
