/** Huffman codes of the entropy-coded blocks (IAFIS-IC-0110 §A.5, as in JPEG's annex C). */
import { BiometricsError } from "../errors.ts";

export interface HuffmanTable {
  /** How many codes there are of 1..16 bits. */
  readonly counts: Uint8Array;
  readonly values: Uint8Array;
}

/** Bits looked up at once. */
const LOOK = 12;

/** A table ready to decode: value · 32 + length by the next `LOOK` bits, 0 where the code is longer. */
export interface HuffmanDecoder {
  readonly look: Uint16Array;
  /** For each length: the largest code (-1 = none), the smallest one, and where its values begin. */
  readonly most: Int32Array;
  readonly least: Int32Array;
  readonly index: Int32Array;
  readonly values: Uint8Array;
}

/** @throws `wsq/table` when the codes do not fit */
export function huffmanDecoder({ counts, values }: HuffmanTable): HuffmanDecoder {
  const look = new Uint16Array(1 << LOOK);
  const most = new Int32Array(17).fill(-1);
  const least = new Int32Array(17);
  const index = new Int32Array(17);
  let code = 0;
  let next = 0;
  for (let length = 1; length <= 16; length++) {
    const count = counts[length - 1]!;
    if (code + count > 1 << length) throw new BiometricsError("wsq/table", { table: "DHT" });
    least[length] = code;
    index[length] = next;
    if (count > 0) most[length] = code + count - 1;
    for (let k = 0; k < count; k++, code++, next++) {
      if (length > LOOK) continue;
      const entry = values[next]! * 32 + length;
      look.fill(entry, code << (LOOK - length), (code + 1) << (LOOK - length));
    }
    code <<= 1;
  }
  return { look, most, least, index, values };
}

/** Bits of one run of entropy-coded bytes, stuffing already removed. */
export class BitReader {
  private readonly bytes: Uint8Array;
  private readonly end: number;
  private at = 0;
  private held = 0;
  private window = 0;

  constructor(bytes: Uint8Array, length: number) {
    this.bytes = bytes;
    this.end = length;
  }

  /** The next symbol, or -1 when the bytes end before its code does. */
  symbol(decoder: HuffmanDecoder): number {
    while (this.held <= 16 && this.at < this.end) {
      this.window = ((this.window & 0xffff) << 8) | this.bytes[this.at++]!;
      this.held += 8;
    }
    const short = this.held < LOOK;
    const ahead = short ? (this.window << (LOOK - this.held)) & 0xfff : (this.window >>> (this.held - LOOK)) & 0xfff;
    const entry = decoder.look[ahead]!;
    const length = entry & 31;
    if (length > 0) {
      if (length > this.held) return -1;
      this.held -= length;
      return entry >>> 5;
    }
    return this.longSymbol(decoder);
  }

  private longSymbol(decoder: HuffmanDecoder): number {
    for (let length = LOOK + 1; length <= 16 && length <= this.held; length++) {
      const code = (this.window >>> (this.held - length)) & ((1 << length) - 1);
      if (code <= decoder.most[length]!) {
        this.held -= length;
        return decoder.values[decoder.index[length]! + code - decoder.least[length]!]!;
      }
    }
    if (this.held < 16) return -1;
    throw new BiometricsError("wsq/coefficients", { reason: "no such code" });
  }

  /** The next 8 or 16 bits. @throws `wsq/truncated` */
  bits(count: 8 | 16): number {
    while (this.held < count) {
      if (this.at >= this.end) throw new BiometricsError("wsq/truncated");
      this.window = ((this.window & 0xffff) << 8) | this.bytes[this.at++]!;
      this.held += 8;
    }
    this.held -= count;
    return (this.window >>> this.held) & ((1 << count) - 1);
  }
}
