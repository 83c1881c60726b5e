/** Runs the compiled filter: one instance for the process, its memory grown as pictures need. */
import { aligned, KERNEL_START, type Kernel, loadKernel } from "../kernel.ts";
import type { KernelBank } from "./gabor-bank.ts";
import { gaborWasm } from "./gabor-wasm.ts";

/** A block of this side shares one kernel. */
export const BLOCK = 4;
/** In an index of blocks: leave this block at 0. */
export const NO_KERNEL = 0xffff;

type FilterBlocks = (
  pad: number,
  stride: number,
  index: number,
  blocksAcross: number,
  blocksDown: number,
  rows: number,
  side: number,
  taps: number,
  tapsPerKernel: number,
  out: number,
  outStride: number,
) => void;

interface Engine {
  readonly kernel: Kernel<{ readonly filterBlocks: FilterBlocks }>;
  /** Where each bank's row table and taps lie, bytes. */
  readonly banks: Map<KernelBank, { readonly rows: number; readonly taps: number }>;
  /** First byte free for further banks and for pictures. */
  free: number;
}

let engine: Engine | undefined;

/** Copies a bank in at its first use; it stays. */
function place(into: Engine, bank: KernelBank): { readonly rows: number; readonly taps: number } {
  const { kernel, banks } = into;
  const known = banks.get(bank);
  if (known !== undefined) return known;
  const rows = into.free;
  const taps = rows + bank.rows.byteLength;
  into.free = aligned(taps + bank.taps.byteLength);
  kernel.reserve(into.free);
  new Int32Array(kernel.buffer(), rows, bank.rows.length).set(bank.rows);
  new Float32Array(kernel.buffer(), taps, bank.taps.length).set(bank.taps);
  const placed = { rows, taps };
  banks.set(bank, placed);
  return placed;
}

/** Filters a picture block by block; `index` names the kernel of each `BLOCK`×`BLOCK` block, row by row. */
export function filterBlocks(
  value: Float32Array,
  width: number,
  height: number,
  index: Uint16Array,
  bank: KernelBank,
): Float32Array {
  engine ??= { kernel: loadKernel(gaborWasm), banks: new Map(), free: KERNEL_START };
  const placed = place(engine, bank);
  const { kernel, free } = engine;
  const { radius } = bank;
  const across = Math.ceil(width / BLOCK);
  const down = Math.ceil(height / BLOCK);
  const stride = across * BLOCK + 2 * radius;
  const padSize = stride * (down * BLOCK + 2 * radius);
  const outStride = across * BLOCK;
  const outSize = outStride * down * BLOCK;
  const at = { index: free, pad: aligned(free + 2 * index.length), out: 0 };
  at.out = aligned(at.pad + 4 * padSize);
  kernel.reserve(at.out + 4 * outSize);
  new Uint16Array(kernel.buffer(), at.index, index.length).set(index);
  const pad = new Float32Array(kernel.buffer(), at.pad, padSize).fill(0);
  for (let y = 0; y < height; y++) pad.set(value.subarray(y * width, (y + 1) * width), (y + radius) * stride + radius);
  const out = new Float32Array(kernel.buffer(), at.out, outSize).fill(0);
  const side = 2 * radius + 1;
  kernel.call.filterBlocks(
    at.pad,
    stride,
    at.index,
    across,
    down,
    placed.rows,
    side,
    placed.taps,
    bank.tapsPerKernel,
    at.out,
    outStride,
  );
  const result = new Float32Array(width * height);
  for (let y = 0; y < height; y++) result.set(out.subarray(y * outStride, y * outStride + width), y * width);
  return result;
}

/** The same in plain TypeScript: the reference that a test holds the compiled one against. */
export function filterBlocksPlainly(
  value: Float32Array,
  width: number,
  height: number,
  index: Uint16Array,
  bank: KernelBank,
): Float32Array {
  const { radius, rows, taps, tapsPerKernel } = bank;
  const across = Math.ceil(width / BLOCK);
  const result = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const k = index[Math.floor(y / BLOCK) * across + Math.floor(x / BLOCK)]!;
      if (k === NO_KERNEL) continue;
      let sum = 0;
      let t = k * tapsPerKernel;
      for (let j = 0; j < 2 * radius + 1; j++) {
        const py = y + j - radius;
        for (let u = 0; u < rows[2 * j + 1]!; u++, t++) {
          const px = x + rows[2 * j]! + u - radius;
          if (px >= 0 && py >= 0 && px < width && py < height) sum += taps[t]! * value[py * width + px]!;
        }
      }
      result[y * width + x] = sum;
    }
  }
  return result;
}
