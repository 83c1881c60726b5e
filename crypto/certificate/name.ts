/** Compares distinguished names as RFC 5280 §7.1 does: some countries sign with a name in another string type than their certificate has. */
import { readDer } from "../der/reader.ts";
import { tags } from "../der/tags.ts";

const teletexString = 0x14;
const bmpString = 0x1e;

/** True when two DER names are equal but for string types, letter case and runs of spaces; false also when one cannot be read. */
export function sameName(a: Uint8Array, b: Uint8Array): boolean {
  if (Buffer.compare(a, b) === 0) return true;
  try {
    return comparable(a) === comparable(b);
  } catch {
    return false;
  }
}

function comparable(name: Uint8Array): string {
  const sets = readDer(name, { encoding: "ber", depth: 4, elements: 500 }).expect(tags.sequence).children;
  return JSON.stringify(
    sets.map((set) =>
      set.children.map((pair) => [pair.child(0).oid(), text(pair.child(1).tag, pair.child(1).value)]).sort(),
    ),
  );
}

function text(tag: number, value: Uint8Array): string {
  const bytes = Buffer.from(value);
  const strings: readonly number[] = [tags.utf8String, tags.printableString, tags.ia5String, teletexString, bmpString];
  if (!strings.includes(tag)) return `${tag} ${bytes.toString("hex")}`;
  const characters =
    tag === bmpString
      ? Buffer.from(bytes).swap16().toString("utf16le")
      : bytes.toString(tag === tags.utf8String ? "utf8" : "latin1");
  return characters.normalize("NFKC").toLowerCase().trim().replace(/\s+/g, " ");
}
