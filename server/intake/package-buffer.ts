/**
 * Bytes of a package on their way to the disk: what a request brings, put in place as it comes, with what the manifest fixes written
 * between. They are copied out of the stream's own small buffers at once: thousands of those kept until a package is whole are what makes
 * the collector of garbage look through the whole heap.
 */
import { DELIVERY_LIMITS } from "../../crypto/delivery/limits.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { PlacedStretch } from "../../crypto/package/body-scan.ts";

/** Bytes gathered before they are written: a package of a usual size is one write. */
export const GATHERED_BYTES = 512 << 10;
/** What a thin link brings until it is written fits into this. */
const SMALL_BYTES = 32 << 10;
/** Room for what is gathered, for the head of a package, and for the chunk that was one too many. */
const LARGE_BYTES = GATHERED_BYTES + DELIVERY_LIMITS.headBytes;
/** Large buffers that are kept for the next upload: making one anew costs more than filling it. */
const KEPT_BUFFERS = 16;
const kept: Buffer[] = [];

export class PackageBuffer {
  readonly #stretches: readonly PlacedStretch[] | undefined;
  #buffer: Buffer | undefined;
  #head: Buffer | undefined;
  /** Bytes in the buffer, and where in the package the next one belongs. */
  #length = 0;
  #position: number;
  /** The first stretch that ends behind the position. */
  #index = 0;

  /**
   * `position`: in the package, of the next byte. `stretches`: all behind the head, where what is known of them is left out of what comes.
   * `head`: what the package begins with, where that comes with the first of it.
   */
  constructor(position: number, stretches?: readonly PlacedStretch[], head?: Buffer) {
    this.#position = position;
    this.#stretches = stretches;
    this.#head = head;
  }

  get length(): number {
    return this.#length;
  }

  /** Takes bytes in, all of them by itself. @throws KabinaError `intake/protocol` when more come than the stretches have room for */
  add(chunk: Buffer): void {
    if (this.#head) this.#put(this.#head);
    this.#head = undefined;
    if (this.#stretches) this.#place(chunk, this.#stretches);
    else this.#put(chunk);
  }

  /** Hands over what has been gathered since the last time; who has used it gives it back. */
  take(): Buffer {
    const bytes = (this.#buffer ?? Buffer.alloc(0)).subarray(0, this.#length);
    this.#buffer = undefined;
    this.#length = 0;
    return bytes;
  }

  /** Bytes that were taken and are not looked at any more. */
  static giveBack({ buffer }: Buffer): void {
    if (buffer.byteLength === LARGE_BYTES && kept.length < KEPT_BUFFERS) kept.push(Buffer.from(buffer));
  }

  #place(chunk: Buffer, stretches: readonly PlacedStretch[]): void {
    let at = 0;
    for (let stretch = stretches[this.#index]; stretch; stretch = stretches[this.#index]) {
      const { start, end, known } = stretch;
      if (end <= this.#position) {
        this.#index++;
      } else if (known) {
        this.#put(known.subarray(this.#position - start));
      } else {
        if (at === chunk.length) return;
        const piece = chunk.subarray(at, at + end - this.#position);
        this.#put(piece);
        at += piece.length;
      }
    }
    if (at < chunk.length) throw new KabinaError("intake/protocol", { status: 413 });
  }

  #put(bytes: Buffer): void {
    this.#room(bytes.length).set(bytes, this.#length);
    this.#length += bytes.length;
    this.#position += bytes.length;
  }

  /** The buffer, with room for so many bytes more. */
  #room(bytes: number): Buffer {
    const wanted = this.#length + bytes;
    const before = this.#buffer;
    if (before && wanted <= before.length) return before;
    const buffer = bufferOf(wanted);
    before?.copy(buffer, 0, 0, this.#length);
    if (before) PackageBuffer.giveBack(before);
    this.#buffer = buffer;
    return buffer;
  }
}

function bufferOf(bytes: number): Buffer {
  if (bytes <= SMALL_BYTES) return Buffer.allocUnsafeSlow(SMALL_BYTES);
  if (bytes <= LARGE_BYTES) return kept.pop() ?? Buffer.allocUnsafeSlow(LARGE_BYTES);
  return Buffer.allocUnsafeSlow(2 * bytes);
}
