/** Reads a package's bytes in order, from a file or a stream; never holds more than is asked for. */
import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { KabinaError } from "../errors/kabina-error.ts";
import { packageLimits } from "./limits.ts";
import { decodeTarHeader, isZero, type TarEntry, tarBlock, tarPadding } from "./tar.ts";

/** A package: the path of its file, or its bytes in any chunks. */
export type PackageSource = string | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

const fileChunk = 256 * 1024; // bytes

export class PackageReader {
  readonly #chunks: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  readonly #hash: Hash | undefined;
  #pending: Uint8Array = new Uint8Array(0);
  #size = 0;

  /** @param hashed whether the whole is hashed in passing */
  constructor(source: PackageSource, hashed: boolean) {
    this.#hash = hashed ? createHash("sha256") : undefined;
    const bytes = typeof source === "string" ? createReadStream(source, { highWaterMark: fileChunk }) : source;
    this.#chunks = Symbol.asyncIterator in bytes ? bytes[Symbol.asyncIterator]() : bytes[Symbol.iterator]();
  }

  /** Bytes read so far, and after `end()` of the whole package. */
  get size(): number {
    return this.#size;
  }

  /** Hex SHA-256 of everything read, when it was asked for; call once, after `end()`. */
  sha256(): string {
    return this.#hash!.digest("hex");
  }

  /** The next entry; undefined at the end marker, whose first block this took. Throws what `decodeTarHeader` throws. */
  async entry(largest: number): Promise<TarEntry | undefined> {
    return decodeTarHeader(await this.#exactly(tarBlock), largest);
  }

  /** The content of the entry just met, whole; its size was checked when its header was read. */
  async content(entry: TarEntry): Promise<Uint8Array> {
    const bytes = await this.#exactly(entry.size);
    await this.#padding(entry);
    return bytes;
  }

  /** The content of the entry just met, in pieces. */
  async *pieces(entry: TarEntry): AsyncGenerator<Uint8Array> {
    for (let left = entry.size; left > 0; ) {
      const piece = await this.#some(left);
      left -= piece.length;
      yield piece;
    }
    await this.#padding(entry);
  }

  /** The second zero block, and nothing after it. Throws `package/trailing-bytes`, `package/entry-malformed`. */
  async end(): Promise<void> {
    const block = await this.#exactly(tarBlock);
    if (!isZero(block)) throw new KabinaError("package/entry-malformed", { entry: "", reason: "end marker" });
    if (this.#pending.length > 0 || (await this.#more()))
      throw new KabinaError("package/trailing-bytes", { at: this.#size });
  }

  /** Lets go of the file or the stream; always call it. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #padding(entry: TarEntry): Promise<void> {
    const padding = await this.#exactly(tarPadding(entry.size).length);
    if (!isZero(padding)) throw new KabinaError("package/entry-malformed", { entry: entry.name, reason: "padding" });
  }

  async #exactly(length: number): Promise<Uint8Array> {
    if (length === 0) return new Uint8Array(0);
    const first = await this.#some(length);
    if (first.length === length) return first;
    const bytes = new Uint8Array(length);
    bytes.set(first);
    for (let at = first.length; at < length; ) {
      const piece = await this.#some(length - at);
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }

  /** At least one byte and at most `most`. Throws `package/truncated` at the end, `package/too-large` past the limit. */
  async #some(most: number): Promise<Uint8Array> {
    if (this.#pending.length === 0 && !(await this.#more()))
      throw new KabinaError("package/truncated", { at: this.#size });
    const piece = this.#pending.subarray(0, most);
    this.#pending = this.#pending.subarray(piece.length);
    this.#size += piece.length;
    if (this.#size > packageLimits.packageBytes)
      throw new KabinaError("package/too-large", { size: this.#size, limit: packageLimits.packageBytes });
    this.#hash?.update(piece);
    return piece;
  }

  /** Fetches the next chunk that is not empty; false at the end. */
  async #more(): Promise<boolean> {
    for (;;) {
      const next = await this.#chunks.next();
      if (next.done) return false;
      if (next.value.length > 0) {
        this.#pending = next.value;
        return true;
      }
    }
  }
}
