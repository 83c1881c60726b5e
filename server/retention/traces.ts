/**
 * Traces: hashes of samples of bytes that are erased. They tell nothing of the bytes, and know them again wherever a copy is left: a sample of
 * 64 bytes at least every 3,968, so that no page of the database (4,096) holds a piece without one. Small secrets are sampled throughout.
 */
import { hash } from "node:crypto";

export const WINDOW = 64; // bytes
const SPARSE_STEP = 3968; // bytes
const DENSE_BELOW = 8192; // bytes
const SHA_BYTES = 12;
/** Bytes of a trace: the rolling hash, and the beginning of the SHA-256. */
const TRACE_BYTES = 4 + SHA_BYTES;
const MULTIPLIER = 0x01000193;
/** Different bytes that a sample of a package must have: archive headers and names are in every package, ciphertext is not. */
const LEAST_DIFFERENT = 44;

/** Traces of bytes that are random throughout: ciphertext, wrapped keys. */
export function tracesOf(bytes: Uint8Array): Buffer {
  return sample(bytes, 0, () => true);
}

/** Traces of a package file: of its parts' ciphertext, not of what all packages of a booth have in common. */
export function tracesOfPackage(bytes: Buffer): Buffer {
  const traces: Buffer[] = [];
  for (let at = 0; at + 512 <= bytes.length; ) {
    const name = bytes.toString("latin1", at, at + 100).replace(/\0.*$/s, "");
    const size = Number.parseInt(bytes.toString("latin1", at + 124, at + 136), 8);
    if (name === "" || !Number.isSafeInteger(size)) break;
    const content = bytes.subarray(at + 512, at + 512 + size);
    // Before the ciphertext stand names of recipients, which are the same in every part.
    if (name.startsWith("parts/")) traces.push(sample(content, 1024, isMixed));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return Buffer.concat(traces);
}

function sample(bytes: Uint8Array, from: number, take: (window: Uint8Array) => boolean): Buffer {
  const step = bytes.length < DENSE_BELOW ? WINDOW : SPARSE_STEP;
  const traces: Buffer[] = [];
  for (let at = from; at + WINDOW <= bytes.length; at += step) {
    const window = bytes.subarray(at, at + WINDOW);
    if (!take(window)) continue;
    const trace = Buffer.alloc(TRACE_BYTES);
    trace.writeUInt32LE(rollingHash(window));
    shortHash(window).copy(trace, 4);
    traces.push(trace);
  }
  return Buffer.concat(traces);
}

const isMixed = (window: Uint8Array): boolean => new Set(window).size >= LEAST_DIFFERENT;
const shortHash = (window: Uint8Array): Buffer => hash("sha256", window, "buffer").subarray(0, SHA_BYTES);

function rollingHash(window: Uint8Array): number {
  let value = 0;
  for (const byte of window) value = (Math.imul(value, MULTIPLIER) + byte + 1) | 0;
  return value >>> 0;
}

/** Looks for traces in a stream of bytes. */
export class TraceFinder {
  readonly #owners = new Map<number, { readonly sha: Buffer; readonly owner: string }[]>();
  /** One bit for each value of a hash's low bits: nearly every place of a file ends here. */
  readonly #bits = new Uint8Array(1 << 21);
  readonly #leaving: number;

  constructor() {
    let power = 1;
    for (let at = 0; at < WINDOW; at++) power = Math.imul(power, MULTIPLIER);
    this.#leaving = power;
  }

  get size(): number {
    return this.#owners.size;
  }

  add(traces: Buffer, owner: string): void {
    for (let at = 0; at + TRACE_BYTES <= traces.length; at += TRACE_BYTES) {
      const value = traces.readUInt32LE(at);
      const sha = traces.subarray(at + 4, at + TRACE_BYTES);
      this.#owners.set(value, [...(this.#owners.get(value) ?? []), { sha, owner }]);
      const bit = value & 0xffffff;
      this.#bits[bit >>> 3]! |= 1 << (bit & 7);
    }
  }

  /** Places of `bytes` where something traced begins. */
  find(bytes: Uint8Array): { readonly at: number; readonly owner: string }[] {
    const found: { at: number; owner: string }[] = [];
    if (bytes.length < WINDOW) return found;
    let value = rollingHash(bytes.subarray(0, WINDOW)) | 0;
    for (let at = 0; ; at++) {
      const bit = value & 0xffffff;
      if ((this.#bits[bit >>> 3]! & (1 << (bit & 7))) !== 0) {
        const candidates = this.#owners.get(value >>> 0);
        const sha = candidates && shortHash(bytes.subarray(at, at + WINDOW));
        const hit = candidates?.find((one) => one.sha.equals(sha!));
        if (hit) found.push({ at, owner: hit.owner });
      }
      const next = at + WINDOW;
      if (next >= bytes.length) return found;
      value = (Math.imul(value, MULTIPLIER) + bytes[next]! + 1 - Math.imul(this.#leaving, bytes[at]! + 1)) | 0;
    }
  }
}
