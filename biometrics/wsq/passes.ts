/** One pass of the transform over many lines at once, compiled and plain; both give the same bytes. */
import { aligned, KERNEL_START, type Kernel, loadKernel } from "../kernel.ts";
import type { LinePlan } from "./filters.ts";
import { waveletWasm } from "./wavelet-wasm.ts";

// Taken out once: in a test runner with its own context every look-up of a global is slow.
const { fround } = Math;

/** Which of the two buffers a pass reads; it writes the other. */
export type From = "pixels" | "scratch";

/** A pass over `count` lines: down columns or along rows. Bases are pixel indices into the buffers. */
export type Pass = (from: From, fromBase: number, outBase: number, count: number, plan: LinePlan) => void;

export interface Passes {
  readonly columns: Pass;
  readonly rows: Pass;
  /** The pixels buffer as it stands; a copy. */
  result(): Float32Array;
}

type WaveletPass = (
  out: number,
  from: number,
  count: number,
  pitch: number,
  length: number,
  start: number,
  source: number,
  factor: number,
) => void;
type Wavelet = Kernel<{ readonly columns: WaveletPass; readonly rows: WaveletPass }>;

/** Memory for pictures up to this size is kept for the next one, pixels. */
const KEPT_PIXELS = 2_000_000;
let kept: Wavelet | undefined;

export function compiledPasses(pixels: Float32Array, pitch: number): Passes {
  const large = pixels.length > KEPT_PIXELS;
  if (!large) kept ??= loadKernel(waveletWasm);
  const kernel: Wavelet = large ? loadKernel(waveletWasm) : kept!;
  const size = aligned(4 * pixels.length);
  const base = { pixels: KERNEL_START, scratch: KERNEL_START + size };
  let free = KERNEL_START + 2 * size;
  kernel.reserve(free);
  new Float32Array(kernel.buffer(), base.pixels, pixels.length).set(pixels);
  new Float32Array(kernel.buffer(), base.scratch, pixels.length).fill(0);
  const plans = new Map<LinePlan, { start: number; source: number; factor: number }>();
  const place = (plan: LinePlan) => {
    let at = plans.get(plan);
    if (at === undefined) {
      const start = free;
      const source = aligned(start + plan.start.byteLength);
      const factor = aligned(source + plan.source.byteLength);
      free = aligned(factor + plan.factor.byteLength);
      kernel.reserve(free);
      new Int32Array(kernel.buffer(), start, plan.start.length).set(plan.start);
      new Int32Array(kernel.buffer(), source, plan.source.length).set(plan.source);
      new Float32Array(kernel.buffer(), factor, plan.factor.length).set(plan.factor);
      at = { start, source, factor };
      plans.set(plan, at);
    }
    return at;
  };
  const pass =
    (run: "columns" | "rows"): Pass =>
    (from, fromBase, outBase, count, plan) => {
      const { start, source, factor } = place(plan);
      const to = from === "pixels" ? base.scratch : base.pixels;
      kernel.call[run](to + 4 * outBase, base[from] + 4 * fromBase, count, pitch, plan.length, start, source, factor);
    };
  return {
    columns: pass("columns"),
    rows: pass("rows"),
    result: () => new Float32Array(kernel.buffer(), base.pixels, pixels.length).slice(),
  };
}

/** The same in plain TypeScript: the reference that a test holds the compiled one against. */
export function plainPasses(given: Float32Array, pitch: number): Passes {
  const buffers = { pixels: given.slice(), scratch: new Float32Array(given.length) };
  const pass =
    (step: number, next: number): Pass =>
    (from, fromBase, outBase, count, { length, start, source, factor }) => {
      const read = buffers[from];
      const write = buffers[from === "pixels" ? "scratch" : "pixels"];
      for (let line = 0; line < count; line++) {
        const s = fromBase + line * next;
        const o = outBase + line * next;
        let t = 0;
        for (let k = 0; k < length; k++) {
          const end = start[k + 1]!;
          let sum = fround(read[s + source[t]! * step]! * factor[t]!);
          for (t++; t < end; t++) sum = fround(sum + fround(read[s + source[t]! * step]! * factor[t]!));
          write[o + k * step] = sum;
        }
      }
    };
  return { columns: pass(pitch, 1), rows: pass(1, pitch), result: () => buffers.pixels };
}
