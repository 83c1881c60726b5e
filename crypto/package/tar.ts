/**
 * The one form of POSIX ustar (IEEE 1003.1) that a package has: regular files only, a safe name, everything that could vary
 * fixed. A reader rebuilds the header that it should have met and compares all 512 bytes, so nothing can hide in one.
 */
import { KabinaError } from "../errors/kabina-error.ts";

export const tarBlock = 512; // bytes
/** Two zero blocks end the archive; nothing follows them. */
export const tarEnd: Uint8Array = new Uint8Array(2 * tarBlock);

const nameField = { at: 0, length: 100 } as const;
const sizeField = { at: 124, length: 12 } as const;
const checksumField = { at: 148, length: 8 } as const;
const safeName = /^(manifest\.json|manifest\.p7s|parts\/[a-z0-9-]{1,64}\.p7m)$/;

export interface TarEntry {
  readonly name: string;
  /** Bytes of content. */
  readonly size: number;
}

/** What all headers have in common, with the checksum field as the checksum is taken: spaces. */
const emptyHeader = makeEmptyHeader();
const emptySum = emptyHeader.reduce((sum, byte) => sum + byte, 0);

function makeEmptyHeader(): Buffer {
  const block = Buffer.alloc(tarBlock);
  block.write("0000644\0", 100, "latin1"); // mode
  block.write("0000000\0", 108, "latin1"); // user
  block.write("0000000\0", 116, "latin1"); // group
  block.write("00000000000\0", 136, "latin1"); // modification time
  block.fill(" ", checksumField.at, checksumField.at + checksumField.length);
  block.write("0", 156, "latin1"); // a regular file
  block.write("ustar\u000000", 257, "latin1"); // magic, version
  block.write("0000000\0", 329, "latin1"); // device
  block.write("0000000\0", 337, "latin1");
  return block;
}

/** The header block of an entry. */
export function encodeTarHeader(entry: TarEntry): Uint8Array {
  const block = Buffer.from(emptyHeader);
  let sum = emptySum;
  const put = (text: string, at: number) => {
    for (let i = 0; i < text.length; i++) {
      const byte = text.charCodeAt(i);
      block[at + i] = byte;
      sum += byte;
    }
  };
  put(entry.name, nameField.at);
  put(octal(entry.size, 11), sizeField.at);
  block.write(`${octal(sum, 6)}\0 `, checksumField.at, "latin1");
  return block;
}

const zeros = new Uint8Array(tarBlock);

/** Zero bytes from the end of a content to the next block; not to be written into. */
export function tarPadding(size: number): Uint8Array {
  return zeros.subarray(0, (tarBlock - (size % tarBlock)) % tarBlock);
}

/** True for at most a block of bytes that are all zero. */
export const isZero = (bytes: Uint8Array): boolean => Buffer.compare(bytes, zeros.subarray(0, bytes.length)) === 0;

/** Reads a header block; undefined for a zero block. Throws `package/part-name`, `package/part-too-large`, `package/entry-malformed`. */
export function decodeTarHeader(block: Uint8Array, largest: number): TarEntry | undefined {
  if (block[0] === 0 && isZero(block)) return undefined;
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.length);
  const field = bytes.subarray(nameField.at, nameField.at + nameField.length);
  const end = field.indexOf(0);
  const name = field.subarray(0, end < 0 ? field.length : end).toString("latin1");
  if (!safeName.test(name)) throw new KabinaError("package/part-name", { name: printable(name) });
  const size = declaredSize(bytes.subarray(sizeField.at, sizeField.at + sizeField.length), name);
  if (size > largest) throw new KabinaError("package/part-too-large", { part: name, size, limit: largest });
  if (!bytes.equals(encodeTarHeader({ name, size })))
    throw new KabinaError("package/entry-malformed", { entry: name, reason: "header is not the one form" });
  return { name, size };
}

/** Eleven octal digits; GNU tar's binary form of sizes over 8 GiB is read only to refuse it by its size. */
function declaredSize(field: Buffer, name: string): number {
  if ((field[0]! & 0x80) !== 0) return Number(field.readBigUInt64BE(4));
  const text = field.toString("latin1");
  if (!/^[0-7]{11}\0$/.test(text)) throw new KabinaError("package/entry-malformed", { entry: name, reason: "size" });
  return Number.parseInt(text, 8);
}

const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, "0");

/** For messages: what is outside printable ASCII becomes a dot. */
const printable = (name: string): string => name.slice(0, 80).replace(/[^\x20-\x7e]/g, ".");
