/** WSQ to pixels (FBI IAFIS-IC-0110 v3.1), identical to the byte with NIST's decoder. */
import { BiometricsError } from "../errors.ts";
import type { GreyImage } from "../image/image.ts";
import { BitReader, type HuffmanDecoder, huffmanDecoder } from "./huffman.ts";
import { FREE_PIXELS, MOST_PIXELS_PER_BYTE } from "./limits.ts";
import { type Frame, MARKER, type Quantization, SegmentReader, type Tables } from "./segments.ts";
import { SENT_SUBBANDS, type Subband, subbands } from "./subbands.ts";
import { join } from "./transform.ts";

const { fround } = Math;

export interface DecodedWsq {
  readonly image: GreyImage;
  readonly frame: Frame;
  readonly comments: readonly string[];
}

/** True when the bytes begin as a WSQ file does. */
export function isWsq(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xa0;
}

/**
 * Decodes a file. The resolution is that of its NIST comment, else `ppi`.
 * @throws BiometricsError `wsq/not-wsq`, `wsq/truncated`, `wsq/marker`, `wsq/table`, `wsq/picture-size`, `wsq/coefficients`
 */
export function decodeWsq(bytes: Uint8Array, ppi = 500): DecodedWsq {
  if (!isWsq(bytes)) throw new BiometricsError("wsq/not-wsq");
  const reader = new SegmentReader(bytes);
  reader.marker();
  const tables: Tables = { huffman: [], comments: [] };
  let marker = reader.marker();
  for (; marker !== MARKER.startOfFrame; marker = reader.marker()) reader.table(marker, tables);
  const frame = reader.frame();
  refuseBomb(frame, bytes.length);
  const { coefficients, filled } = readBlocks(reader, tables, frame.width * frame.height);
  const { filters, quantization } = tables;
  if (filters === undefined || quantization === undefined)
    throw new BiometricsError("wsq/table", { table: "DTT, DQT" });
  const { width, height } = frame;
  const bands = subbands(width, height);
  let needed = 0;
  for (let k = 0; k < SENT_SUBBANDS; k++) if (quantization.bins[k] !== 0) needed += bands[k]!.width * bands[k]!.height;
  // An encoder codes every coefficient of a subband that it sends: what is missing was cut out of the file.
  if (filled < needed) throw new BiometricsError("wsq/coefficients", { reason: "fewer than the picture needs" });
  const pixels = new Float32Array(width * height);
  dequantize(coefficients, quantization, bands, pixels, width);
  const data = join(pixels, width, height, filters).grey(frame.scale, frame.shift);
  return { image: { width, height, data, ppi: statedPpi(tables.comments) ?? ppi }, frame, comments: tables.comments };
}

/** A file of a few bytes must not ask for hundreds of megabytes: long runs of zeros code a whole picture in next to nothing. */
function refuseBomb({ width, height }: Frame, bytes: number): void {
  const pixels = width * height;
  if (pixels > FREE_PIXELS && pixels > MOST_PIXELS_PER_BYTE * bytes)
    throw new BiometricsError("wsq/picture-size", { pixels });
}

/** All coefficients of all blocks, in the order of the subbands, and how many there were. */
function readBlocks(reader: SegmentReader, tables: Tables, size: number): { coefficients: Int16Array; filled: number } {
  const coefficients = new Int16Array(size);
  const decoders = new Map<object, HuffmanDecoder>();
  let filled = 0;
  let marker = reader.marker();
  if (marker === MARKER.endOfImage) throw new BiometricsError("wsq/marker", { at: reader.at - 2 });
  while (marker !== MARKER.endOfImage) {
    for (; marker !== MARKER.startOfBlock; marker = reader.marker()) {
      if (marker === MARKER.endOfImage) return { coefficients, filled };
      reader.table(marker, tables);
    }
    reader.short();
    const table = tables.huffman[reader.byte()];
    if (table === undefined) throw new BiometricsError("wsq/table", { table: "DHT" });
    let decoder = decoders.get(table);
    if (decoder === undefined) {
      decoder = huffmanDecoder(table);
      decoders.set(table, decoder);
    }
    do {
      const run = unstuffed(reader);
      filled = readRun(new BitReader(run.bytes, run.length), decoder, coefficients, filled);
      marker = reader.marker();
    } while (marker >= MARKER.firstRestart && marker <= MARKER.lastRestart);
  }
  return { coefficients, filled };
}

/** The bytes up to the next marker, without the zero after each 0xff. */
function unstuffed(reader: SegmentReader): { bytes: Uint8Array; length: number } {
  const from = reader.bytes;
  let at = reader.at;
  let end = from.indexOf(0xff, at);
  while (end >= 0 && from[end + 1] === 0) end = from.indexOf(0xff, end + 2);
  if (end < 0) throw new BiometricsError("wsq/truncated");
  const bytes = new Uint8Array(end - at);
  let length = 0;
  for (; at < end; at++) {
    bytes[length++] = from[at]!;
    if (from[at] === 0xff) at++;
  }
  reader.at = end;
  return { bytes, length };
}

/** Decodes symbols (table A.2) until the run of bytes ends; returns how far the coefficients are filled. */
function readRun(bits: BitReader, decoder: HuffmanDecoder, out: Int16Array, from: number): number {
  let at = from;
  for (;;) {
    const symbol = bits.symbol(decoder);
    if (symbol < 0) return at;
    if (symbol > 106 && symbol < 255) {
      if (at >= out.length) break;
      out[at++] = symbol - 180;
      continue;
    }
    if (symbol === 0 || symbol === 255) break;
    if (symbol <= 100) at += symbol;
    else if (symbol >= 105) at += bits.bits(symbol === 105 ? 8 : 16);
    else {
      if (at >= out.length) break;
      const size = bits.bits(symbol <= 102 ? 8 : 16);
      out[at++] = symbol % 2 === 1 ? size : -size;
    }
    if (at > out.length) break;
  }
  throw new BiometricsError("wsq/coefficients", { reason: "more than the picture holds" });
}

/** §A.3: middle of the bin, in single precision but for the half zero bin, as the reference does. */
function dequantize(
  coefficients: Int16Array,
  { centre, bins, zeroBins }: Quantization,
  bands: readonly Subband[],
  pixels: Float32Array,
  width: number,
): void {
  let at = 0;
  for (let k = 0; k < SENT_SUBBANDS; k++) {
    const bin = bins[k]!;
    if (bin === 0) continue;
    const band = bands[k]!;
    const half = zeroBins[k]! / 2;
    if (at + band.width * band.height > coefficients.length)
      throw new BiometricsError("wsq/coefficients", { reason: "subbands" });
    for (let y = band.y; y < band.y + band.height; y++) {
      const row = y * width + band.x;
      for (let x = 0; x < band.width; x++) {
        const c = coefficients[at++]!;
        if (c > 0) pixels[row + x] = fround(bin * fround(c - centre)) + half;
        else if (c < 0) pixels[row + x] = fround(bin * fround(c + centre)) - half;
      }
    }
  }
}

/** `PPI 500` of a NIST comment, if there is one that makes sense. */
function statedPpi(comments: readonly string[]): number | undefined {
  const nist = comments.find((text) => text.startsWith("NIST_COM"));
  const ppi = Number(/^PPI\s+(\d+)/m.exec(nist ?? "")?.[1]);
  return ppi > 0 && ppi < 10_000 ? ppi : undefined;
}
