/** The compiled passes over pictures and grids: one instance for the process, and the places in its memory. */
import { aligned, KERNEL_START, type Kernel, loadKernel } from "../kernel.ts";
import { ridgesWasm } from "./ridges-wasm.ts";

type Numbers = (...numbers: number[]) => void;

interface Calls {
  readonly normalise: Numbers;
  readonly halve: Numbers;
  readonly pairRows: Numbers;
  readonly filter: Numbers;
  readonly tensor: Numbers;
  readonly energies: Numbers;
  readonly profiles: Numbers;
  readonly powers: Numbers;
  readonly smooth: Numbers;
  readonly ridgeBits: Numbers;
  readonly thin: Numbers;
  readonly ridgeBytes: Numbers;
  readonly repair: Numbers;
  readonly endsAndForks: (...numbers: number[]) => number;
}

/** Room that vectors may read beyond an array's end, bytes. */
const SLACK = 64;
/** The first bytes of the memory are for tables that stay. */
const TABLES_END = 1024 * 1024;
/** What one chain of stages needs at most: bytes a pixel, and besides. */
const CHAIN_BYTES = { pixel: 32, besides: 2 * 1024 * 1024 } as const;
/** A memory that a huge picture made larger than this is given back, bytes. */
const KEPT_BYTES = 64 * 1024 * 1024;

interface Loaded {
  readonly kernel: Kernel<Calls>;
  /** Where the tables lie, and the first byte free for another. */
  readonly tables: Map<Int32Array | Float32Array, number>;
  tablesEnd: number;
}

let loaded: Loaded | undefined;
let free = TABLES_END;
let inChain = false;

function load(): Loaded {
  loaded ??= { kernel: loadKernel<Calls>(ridgesWasm), tables: new Map(), tablesEnd: KERNEL_START };
  return loaded;
}

/**
 * Runs a chain of stages on a picture of so many pixels. Within it what a stage returns stays where it is, in the kernel's memory, so that
 * the next one need not copy it in; when it ends those arrays mean nothing any more: what is to last must be copied.
 */
export function chain<Result>(pixels: number, work: () => Result): Result {
  if (inChain) return work();
  const { kernel } = load();
  kernel.reserve(TABLES_END + CHAIN_BYTES.pixel * pixels + CHAIN_BYTES.besides);
  free = TABLES_END;
  inChain = true;
  try {
    return work();
  } finally {
    inChain = false;
    if (kernel.buffer().byteLength > KEPT_BYTES) loaded = undefined;
  }
}

/** Places in the kernel's memory for one stage. */
export class RidgeKernel {
  readonly call: Calls;
  private readonly loaded: Loaded;

  constructor() {
    this.loaded = load();
    this.call = this.loaded.kernel.call;
    if (!inChain) free = TABLES_END;
  }

  /** Room for so many bytes; what is in it is left from earlier calls. */
  take(bytes: number): number {
    const at = free;
    free = aligned(at + bytes + SLACK);
    const { kernel } = this.loaded;
    // Growing would take the memory away from under the arrays that earlier stages returned.
    if (inChain && free > kernel.buffer().byteLength)
      throw new RangeError("a chain of stages needs more room than it has");
    kernel.reserve(free);
    return at;
  }

  /** Where the next place will be. */
  mark(): number {
    return free;
  }

  /** Gives back all that was taken since the mark. */
  release(mark: number): void {
    free = mark;
  }

  floats(values: Float32Array): number {
    if (this.holds(values)) return values.byteOffset;
    const at = this.take(4 * values.length);
    new Float32Array(this.loaded.kernel.buffer(), at, values.length).set(values);
    return at;
  }

  bytes(values: Uint8Array): number {
    if (this.holds(values)) return values.byteOffset;
    const at = this.take(values.length);
    new Uint8Array(this.loaded.kernel.buffer(), at, values.length).set(values);
    return at;
  }

  /** Copies a table in at its first use; it stays. */
  table(values: Int32Array | Float32Array): number {
    const { kernel, tables, tablesEnd } = this.loaded;
    const known = tables.get(values);
    if (known !== undefined) return known;
    const end = aligned(tablesEnd + values.byteLength);
    if (end > TABLES_END) throw new RangeError("no room for another table");
    kernel.reserve(TABLES_END);
    new Uint8Array(kernel.buffer(), tablesEnd, values.byteLength).set(
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    );
    tables.set(values, tablesEnd);
    this.loaded.tablesEnd = end;
    return tablesEnd;
  }

  clear(at: number, bytes: number): void {
    new Uint8Array(this.loaded.kernel.buffer(), at, bytes).fill(0);
  }

  /** What lies there: within a chain in its place, otherwise a copy. */
  readFloats(at: number, length: number): Float32Array {
    const there = new Float32Array(this.loaded.kernel.buffer(), at, length);
    return inChain ? there : there.slice();
  }

  readBytes(at: number, length: number): Uint8Array {
    const there = new Uint8Array(this.loaded.kernel.buffer(), at, length);
    return inChain ? there : there.slice();
  }

  /** Copies back into an array that was copied in; one that lies in the memory itself is as it is. */
  copyBytes(at: number, into: Uint8Array): void {
    if (!this.holds(into)) into.set(new Uint8Array(this.loaded.kernel.buffer(), at, into.length));
  }

  readWords(at: number, length: number): Int32Array {
    return new Int32Array(this.loaded.kernel.buffer(), at, length).slice();
  }

  private holds({ buffer }: Float32Array | Uint8Array): boolean {
    return buffer === this.loaded.kernel.buffer();
  }
}
