/** Huffman tables made for the data at hand (JPEG annex K.2: at most 16 bits, no code of all ones), and coding with them. */
import type { HuffmanTable } from "./huffman.ts";

const RUN_MOST = 100;
const COEFFICIENT_MOST = 74;
const COEFFICIENT_LEAST = -73;
const LONGEST_RUN = 0xffff;

/** Calls back with each symbol of table A.2 and its extra bits. */
function eachSymbol(coefficients: Int16Array, emit: (symbol: number, extra: number, size: number) => void): void {
  let run = 0;
  const flush = () => {
    if (run === 0) return;
    if (run <= RUN_MOST) emit(run, 0, 0);
    else if (run <= 0xff) emit(105, run, 8);
    else emit(106, run, 16);
    run = 0;
  };
  for (const c of coefficients) {
    if (c === 0) {
      if (run === LONGEST_RUN) flush();
      run++;
      continue;
    }
    flush();
    if (c > COEFFICIENT_MOST) emit(c > 255 ? 103 : 101, c, c > 255 ? 16 : 8);
    else if (c < COEFFICIENT_LEAST) emit(c < -255 ? 104 : 102, -c, c < -255 ? 16 : 8);
    else emit(c + 180, 0, 0);
  }
  flush();
}

/** The table that codes these blocks shortest. */
export function huffmanTableFor(blocks: readonly Int16Array[]): HuffmanTable {
  const frequency = new Float64Array(257);
  for (const block of blocks) eachSymbol(block, (symbol) => frequency[symbol]!++);
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
function codeSizes(counted: Float64Array): Int32Array {
  const frequency = Float64Array.from(counted);
  frequency[256] = 1;
  const size = new Int32Array(257);
  const chain = new Int32Array(257).fill(-1);
  for (;;) {
    const a = rarest(frequency, -1);
    const b = rarest(frequency, a);
    if (b < 0) return size;
    frequency[a]! += frequency[b]!;
    frequency[b] = 0;
    let end = a;
    for (size[end]!++; chain[end]! >= 0; size[end]!++) end = chain[end]!;
    chain[end] = b;
    for (let k = b; k >= 0; k = chain[k]!) size[k]!++;
  }
}

/** The symbol of least frequency above 0, the last of equals. */
function rarest(frequency: Float64Array, except: number): number {
  let best = -1;
  for (let k = 0; k < 257; k++) {
    if (frequency[k] === 0 || k === except) continue;
    if (best < 0 || frequency[k]! <= frequency[best]!) best = k;
  }
  return best;
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

/** Entropy-coded bytes of a block, stuffed and padded with ones. */
export function encodeBlock(coefficients: Int16Array, { counts, values }: HuffmanTable): Uint8Array {
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
  let out = new Uint8Array(coefficients.length + 64);
  let at = 0;
  let held = 0;
  let window = 0;
  const put = (bits: number, size: number) => {
    if (size === 0) return;
    window = ((window << size) | bits) & 0xffffff;
    held += size;
    while (held >= 8) {
      held -= 8;
      const byte = (window >>> held) & 0xff;
      if (at + 2 > out.length) {
        const larger = new Uint8Array(2 * out.length);
        larger.set(out);
        out = larger;
      }
      out[at++] = byte;
      if (byte === 0xff) out[at++] = 0;
    }
  };
  eachSymbol(coefficients, (symbol, extra, size) => {
    put(code[symbol]!, length[symbol]!);
    put(extra, size);
  });
  if (held > 0) put((1 << (8 - held)) - 1, 8 - held);
  return out.subarray(0, at);
}
