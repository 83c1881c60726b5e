/** The marker segments of a WSQ file (IAFIS-IC-0110 §B.2) before, between and after the blocks. */
import { BiometricsError } from "../errors.ts";
import type { SynthesisFilters } from "./filters.ts";
import type { HuffmanTable } from "./huffman.ts";
import { LEAST_SIDE, MAX_PIXELS, MOST_SIDE, MOST_TAPS } from "./limits.ts";

export const MARKER = {
  startOfImage: 0xffa0,
  endOfImage: 0xffa1,
  startOfFrame: 0xffa2,
  startOfBlock: 0xffa3,
  transformTable: 0xffa4,
  quantizationTable: 0xffa5,
  huffmanTable: 0xffa6,
  restartInterval: 0xffa7,
  comment: 0xffa8,
  firstRestart: 0xffb0,
  lastRestart: 0xffb7,
} as const;

/** The frame header. */
export interface Frame {
  readonly black: number;
  readonly white: number;
  readonly width: number;
  readonly height: number;
  /** Grey = coefficient · scale + shift. */
  readonly shift: number;
  readonly scale: number;
  readonly encoder: number;
  readonly software: number;
}

export interface Quantization {
  /** Bin centre C. */
  readonly centre: number;
  readonly bins: Float32Array;
  readonly zeroBins: Float32Array;
}

/** What the tables have said so far. */
export interface Tables {
  filters?: SynthesisFilters;
  quantization?: Quantization;
  readonly huffman: (HuffmanTable | undefined)[];
  readonly comments: string[];
}

export class SegmentReader {
  readonly bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  byte(): number {
    if (this.at >= this.bytes.length) throw new BiometricsError("wsq/truncated");
    return this.bytes[this.at++]!;
  }

  short(): number {
    return this.byte() * 256 + this.byte();
  }

  /** The next marker; fill bytes before it are skipped. */
  marker(): number {
    if (this.byte() !== 0xff) throw new BiometricsError("wsq/marker", { at: this.at - 1 });
    let code = this.byte();
    while (code === 0xff) code = this.byte();
    return 0xff00 | code;
  }

  /** A number sent as a decimal exponent and a mantissa; rounded to single precision at each step, as the reference does. */
  scaled(size: 2 | 4): number {
    let exponent = this.byte();
    let value = Math.fround(size === 2 ? this.short() : this.short() * 65_536 + this.short());
    // More steps than this make any value 0.
    for (exponent = Math.min(exponent, 64); exponent > 0; exponent--) value = Math.fround(value / 10);
    return value;
  }

  frame(): Frame {
    this.short();
    const black = this.byte();
    const white = this.byte();
    const height = this.short();
    const width = this.short();
    const fits = (side: number) => side >= LEAST_SIDE && side <= MOST_SIDE;
    if (!fits(width) || !fits(height) || width * height > MAX_PIXELS) {
      throw new BiometricsError("wsq/picture-size", { pixels: width * height });
    }
    const shift = this.scaled(2);
    const scale = this.scaled(2);
    return { black, white, width, height, shift, scale, encoder: this.byte(), software: this.short() };
  }

  /** Reads a table segment into the tables. @throws `wsq/marker` for anything else */
  table(marker: number, tables: Tables): void {
    switch (marker) {
      case MARKER.transformTable:
        tables.filters = this.filters();
        return;
      case MARKER.quantizationTable:
        tables.quantization = this.quantization();
        return;
      case MARKER.huffmanTable:
        this.huffman(tables.huffman);
        return;
      case MARKER.comment:
        tables.comments.push(this.comment());
        return;
      case MARKER.restartInterval:
        // Restarts are found by their markers; the interval adds nothing.
        this.short();
        this.short();
        return;
      default:
        throw new BiometricsError("wsq/marker", { at: this.at - 2 });
    }
  }

  private filters(): SynthesisFilters {
    this.short();
    const highSize = this.byte();
    const lowSize = this.byte();
    if (Math.min(highSize, lowSize) < 2 || Math.max(highSize, lowSize) > MOST_TAPS || (highSize - lowSize) % 2 !== 0) {
      throw new BiometricsError("wsq/table", { table: "DTT" });
    }
    // The file holds the right halves of the analysis filters; alternating signs make the synthesis filters of them.
    return { high: this.mirrored(highSize, -1), low: this.mirrored(lowSize, 1) };
  }

  private mirrored(size: number, side: 1 | -1): Float32Array {
    const taps = new Float32Array(size);
    const odd = size % 2 === 1;
    const half = Math.ceil(size / 2);
    for (let k = 0; k < half; k++) {
      const negative = this.byte() !== 0;
      const value = this.scaled(4) * (negative ? -1 : 1);
      if (odd) {
        const tap = k % 2 === 0 ? value : -value;
        taps[half - 1 + k] = tap;
        taps[half - 1 - k] = tap;
      } else {
        const turn = side === -1 ? k : k + 1;
        const tap = turn % 2 === 0 ? value : -value;
        taps[half + k] = tap;
        taps[half - 1 - k] = side * tap;
      }
    }
    return taps;
  }

  private quantization(): Quantization {
    this.short();
    const centre = this.scaled(2);
    const bins = new Float32Array(64);
    const zeroBins = new Float32Array(64);
    for (let k = 0; k < 64; k++) {
      bins[k] = this.scaled(2);
      zeroBins[k] = this.scaled(2);
    }
    return { centre, bins, zeroBins };
  }

  private huffman(tables: (HuffmanTable | undefined)[]): void {
    let left = this.short() - 2;
    if (left <= 0) throw new BiometricsError("wsq/table", { table: "DHT" });
    while (left > 0) {
      const id = this.byte();
      const counts = Uint8Array.from({ length: 16 }, () => this.byte());
      const total = counts.reduce((sum, n) => sum + n, 0);
      left -= 17 + total;
      if (id > 7 || total > 256 || left < 0) throw new BiometricsError("wsq/table", { table: "DHT" });
      tables[id] = { counts, values: Uint8Array.from({ length: total }, () => this.byte()) };
    }
  }

  private comment(): string {
    const length = this.short() - 2;
    if (length < 0 || this.at + length > this.bytes.length) throw new BiometricsError("wsq/truncated");
    const text = new TextDecoder("latin1").decode(this.bytes.subarray(this.at, this.at + length));
    this.at += length;
    return text;
  }
}
