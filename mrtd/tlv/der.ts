/** The DER types that passports, certificates and CV certificates use, both ways. */
import type { TlvNode } from "./node.ts";
import { tlv } from "./write.ts";

export const derTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  printableString: 0x13,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const;

export const sequence = (...items: readonly Uint8Array[]) => tlv(derTag.sequence, ...items);
export const octetString = (bytes: Uint8Array) => tlv(derTag.octetString, bytes);
export const bitString = (bytes: Uint8Array) => tlv(derTag.bitString, Uint8Array.of(0), bytes);
export const derNull = () => tlv(derTag.null);
export const printableString = (text: string) => tlv(derTag.printableString, new TextEncoder().encode(text));
export const utf8String = (text: string) => tlv(derTag.utf8String, new TextEncoder().encode(text));
export const derBoolean = (value: boolean) => tlv(derTag.boolean, Uint8Array.of(value ? 0xff : 0));

/** SET OF: DER wants the encodings in ascending order (X.690 §11.6). */
export function setOf(...items: readonly Uint8Array[]): Uint8Array {
  return tlv(derTag.set, ...[...items].sort(compareBytes));
}

/** INTEGER of a number or of unsigned big-endian bytes. */
export function integer(value: number | Uint8Array): Uint8Array {
  let bytes = typeof value === "number" ? Uint8Array.from(bigEndian(value)) : value;
  let zeros = 0;
  while (zeros < bytes.length - 1 && bytes[zeros] === 0) zeros++;
  bytes = bytes.subarray(zeros);
  return tlv(derTag.integer, bytes.length === 0 || bytes[0]! >= 0x80 ? Uint8Array.of(0) : new Uint8Array(), bytes);
}

export function oid(dotted: string): Uint8Array {
  const arcs = dotted.split(".").map(Number);
  const bytes: number[] = [];
  for (const arc of [arcs[0]! * 40 + arcs[1]!, ...arcs.slice(2)]) {
    const groups = [arc % 128];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) groups.unshift(0x80 | (rest % 128));
    bytes.push(...groups);
  }
  return tlv(derTag.oid, Uint8Array.from(bytes));
}

/** UTCTime until 2049, GeneralizedTime from 2050 (RFC 5280 §4.1.2.5). */
export function time(at: Date): Uint8Array {
  const digits = `${at.toISOString().slice(0, 19).replace(/[-:T]/g, "")}Z`;
  return at.getUTCFullYear() < 2050
    ? tlv(derTag.utcTime, new TextEncoder().encode(digits.slice(2)))
    : tlv(derTag.generalizedTime, new TextEncoder().encode(digits));
}

/** Dotted form of an OBJECT IDENTIFIER's value. */
export function readOid(node: TlvNode): string {
  const { value } = node.expect(derTag.oid);
  if (value.length === 0 || value.length > 64 || value.at(-1)! >= 0x80) node.fail("oid");
  const arcs: number[] = [];
  let arc = 0;
  let start = true;
  for (const byte of value) {
    if (start && byte === 0x80) node.fail("oid");
    arc = arc * 128 + (byte & 0x7f);
    if (arc > Number.MAX_SAFE_INTEGER / 128) node.fail("oid");
    start = byte < 0x80;
    if (start) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const first = arcs[0]!;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...arcs.slice(1)].join(".");
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

/** UTCTime or GeneralizedTime in the form that RFC 5280 §4.1.2.5 allows: to the second, in Zulu time. */
export function readTime(node: TlvNode): Date {
  const text = new TextDecoder("latin1").decode(node.value);
  const utc = node.tag === derTag.utcTime && /^\d{12}Z$/.test(text);
  const general = node.tag === derTag.generalizedTime && /^\d{14}Z$/.test(text);
  if (!utc && !general) node.fail("time");
  const full = utc ? `${Number(text.slice(0, 2)) < 50 ? "20" : "19"}${text}` : text;
  const iso = full.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? node.fail("time") : at;
}

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && compareBytes(a, b) === 0;
}

function bigEndian(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return bytes.length === 0 ? [0] : bytes;
}
