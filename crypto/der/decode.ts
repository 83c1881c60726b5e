/** Contents of the universal types of DER that Kabina reads (X.690 §8). Each decoder returns undefined for contents that are not of its type. */

/** Bytes; the longest in use have some twenty. */
const longestObjectIdentifier = 128;
/** Times 128 it is still an exact number. */
const largestExactArc = 2 ** 45;

/** The same few dozen come in every message; by their bytes, one character each. */
const objectIdentifiers = new Map<string, string>();
const mostObjectIdentifiers = 256;

/** Dotted form of an OBJECT IDENTIFIER; undefined for bytes that are none. */
export function decodeObjectIdentifier(value: Uint8Array): string | undefined {
  const bytes = Buffer.from(value.buffer, value.byteOffset, Math.min(value.length, longestObjectIdentifier + 1));
  const key = bytes.toString("latin1");
  const known = objectIdentifiers.get(key);
  if (known !== undefined) return known;
  const read = readObjectIdentifier(value);
  if (read !== undefined && objectIdentifiers.size < mostObjectIdentifiers) objectIdentifiers.set(key, read);
  return read;
}

/** Arcs in shortest form and of any size (those under 2.25 have 128 bits). */
function readObjectIdentifier(value: Uint8Array): string | undefined {
  if (value.length === 0 || value.length > longestObjectIdentifier || value[value.length - 1]! >= 0x80)
    return undefined;
  const arcs: (number | bigint)[] = [];
  let arc: number | bigint = 0;
  let fresh = true;
  for (const byte of value) {
    if (fresh && byte === 0x80) return undefined;
    if (typeof arc === "number" && arc < largestExactArc) arc = arc * 128 + (byte & 0x7f);
    else arc = (BigInt(arc) << 7n) | BigInt(byte & 0x7f);
    fresh = byte < 0x80;
    if (!fresh) continue;
    arcs.push(arc);
    arc = 0;
  }
  const first = arcs[0]!;
  if (first < 80) return [first < 40 ? 0 : 1, Number(first) % 40, ...arcs.slice(1)].join(".");
  return [2, BigInt(first) - 80n, ...arcs.slice(1)].join(".");
}

/** True when the two's-complement bytes of an INTEGER are the shortest. */
export function isShortestInteger(value: Uint8Array): boolean {
  const [first, second] = value;
  return value.length < 2 || !((first === 0 && second! < 0x80) || (first === 0xff && second! >= 0x80));
}

/** UTCTime (13 characters) or GeneralizedTime (15) in the forms that RFC 5280 §4.1.2.5 allows: UTC, seconds given, no fraction. */
export function decodeTime(value: Uint8Array, short: boolean): Date | undefined {
  const length = short ? 13 : 15;
  if (value.length !== length || value[length - 1] !== 0x5a) return undefined;
  for (let at = 0; at < length - 1; at++) if (value[at]! < 0x30 || value[at]! > 0x39) return undefined;
  const two = (at: number) => (value[at]! - 0x30) * 10 + (value[at + 1]! - 0x30);
  const from = length - 11;
  const ofCentury = two(from - 2);
  const year = short ? (ofCentury < 50 ? 2000 : 1900) + ofCentury : two(0) * 100 + ofCentury;
  const [month, day, hour, minute, second] = [two(from), two(from + 2), two(from + 4), two(from + 6), two(from + 8)];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const at = new Date(Date.UTC(2000, 0, 1, hour, minute, second));
  at.setUTCFullYear(year, month - 1, day); // Date.UTC takes years below 100 for those of the 20th century
  // A day beyond its month rolls over into the next, and then the moment no longer says what was written.
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === day ? at : undefined;
}
