/** Huffman tables made for the data at hand (JPEG annex K.2: at most 16 bits, no code of all ones), and coding with them. */
import type { HuffmanTable } from "./huffman.ts";

const RUN_MOST = 100;
const COEFFICIENT_MOST = 74;
const COEFFICIENT_LEAST = -73;
const LONGEST_RUN = 0xffff;

/** Room for the symbols of one block, kept for the next one unless it is larger than this. */
const KEPT = 2_000_000;
let scratch = new Int32Array(0);

/** Symbols of table A.2, each with its extra bits above it: symbol + 256 · extra. */
export function symbolsOf(coefficients: Int16Array): Int32Array {
  // A coefficient makes at most one symbol, and a run stands for one at least.
  if (scratch.length <= coefficients.length) scratch = new Int32Array(coefficients.length + 1);
  const symbols = scratch;
  let count = 0;
  const { length } = coefficients;
  for (let i = 0; i < length; ) {
    let run = 0;
    while (i < length && coefficients[i] === 0 && run < LONGEST_RUN) {
      i++;
      run++;
    }
    if (run > 0xff) symbols[count++] = 106 + 256 * run;
    else if (run > RUN_MOST) symbols[count++] = 105 + 256 * run;
    else if (run > 0) symbols[count++] = run;
    if (i >= length || coefficients[i] === 0) continue;
    const c = coefficients[i++]!;
    if (c > COEFFICIENT_MOST) symbols[count++] = (c > 255 ? 103 : 101) + 256 * c;
    else if (c < COEFFICIENT_LEAST) symbols[count++] = (c < -255 ? 104 : 102) - 256 * c;
    else symbols[count++] = c + 180;
  }
  const result = symbols.slice(0, count);
  if (scratch.length > KEPT) scratch = new Int32Array(0);
  return result;
}

/** Extra bits after symbols 101 to 106. */
const EXTRA_BITS = new Uint8Array(256);
EXTRA_BITS.set([8, 8, 16, 16, 8, 16], 101);

/** The table that codes these blocks, given as symbols, shortest. */
export function huffmanTableFor(blocks: readonly Int32Array[]): HuffmanTable {
  const frequency = new Uint32Array(257);
  for (const block of blocks) for (let i = 0; i < block.length; i++) frequency[block[i]! & 0xff]!++;
  const sizes = codeSizes(frequency);
  const counts = new Int32Array(Math.max(33, 2 + Math.max(...sizes)));
  for (const size of sizes) if (size > 0) counts[size]!++;
  limit(counts);
  const values: number[] = [];
  for (let size = 1; size < counts.length; size++) {
    for (let symbol = 0; symbol < 256; symbol++) if (sizes[symbol] === size) values.push(symbol);
  }
  return { counts: Uint8Array.from(counts.subarray(1, 17)), values: Uint8Array.from(values) };
}

/** Code length of each symbol; symbol 256 stands for the code of all ones, which nothing may use. */
function codeSizes(counted: Uint32Array): Int32Array {
  const frequency = Float64Array.from(counted);
  frequency[256] = 1;
  const size = new Int32Array(257);
  const chain = new Int32Array(257).fill(-1);
  // Symbols that occur, in order; merged ones leave.
  const left = new Int32Array(257);
  let count = 0;
  for (let k = 0; k < 257; k++) if (frequency[k]! > 0) left[count++] = k;
  for (; count > 1; count--) {
    // The two of least frequency, the last of equals first.
    let a = -1;
    let b = -1;
    let place = 0;
    let placeA = 0;
    for (let k = 0; k < count; k++) {
      const symbol = left[k]!;
      const times = frequency[symbol]!;
      if (a < 0 || times <= frequency[a]!) {
        b = a;
        place = placeA;
        a = symbol;
        placeA = k;
      } else if (b < 0 || times <= frequency[b]!) {
        b = symbol;
        place = k;
      }
    }
    frequency[a]! += frequency[b]!;
    left.copyWithin(place, place + 1, count);
    let end = a;
    for (size[end]!++; chain[end]! >= 0; size[end]!++) end = chain[end]!;
    chain[end] = b;
    for (let k = b; k >= 0; k = chain[k]!) size[k]!++;
  }
  return size;
}

/** No code longer than 16 bits (figure K.3), and the code of all ones taken out. */
function limit(counts: Int32Array): void {
  for (let size = counts.length - 1; size > 16; size--) {
    while (counts[size]! > 0) {
      let shorter = size - 2;
      while (counts[shorter] === 0) shorter--;
      counts[size]! -= 2;
      counts[size - 1]!++;
      counts[shorter + 1]! += 2;
      counts[shorter]!--;
    }
  }
  let longest = 16;
  while (longest > 0 && counts[longest] === 0) longest--;
  counts[longest]!--;
}

/** Entropy-coded bytes of a block given as symbols, stuffed and padded with ones. */
export function encodeBlock(symbols: Int32Array, { counts, values }: HuffmanTable): Uint8Array {
  const code = new Int32Array(256);
  const length = new Uint8Array(256);
  let next = 0;
  let index = 0;
  for (let size = 1; size <= 16; size++) {
    for (let k = 0; k < counts[size - 1]!; k++) {
      code[values[index]!] = next++;
      length[values[index++]!] = size;
    }
    next <<= 1;
  }
  // At most 32 bits a symbol, each byte perhaps followed by a stuffed one.
  const out = new Uint8Array(8 * symbols.length + 8);
  let at = 0;
  let held = 0;
  let window = 0;
  for (let i = 0; i < symbols.length; i++) {
    const symbol = symbols[i]! & 0xff;
    window = (window << length[symbol]!) | code[symbol]!;
    held += length[symbol]!;
    while (held >= 8) {
      held -= 8;
      const byte = (window >>> held) & 0xff;
      out[at++] = byte;
      if (byte === 0xff) out[at++] = 0;
    }
    const extra = EXTRA_BITS[symbol]!;
    if (extra === 0) continue;
    window = (window << extra) | (symbols[i]! >>> 8);
    held += extra;
    while (held >= 8) {
      held -= 8;
      const byte = (window >>> held) & 0xff;
      out[at++] = byte;
      if (byte === 0xff) out[at++] = 0;
    }
  }
  if (held > 0) {
    const byte = ((window << (8 - held)) | ((1 << (8 - held)) - 1)) & 0xff;
    out[at++] = byte;
    if (byte === 0xff) out[at++] = 0;
  }
  return out.slice(0, at);
}
