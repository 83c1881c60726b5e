/** Distinguished names (RFC 5280 §4.1.2.4): read, shown to people, and compared as §7.1 does. */
import { type DerElement, readDer } from "../der/reader.ts";
import { tags } from "../der/tags.ts";
import { oids } from "./oids.ts";

const labels: Readonly<Record<string, string>> = {
  [oids.commonName]: "CN",
  "2.5.4.5": "serialNumber",
  [oids.country]: "C",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  [oids.organization]: "O",
  "2.5.4.11": "OU",
  "2.5.4.97": "organizationIdentifier",
  [oids.emailAddress]: "emailAddress",
};

export interface NameAttribute {
  readonly type: string;
  /** The text; hexadecimal for what is no string. */
  readonly text: string;
}

/** A name as sets of attributes (nearly always of one each). Throws `der/*`. */
export function readName(name: Uint8Array): readonly (readonly NameAttribute[])[] {
  return readDer(name, { encoding: "ber", depth: 6, elements: 500 })
    .expect(tags.sequence)
    .children.map((set) =>
      set.expect(tags.set).children.map((pair) => ({ type: pair.child(0).oid(), text: textOf(pair.child(1)) })),
    );
}

/** `C=UTO, O=…, CN=…` */
export function formatName(name: Uint8Array): string {
  return readName(name)
    .flat()
    .map(({ type, text }) => `${labels[type] ?? type}=${text}`)
    .join(", ");
}

/** The first attribute of a type; undefined when there is none. */
export function attributeOf(name: Uint8Array, type: string): string | undefined {
  return readName(name)
    .flat()
    .find((attribute) => attribute.type === type)?.text;
}

/** The country in a name, upper case; undefined when it has none. */
export const countryOf = (name: Uint8Array): string | undefined => attributeOf(name, oids.country)?.toUpperCase();

/**
 * True when two DER names are equal but for string types, letter case and runs of spaces (some countries sign with a name in another
 * string type than their certificate has); false also when one cannot be read.
 */
export function sameName(a: Uint8Array, b: Uint8Array): boolean {
  if (Buffer.compare(a, b) === 0) return true;
  try {
    return canonicalName(a) === canonicalName(b);
  } catch {
    return false;
  }
}

/** The names of certificates that are met again and again, by the bytes' identity. */
const canonicalNames = new WeakMap<Uint8Array, string>();

/** One string for each class of names that count as equal. Throws `der/*`. */
export function canonicalName(name: Uint8Array): string {
  const known = canonicalNames.get(name);
  if (known !== undefined) return known;
  const made = JSON.stringify(canonicalSets(name));
  canonicalNames.set(name, made);
  return made;
}

/** One string for each set of attributes of a name: a subtree of names begins with the same ones. */
export const canonicalSets = (name: Uint8Array): string[] =>
  readName(name).map((set) => JSON.stringify(set.map(({ type, text }) => [type, fold(text)]).sort()));

const fold = (text: string): string => text.normalize("NFKC").toLowerCase().trim().replace(/\s+/g, " ");

const teletexString = 0x14;
const bmpString = 0x1e;
const universalString = 0x1c;
const numericString = 0x12;
const lastCodePoint = 0x10ffff;

function textOf({ tag, value }: DerElement): string {
  const bytes = Buffer.from(value);
  if (tag === bmpString && bytes.length % 2 === 0) return bytes.swap16().toString("utf16le");
  if (tag === universalString && bytes.length % 4 === 0) {
    const points = Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readUInt32BE(4 * i));
    if (points.every((point) => point <= lastCodePoint)) return String.fromCodePoint(...points);
  }
  if (tag === tags.utf8String) return bytes.toString("utf8");
  const latin: readonly number[] = [tags.printableString, tags.ia5String, teletexString, numericString];
  return latin.includes(tag) ? bytes.toString("latin1") : `#${bytes.toString("hex")}`;
}
