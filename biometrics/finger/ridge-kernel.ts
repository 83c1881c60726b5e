/** The compiled passes over pictures and grids: one instance for the process; places for a call are laid out anew each time. */
import { aligned, KERNEL_START, type Kernel, loadKernel } from "../kernel.ts";
import { ridgesWasm } from "./ridges-wasm.ts";

type Numbers = (...numbers: number[]) => void;

interface Calls {
  readonly normalise: Numbers;
  readonly halve: Numbers;
  readonly tensor: Numbers;
  readonly smooth: Numbers;
  readonly ridgeBits: Numbers;
  readonly thin: Numbers;
  readonly ridgeBytes: Numbers;
}

let kernel: Kernel<Calls> | undefined;

/** Room that vectors may read beyond an array's end, bytes. */
const SLACK = 64;

/** Places in the kernel's memory for one call. */
export class RidgeKernel {
  readonly call: Calls;
  private readonly kernel: Kernel<Calls>;
  private free: number;

  constructor(width = 0) {
    kernel ??= loadKernel<Calls>(ridgesWasm);
    this.kernel = kernel;
    this.call = kernel.call;
    // The first rows are read from one row above the picture.
    this.free = aligned(KERNEL_START + 4 * width + SLACK);
  }

  /** Room for so many bytes; what is in it is left from earlier calls. */
  take(bytes: number): number {
    const at = this.free;
    this.free = aligned(at + bytes + SLACK);
    this.kernel.reserve(this.free);
    return at;
  }

  floats(values: Float32Array): number {
    const at = this.take(4 * values.length);
    new Float32Array(this.kernel.buffer(), at, values.length).set(values);
    return at;
  }

  bytes(values: Uint8Array): number {
    const at = this.take(values.length);
    new Uint8Array(this.kernel.buffer(), at, values.length).set(values);
    return at;
  }

  clear(at: number, bytes: number): void {
    new Uint8Array(this.kernel.buffer(), at, bytes).fill(0);
  }

  /** Copies out. */
  readFloats(at: number, length: number): Float32Array {
    return new Float32Array(this.kernel.buffer(), at, length).slice();
  }

  readBytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.kernel.buffer(), at, length).slice();
  }
}
