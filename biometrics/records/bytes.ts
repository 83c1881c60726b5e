/** Big-endian reading and writing of biometric records; every read is checked against the end. */
import { BiometricsError } from "../errors.ts";

export class RecordReader {
  readonly bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** An unsigned number of 1 to 6 bytes. */
  uint(size: 1 | 2 | 4 | 6): number {
    if (this.left < size) throw new BiometricsError("record/truncated", { at: this.at });
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + this.bytes[this.at++]!;
    return value;
  }

  /** A copy of the next bytes. */
  take(length: number): Uint8Array {
    if (this.left < length) throw new BiometricsError("record/truncated", { at: this.at });
    this.at += length;
    return this.bytes.slice(this.at - length, this.at);
  }
}

export class RecordWriter {
  private held = new Uint8Array(256);
  length = 0;

  uint(value: number, size: 1 | 2 | 4 | 6): void {
    if (!Number.isInteger(value) || value < 0 || value >= 256 ** size) {
      throw new BiometricsError("record/field", { field: `a number of ${size} bytes`, value });
    }
    this.reserve(size);
    for (let i = size - 1; i >= 0; i--) this.held[this.length++] = Math.floor(value / 256 ** i) % 256;
  }

  put(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.held.set(bytes, this.length);
    this.length += bytes.length;
  }

  bytes(): Uint8Array {
    return this.held.slice(0, this.length);
  }

  private reserve(more: number): void {
    if (this.length + more <= this.held.length) return;
    const larger = new Uint8Array(Math.max(2 * this.held.length, this.length + more));
    larger.set(this.held);
    this.held = larger;
  }
}

/** Bytes of an ASCII tag; `\0` may stand in it. */
export function tag(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

/** True when the bytes hold this tag at an offset. */
export function startsWith(bytes: Uint8Array, text: string, at = 0): boolean {
  return tag(text).every((byte, i) => bytes[at + i] === byte);
}
