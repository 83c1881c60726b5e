/** Loads a compiled hot loop (biometrics/assembly) with a memory of its own that grows as pictures need. */

/** The part of WebAssembly's interface used here; the ES library types do not hold it. */
interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
declare const WebAssembly: {
  readonly Memory: new (descriptor: { initial: number }) => Memory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: { env: { memory: Memory } }) => { readonly exports: object };
};

const PAGE = 65_536;
/** The first bytes stay free, so that no address is 0. */
export const KERNEL_START = 1024;
const modules = new Map<string, object>();

export interface Kernel<Exports> {
  readonly call: Exports;
  /** The memory's bytes; read anew after `reserve`. */
  buffer(): ArrayBuffer;
  /** Grows the memory to at least so many bytes. */
  reserve(bytes: number): void;
}

/** A new instance of a module given as base64; the module itself is compiled once. */
export function loadKernel<Exports>(base64: string): Kernel<Exports> {
  let module = modules.get(base64);
  if (module === undefined) {
    module = new WebAssembly.Module(Buffer.from(base64, "base64"));
    modules.set(base64, module);
  }
  const memory = new WebAssembly.Memory({ initial: 1 });
  const call = new WebAssembly.Instance(module, { env: { memory } }).exports as Exports;
  return {
    call,
    buffer: () => memory.buffer,
    reserve(bytes) {
      const missing = bytes - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    },
  };
}

/** Up to the next multiple of 16, where vectors like to lie. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}
