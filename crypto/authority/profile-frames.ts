/**
 * A profile as a few QR codes: what fits on one sheet of paper, and comes back in any order from a camera, a scanner or a picture.
 * docs/formats/profile.md.
 */
import { createHash } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { KabinaError } from "../errors/kabina-error.ts";
import { decodeSigned, encodeSigned } from "../receipt/signed-document.ts";

const magic = Buffer.from("KABINAP1");
const idBytes = 8;
const headerBytes = magic.length + idBytes + 2;
/** Bytes of the profile in one code: version 22 at level M, which a booth's camera reads from a sheet of paper. */
const chunkBytes = 700;
const mostFrames = 16;
/** Bytes that a profile may have when it is unpacked. */
const largestProfile = 64 * 1024;

/** The codes of a signed profile's text, in order. Throws `profile/too-large`. */
export function profileFrames(text: string): Uint8Array[] {
  const { document, signature } = decodeSigned(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(document.length);
  const packed = deflateRawSync(Buffer.concat([length, document, signature]), { level: 9 });
  const count = Math.ceil(packed.length / chunkBytes);
  if (count > mostFrames) throw new KabinaError("profile/too-large", { codes: count, limit: mostFrames });
  const id = idOf(packed);
  return Array.from({ length: count }, (_, index) =>
    Buffer.concat([
      ...[magic, id, Uint8Array.of(index, count)],
      packed.subarray(index * chunkBytes, (index + 1) * chunkBytes),
    ]),
  );
}

/** Puts codes together as they come. */
export class ProfileCollector {
  readonly #parts = new Map<number, Buffer>();
  #id: string | undefined;
  #count = 0;

  /** Takes what a code said; what is no code of a profile is passed over. Throws `profile/codes-mixed` when it is of another profile than those before. */
  take(frame: Uint8Array): void {
    const bytes = Buffer.from(frame);
    if (bytes.length <= headerBytes || !bytes.subarray(0, magic.length).equals(magic)) return;
    const id = bytes.toString("hex", magic.length, magic.length + idBytes);
    const [index = 0, count = 0] = bytes.subarray(headerBytes - 2, headerBytes);
    if (count === 0 || count > mostFrames || index >= count) return;
    this.#id ??= id;
    this.#count ||= count;
    if (id !== this.#id || count !== this.#count) throw new KabinaError("profile/codes-mixed");
    this.#parts.set(index, bytes.subarray(headerBytes));
  }

  /** How many codes are here, and how many there are. */
  get progress(): { readonly here: number; readonly of: number } {
    return { here: this.#parts.size, of: this.#count };
  }

  /** The signed profile's text; undefined while codes are missing. Throws `profile/codes-damaged`. */
  get text(): string | undefined {
    if (this.#count === 0 || this.#parts.size < this.#count) return undefined;
    const packed = Buffer.concat(Array.from({ length: this.#count }, (_, index) => this.#parts.get(index)!));
    if (idOf(packed).toString("hex") !== this.#id) throw new KabinaError("profile/codes-damaged");
    try {
      const bytes = inflateRawSync(packed, { maxOutputLength: largestProfile });
      const end = 4 + bytes.readUInt32BE(0);
      if (end > bytes.length) throw new RangeError("length");
      return encodeSigned({ document: bytes.subarray(4, end), signature: bytes.subarray(end) });
    } catch (cause) {
      throw new KabinaError("profile/codes-damaged", {}, { cause });
    }
  }
}

const idOf = (packed: Uint8Array): Buffer => createHash("sha256").update(packed).digest().subarray(0, idBytes);
