/**
 * Cuts a stream of concatenated JPEG images into frames, however the stream is chunked. Works at the level of JPEG markers
 * (ITU-T T.81 annex B), so that thumbnails inside application segments and stuffed bytes are not mistaken for frame ends.
 * Memory is bounded by one frame: what grows beyond the limit, or is no JPEG, is dropped and counted, and reading goes on at the
 * next start of image. Time is linear in the bytes read, whatever they are. A frame without Huffman tables gets the standard ones.
 */
import { withHuffmanTables } from "./huffman-tables.ts";

export interface MjpegFrame {
  readonly jpeg: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export type DropReason = "garbage" | "malformed" | "too-large";

export interface MjpegParserOptions {
  readonly maxFrameBytes: number;
  readonly maxSide: number;
  readonly onFrame: (frame: MjpegFrame) => void;
  /** Called once for each run of bytes that was no frame. */
  readonly onDrop?: (reason: DropReason) => void;
}

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const DHT = 0xc4;
const FIRST_BUFFER_BYTES = 256 * 1024;
/** Chunks are taken in by so many bytes, so that one huge chunk does not grow the buffer beyond a frame. */
const STEP_BYTES = 64 * 1024;

const isRestart = (marker: number) => marker >= 0xd0 && marker <= 0xd7;
/** SOF0 and SOF1: the kinds whose tables a camera may leave out. */
const isSequential = (marker: number) => marker === 0xc0 || marker === 0xc1;
/** SOF0 … SOF15 without DHT (C4), JPG (C8) and DAC (CC). */
const isStartOfFrame = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

type State = "seek" | "marker" | "entropy";

export class MjpegParser {
  readonly #options: MjpegParserOptions;
  /** Holds the frame that is being read: bytes `#start` to `#length`. Compacted once per chunk, not once per frame. */
  #buffer = Buffer.alloc(0);
  #start = 0;
  #length = 0;
  /** The next byte to look at. */
  #scan = 0;
  #state: State = "seek";
  #width = 0;
  #height = 0;
  #scans = 0;
  #hasTables = false;
  /** A sequential frame without Huffman tables of its own. */
  #lacksTables = false;
  #dropping = false;

  constructor(options: MjpegParserOptions) {
    this.#options = options;
  }

  /** Bytes that wait for the rest of their frame. */
  get pendingBytes(): number {
    return this.#length - this.#start;
  }

  push(chunk: Uint8Array): void {
    for (let offset = 0; offset < chunk.length; offset += STEP_BYTES) {
      this.#append(chunk.subarray(offset, offset + STEP_BYTES));
    }
  }

  #append(chunk: Uint8Array): void {
    const needed = this.#length + chunk.length;
    if (needed > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2, FIRST_BUFFER_BYTES));
      this.#buffer.copy(grown, 0, 0, this.#length);
      this.#buffer = grown;
    }
    this.#buffer.set(chunk, this.#length);
    this.#length = needed;
    while (this.#step()) {}
    if (this.#state !== "seek" && this.pendingBytes > this.#options.maxFrameBytes)
      this.#drop("too-large", this.#length);
    if (this.#start > 0) this.#compact();
  }

  #compact(): void {
    this.#buffer.copyWithin(0, this.#start, this.#length);
    this.#length -= this.#start;
    this.#scan -= this.#start;
    this.#start = 0;
  }

  /** One move of the machine; false when it needs more bytes. */
  #step(): boolean {
    if (this.#state === "seek") return this.#seek();
    return this.#state === "marker" ? this.#readMarker() : this.#readEntropy();
  }

  #seek(): boolean {
    let at = this.#start;
    for (;;) {
      at = this.#indexOfFF(at);
      if (at < 0 || at + 1 >= this.#length || this.#buffer[at + 1] === SOI) break;
      at += 1;
    }
    const found = at < 0 ? this.#length : at;
    if (found > this.#start) this.#noteDrop("garbage");
    this.#start = found;
    if (this.pendingBytes < 2) return false;
    this.#beginFrame();
    return true;
  }

  #beginFrame(): void {
    this.#state = "marker";
    this.#scan = this.#start + 2;
    this.#width = 0;
    this.#height = 0;
    this.#scans = 0;
    this.#lacksTables = false;
    this.#hasTables = false;
  }

  #readMarker(): boolean {
    let at = this.#scan;
    if (at >= this.#length) return false;
    if (this.#buffer[at] !== 0xff) return this.#drop("malformed", at);
    while (at < this.#length && this.#buffer[at] === 0xff) at += 1;
    if (at >= this.#length) {
      // Any number of fill bytes may stand before a marker (T.81 B.1.1.2): keep one.
      this.#scan = at - 1;
      return false;
    }
    const marker = this.#buffer[at]!;
    if (marker === SOI) return this.#drop("malformed", at - 1);
    if (marker === EOI) return this.#finishFrame(at + 1);
    if (marker === 0x01 || isRestart(marker)) {
      this.#scan = at + 1;
      return true;
    }
    if (marker < 0xc0) return this.#drop("malformed", at);
    return this.#readSegment(marker, at + 1);
  }

  #readSegment(marker: number, at: number): boolean {
    if (at + 2 > this.#length) return false;
    const size = this.#buffer.readUInt16BE(at);
    if (size < 2) return this.#drop("malformed", at);
    const end = at + size;
    if (isStartOfFrame(marker)) {
      if (size < 8) return this.#drop("malformed", at);
      if (at + 7 > this.#length) return false;
      this.#height = this.#buffer.readUInt16BE(at + 3);
      this.#width = this.#buffer.readUInt16BE(at + 5);
      const largest = Math.max(this.#width, this.#height);
      if (this.#width === 0 || this.#height === 0) return this.#drop("malformed", at);
      if (largest > this.#options.maxSide) return this.#drop("too-large", at);
    }
    if (end > this.#length) {
      // Segments are at most 64 KiB: waiting for the whole one keeps the machine simple.
      return false;
    }
    this.#scan = end;
    if (isSequential(marker)) this.#lacksTables = !this.#hasTables;
    if (marker === DHT) {
      this.#hasTables = true;
      this.#lacksTables = false;
    }
    if (marker === SOS) {
      this.#scans += 1;
      this.#state = "entropy";
    }
    return true;
  }

  #readEntropy(): boolean {
    let at = this.#scan;
    for (;;) {
      at = this.#indexOfFF(at);
      if (at < 0) {
        this.#scan = this.#length;
        return false;
      }
      if (at + 1 >= this.#length) {
        this.#scan = at;
        return false;
      }
      const next = this.#buffer[at + 1]!;
      if (next === 0 || isRestart(next)) at += 2;
      else if (next === 0xff) at += 1;
      else break;
    }
    this.#scan = at;
    this.#state = "marker";
    return true;
  }

  #finishFrame(end: number): boolean {
    if (this.#width === 0 || this.#scans === 0) return this.#drop("malformed", end);
    if (end - this.#start > this.#options.maxFrameBytes) return this.#drop("too-large", end);
    const whole = this.#buffer.subarray(this.#start, end);
    const jpeg = this.#lacksTables ? withHuffmanTables(whole) : new Uint8Array(whole);
    const frame = { jpeg, width: this.#width, height: this.#height };
    this.#start = end;
    this.#state = "seek";
    this.#dropping = false;
    this.#options.onFrame(frame);
    return true;
  }

  /** Gives up the frame that was being read and everything before `until`. */
  #drop(reason: DropReason, until: number): true {
    this.#noteDrop(reason);
    this.#start = until;
    this.#state = "seek";
    return true;
  }

  #noteDrop(reason: DropReason): void {
    if (!this.#dropping) this.#options.onDrop?.(reason);
    this.#dropping = true;
  }

  #indexOfFF(from: number): number {
    const at = this.#buffer.indexOf(0xff, from);
    return at < 0 || at >= this.#length ? -1 : at;
  }
}
