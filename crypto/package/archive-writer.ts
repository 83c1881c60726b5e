/** Writes the entries of a package (docs/formats/package.md §1): small pieces go out together, large ones as they are and uncopied. */
import { encodeTarHeader, tarEnd, tarPadding } from "./tar.ts";

/** Bytes from which a piece goes out by itself. */
const large = 16 * 1024;
/** Bytes of small pieces that are kept for one write, at most. */
const mostKept = 64 * 1024;

export class ArchiveWriter {
  readonly #write: (chunk: Uint8Array) => void | Promise<void>;
  #kept: Uint8Array[] = [];
  #keptBytes = 0;
  #size = 0;

  constructor(write: (chunk: Uint8Array) => void | Promise<void>) {
    this.#write = write;
  }

  /** Bytes of the archive so far. */
  get size(): number {
    return this.#size;
  }

  async entry(name: string, size: number, content: readonly Uint8Array[]): Promise<void> {
    this.#keep(encodeTarHeader({ name, size }));
    for (const piece of content) {
      if (piece.length < large) this.#keep(piece);
      else {
        await this.#flush();
        this.#size += piece.length;
        await this.#write(piece);
      }
    }
    this.#keep(tarPadding(size));
    if (this.#keptBytes > mostKept) await this.#flush();
  }

  /** The end marker; everything is written after it. */
  async end(): Promise<void> {
    this.#keep(tarEnd);
    await this.#flush();
  }

  #keep(piece: Uint8Array): void {
    this.#kept.push(piece);
    this.#keptBytes += piece.length;
  }

  async #flush(): Promise<void> {
    if (this.#keptBytes === 0) return;
    const together = Buffer.concat(this.#kept, this.#keptBytes);
    this.#size += this.#keptBytes;
    this.#kept = [];
    this.#keptBytes = 0;
    await this.#write(together);
  }
}
