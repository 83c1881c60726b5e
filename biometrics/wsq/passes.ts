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
  /** The pixels buffer itself: to be read at once, before the next picture's passes are made. */
  view(): Float32Array;
  /** The same as grey bytes: value · scale + shift, rounded. */
  grey(scale: number, shift: number): Uint8Array;
  /** Coefficients of a subband of the pixels buffer, appended at `at` of `out`. */
  quantize(base: number, width: number, height: number, half: number, bin: number, out: Int16Array, at: number): void;
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
  side: number,
  reach: number,
) => void;
interface Calls {
  readonly columns: WaveletPass;
  readonly rows: WaveletPass;
  readonly grey: (from: number, count: number, scale: number, shift: number, out: number) => void;
  readonly range: (from: number, count: number, out: number) => void;
  readonly centre: (from: number, count: number, shift: number, scale: number, out: number) => void;
  readonly quantize: (
    from: number,
    pitch: number,
    width: number,
    height: number,
    half: number,
    bin: number,
    out: number,
  ) => void;
}
type Wavelet = Kernel<Calls>;

/** Vectors may read and write this far past a buffer's end, bytes. */
const SLACK = 64;

/** Memory for pictures up to this size is kept for the next one, pixels. */
const KEPT_PIXELS = 2_000_000;
let kept: Wavelet | undefined;

/** Grey bytes around 0 and within ±128, and how: grey = value · scale + shift. */
export interface Centred {
  readonly passes: Passes;
  readonly shift: number;
  /** 0 when the picture is one flat grey. */
  readonly scale: number;
}

/** Middle and spread of grey as the reference encoder works them out. */
function scaleOf(sum: number, count: number, low: number, high: number): { shift: number; scale: number } {
  const shift = fround(fround(sum) / fround(count));
  return { shift, scale: fround(Math.max(fround(shift - low), fround(high - shift)) / 128) };
}

/** Passes over a grey picture, centred first. */
export function compiledCentred(data: Uint8Array, pitch: number): Centred {
  const { kernel, base, side, passes } = makeCompiled(data.length, pitch);
  new Uint8Array(kernel.buffer(), side, data.length).set(data);
  const out = side + aligned(data.length + SLACK);
  kernel.call.range(side, data.length, out);
  const [sum = 0, low = 0, high = 0] = new Int32Array(kernel.buffer(), out, 3);
  const { shift, scale } = scaleOf(sum, data.length, low, high);
  if (scale !== 0) kernel.call.centre(side, data.length, shift, scale, base.pixels);
  return { passes, shift, scale };
}

/** The same in plain TypeScript: the reference that a test holds the compiled one against. */
export function plainCentred(data: Uint8Array, pitch: number): Centred {
  const sum = data.reduce((total, v) => total + v, 0);
  const [low, high] = [data.reduce((a, b) => Math.min(a, b)), data.reduce((a, b) => Math.max(a, b))];
  const { shift, scale } = scaleOf(sum, data.length, low, high);
  return {
    passes: plainPasses(
      Float32Array.from(data, (v) => fround(v - shift) / scale),
      pitch,
    ),
    shift,
    scale,
  };
}

export function compiledPasses(pixels: Float32Array, pitch: number): Passes {
  const { kernel, base, passes } = makeCompiled(pixels.length, pitch);
  new Float32Array(kernel.buffer(), base.pixels, pixels.length).set(pixels);
  return passes;
}

function makeCompiled(count: number, pitch: number) {
  const large = count > KEPT_PIXELS;
  if (!large) kept ??= loadKernel(waveletWasm);
  const kernel: Wavelet = large ? loadKernel(waveletWasm) : kept!;
  const size = aligned(4 * count + SLACK);
  const base = { pixels: KERNEL_START, scratch: KERNEL_START + size };
  // Eight rows turned on their side; afterwards the same place holds results.
  const side = KERNEL_START + 2 * size;
  let free = side + aligned(Math.max(32 * (pitch + 64), 4 * count) + SLACK);
  kernel.reserve(free);
  new Float32Array(kernel.buffer(), base.scratch, count).fill(0);
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
      kernel.call[run](
        to + 4 * outBase,
        base[from] + 4 * fromBase,
        count,
        pitch,
        plan.length,
        start,
        source,
        factor,
        side,
        plan.reach + 1,
      );
    };
  const passes: Passes = {
    columns: pass("columns"),
    rows: pass("rows"),
    view: () => new Float32Array(kernel.buffer(), base.pixels, count),
    result: () => new Float32Array(kernel.buffer(), base.pixels, count).slice(),
    grey(scale, shift) {
      kernel.call.grey(base.pixels, count, scale, shift, side);
      return new Uint8Array(kernel.buffer(), side, count).slice();
    },
    quantize(from, width, height, half, bin, out, at) {
      kernel.call.quantize(base.pixels + 4 * from, pitch, width, height, half, bin, side);
      out.set(new Int16Array(kernel.buffer(), side, width * height), at);
    },
  };
  return { kernel, base, side, passes };
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
  return {
    columns: pass(pitch, 1),
    rows: pass(1, pitch),
    result: () => buffers.pixels,
    view: () => buffers.pixels,
    grey: (scale, shift) =>
      Uint8Array.from(buffers.pixels, (v) =>
        Math.min(255, Math.max(0, fround(fround(fround(v * scale) + shift) + 0.5))),
      ),
    quantize(from, width, height, half, bin, out, at) {
      for (let y = 0, o = at; y < height; y++) {
        for (let x = 0; x < width; x++, o++) {
          const v = buffers.pixels[from + y * pitch + x]!;
          if (v > half) out[o] = fround(fround(v - half) / bin) + 1;
          else if (v < -half) out[o] = fround(fround(v + half) / bin) - 1;
        }
      }
    },
  };
}
