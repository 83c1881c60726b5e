/** The DER types that passports and CV certificates use, both ways, over `crypto/der`. */
import { decodeObjectIdentifier } from "../../crypto/der/decode.ts";
import { tags } from "../../crypto/der/tags.ts";
import * as der from "../../crypto/der/writer.ts";
import type { TlvNode } from "./node.ts";

export const derTag = { ...tags, oid: tags.objectIdentifier } as const;

const raws = (items: readonly Uint8Array[]) => items.map(der.raw);
export const sequence = (...items: readonly Uint8Array[]) => der.encode(der.sequence(...raws(items)));
/** SET OF: DER wants the encodings in ascending order (X.690 §11.6). */
export const setOf = (...items: readonly Uint8Array[]) => der.encode(der.setOf(...raws(items)));
export const octetString = (bytes: Uint8Array) => der.encode(der.octetString(bytes));
export const bitString = (bytes: Uint8Array) => der.encode(der.bitString(bytes));
export const derNull = () => der.encode(der.nullValue());
export const printableString = (text: string) => der.encode(der.printableString(text));
export const oid = (dotted: string) => der.encode(der.objectIdentifier(dotted));
/** INTEGER of a number or of unsigned big-endian bytes. */
export const integer = (value: number | Uint8Array) =>
  der.encode(typeof value === "number" ? der.integer(value) : der.unsignedInteger(value));

/** Dotted form of an OBJECT IDENTIFIER. */
export function readOid(node: TlvNode): string {
  return decodeObjectIdentifier(node.expect(derTag.oid).value) ?? node.fail("oid");
}

/** A small INTEGER, zero or positive, below 2^31. */
export function readSmallInteger(node: TlvNode): number {
  const { value } = node.expect(derTag.integer);
  if (value.length === 0 || value.length > 5 || value[0]! >= 0x80) node.fail("integer");
  const number = value.reduce((sum, byte) => sum * 256 + byte, 0);
  return number < 2 ** 31 ? number : node.fail("integer");
}

/** The bytes of a BIT STRING with no unused bits. */
export function readBitString(node: TlvNode): Uint8Array {
  const { value } = node.expect(derTag.bitString);
  if (value.length === 0 || value[0] !== 0) node.fail("bit-string");
  return value.subarray(1);
}

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && compareBytes(a, b) === 0;
}
