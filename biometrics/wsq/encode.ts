/** Pixels to WSQ (FBI IAFIS-IC-0110 v3.1) at a wanted rate. */
import { BiometricsError } from "../errors.ts";
import type { GreyImage } from "../image/image.ts";
import { ANALYSIS_HIGH, ANALYSIS_LOW } from "./filters.ts";
import type { HuffmanTable } from "./huffman.ts";
import { encodeBlock, huffmanTableFor, symbolsOf } from "./huffman-encode.ts";
import { LEAST_SIDE, MAX_PIXELS, MOST_SIDE } from "./limits.ts";
import { compiledCentred } from "./passes.ts";
import { type Bins, binWidths, quantize } from "./quantize.ts";
import { MARKER } from "./segments.ts";
import { BLOCK_2, BLOCK_3, subbands } from "./subbands.ts";
import { split } from "./transform.ts";

/** Bits per pixel asked of the rate model; 0.75 (about 15:1) is usual for prints, real files come out smaller. */
export const USUAL_RATE = 0.75;
const RATES = { least: 0.05, most: 8 };
/** Bin centre C in hundredths. */
const CENTRE = 44;
const ENCODER = 0;
const f = Math.fround;

/** Encodes a grey picture. @throws BiometricsError `wsq/encode`, `wsq/picture-size` */
export function encodeWsq(image: GreyImage, rate = USUAL_RATE): Uint8Array {
  const { width, height, data } = image;
  const fits = (side: number) => Number.isInteger(side) && side >= LEAST_SIDE && side <= MOST_SIDE;
  if (!fits(width) || !fits(height) || width * height > MAX_PIXELS) {
    throw new BiometricsError("wsq/picture-size", { pixels: width * height });
  }
  if (data.length !== width * height) throw new BiometricsError("wsq/encode", { reason: "size and pixels disagree" });
  if (!(rate >= RATES.least && rate <= RATES.most)) throw new BiometricsError("wsq/encode", { reason: `rate ${rate}` });
  const { passes, shift, scale } = compiledCentred(data, width);
  if (scale === 0) throw new BiometricsError("wsq/encode", { reason: "the picture is one flat grey" });
  split(passes, width, height);
  const bands = subbands(width, height);
  const bins = binWidths(passes.view(), width, bands, rate);
  const { coefficients, cuts } = quantize(passes, width * height, width, bands, bins, [BLOCK_2, BLOCK_3]);
  const [second, third] = [cuts[0]!, cuts[1]!];
  const blocks = [
    coefficients.subarray(0, second),
    coefficients.subarray(second, third),
    coefficients.subarray(third),
  ] as const;
  const [one, two, three] = blocks.map(symbolsOf) as [Int32Array, Int32Array, Int32Array];
  const first = huffmanTableFor([one]);
  const rest = huffmanTableFor([two, three]);
  const out = new Segments();
  out.short(MARKER.startOfImage);
  out.comment(`NIST_COM 3\nPPI ${Math.round(image.ppi)}\nLOSSY 1\nCOMPRESSION WSQ\n`);
  out.transform();
  out.quantization(bins);
  out.frame(width, height, shift, scale);
  out.huffman(0, first);
  out.block(0, encodeBlock(one, first));
  out.huffman(1, rest);
  out.block(1, encodeBlock(two, rest));
  out.block(1, encodeBlock(three, rest));
  out.short(MARKER.endOfImage);
  return out.bytes();
}

/** Writes marker segments. */
class Segments {
  private readonly parts: Uint8Array[] = [];

  private put(...bytes: number[]): void {
    this.parts.push(new Uint8Array(bytes));
  }

  short(value: number): void {
    this.put(value >>> 8, value & 0xff);
  }

  /** A decimal exponent and as many digits as the size holds; short ones are worked out in single precision like the reference's. */
  private scaled(value: number, size: 2 | 4): void {
    const most = size === 2 ? 0xffff : 0xffff_ffff;
    const exact = size === 2 ? f : (v: number) => v;
    let mantissa = exact(value);
    let exponent = 0;
    for (; mantissa > 0 && mantissa < most && exponent < 255; exponent++) mantissa = exact(mantissa * 10);
    if (exponent > 0) {
      exponent--;
      mantissa /= 10;
    }
    const digits = Math.min(most, Math.round(mantissa));
    this.put(exponent);
    if (size === 4) this.short(Math.floor(digits / 65_536));
    this.short(digits % 65_536);
  }

  comment(text: string): void {
    this.short(MARKER.comment);
    this.short(2 + text.length);
    this.parts.push(new TextEncoder().encode(text));
  }

  transform(): void {
    const halves = [ANALYSIS_LOW, ANALYSIS_HIGH].map((taps) => taps.subarray(taps.length >> 1));
    this.short(MARKER.transformTable);
    this.short(4 + 6 * (halves[0]!.length + halves[1]!.length));
    this.put(ANALYSIS_LOW.length, ANALYSIS_HIGH.length);
    for (const half of halves) {
      for (const tap of half) {
        this.put(tap < 0 ? 1 : 0);
        this.scaled(Math.abs(tap), 4);
      }
    }
  }

  quantization({ widths, zeroWidths }: Bins): void {
    this.short(MARKER.quantizationTable);
    this.short(5 + 64 * 6);
    this.put(2);
    this.short(CENTRE);
    for (let k = 0; k < 64; k++) {
      this.scaled(widths[k]!, 2);
      this.scaled(zeroWidths[k]!, 2);
    }
  }

  frame(width: number, height: number, shift: number, scale: number): void {
    this.short(MARKER.startOfFrame);
    this.short(17);
    this.put(0, 255);
    this.short(height);
    this.short(width);
    this.scaled(shift, 2);
    this.scaled(scale, 2);
    this.put(ENCODER);
    this.short(0);
  }

  huffman(id: number, { counts, values }: HuffmanTable): void {
    this.short(MARKER.huffmanTable);
    this.short(19 + values.length);
    this.put(id);
    this.parts.push(counts, values);
  }

  block(table: number, coded: Uint8Array): void {
    this.short(MARKER.startOfBlock);
    this.short(3);
    this.put(table);
    this.parts.push(coded);
  }

  bytes(): Uint8Array {
    const result = new Uint8Array(this.parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.parts) {
      result.set(part, at);
      at += part.length;
    }
    return result;
  }
}
