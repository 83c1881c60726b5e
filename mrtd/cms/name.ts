/** Distinguished names: for people to read, and to compare (RFC 5280 §7.1, as far as issuers of passports depart from themselves). */
import { equalBytes, readOid } from "../tlv/der.ts";
import type { TlvNode } from "../tlv/node.ts";

const labels: Readonly<Record<string, string>> = {
  "2.5.4.3": "CN",
  "2.5.4.5": "serialNumber",
  "2.5.4.6": "C",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.10": "O",
  "2.5.4.11": "OU",
  "2.5.4.97": "organizationIdentifier",
  "1.2.840.113549.1.9.1": "emailAddress",
};

interface Attribute {
  readonly type: string;
  readonly text: string;
}

/** `C=UTO, O=…, CN=…` */
export function formatName(name: TlvNode): string {
  return attributes(name)
    .map(({ type, text }) => `${labels[type] ?? type}=${text}`)
    .join(", ");
}

/** The country in a name, upper case; undefined when it has none. */
export function countryOf(name: TlvNode): string | undefined {
  return attributes(name)
    .find(({ type }) => type === "2.5.4.6")
    ?.text.toUpperCase();
}

/** The same name? Whether written in one string type or another, in upper or lower case, with one space or two. */
export function sameName(a: TlvNode, b: TlvNode): boolean {
  return equalBytes(a.raw, b.raw) || canonical(a) === canonical(b);
}

/** One string for each class of names that count as equal. */
export function canonical(name: TlvNode): string {
  return JSON.stringify(
    attributes(name).map(({ type, text }) => [type, text.trim().replace(/\s+/g, " ").toLowerCase()]),
  );
}

function attributes(name: TlvNode): Attribute[] {
  return name
    .children()
    .flatMap((set) => set.children().map((pair) => ({ type: readOid(pair.at(0)), text: readString(pair.at(1)) })));
}

function readString(node: TlvNode): string {
  if (node.tag === 0x1e) return new TextDecoder("utf-16be").decode(node.value);
  if (node.tag === 0x14) return new TextDecoder("latin1").decode(node.value);
  return new TextDecoder().decode(node.value);
}
