/** One finger against another: local descriptors choose where to lay one print on the other, the whole print judges. */
import { aligned, KERNEL_START, type Kernel, loadKernel } from "../kernel.ts";
import { EVIDENCE_NUMBERS, type Evidence, readEvidence } from "./evidence.ts";
import { MAX_MATCHED_MINUTIAE, SEED_MINUTIAE } from "./limits.ts";
import {
  CUT,
  FOUND,
  LOGARITHM,
  LOOK,
  LOOKED_AT,
  MISSED,
  REFINED,
  REFINED_BARE,
  SAME_PLACE,
  SAME_TURN,
  SEEDS,
  SEEDS_BARE,
  SINE,
  UNLIKE,
} from "./match-tables.ts";
import { matchWasm } from "./match-wasm.ts";
import { type PreparedTemplate, prepare } from "./prepared.ts";
import { decide } from "./score.ts";
import type { Template } from "./template.ts";

export interface MatchResult {
  /**
   * 10 · -log10 of the false-match rate at which this comparison would just pass: 30 = one impostor in 1,000 scores as high,
   * 40 = one in 10,000. 0 and up; beyond about 45 it is extrapolated.
   */
  readonly score: number;
}

/** Compares two templates; symmetric up to rounding. */
export function matchTemplates(a: Template, b: Template): MatchResult {
  return matchPrepared(prepare(a), prepare(b));
}

/** The same for prepared ones, which stay in the matcher's memory; best when the first stays the same from call to call. */
export function matchPrepared(a: PreparedTemplate, b: PreparedTemplate): MatchResult {
  return { score: decide(compare(a, b)) };
}

interface Calls {
  readonly setUp: (
    sines: number,
    logarithms: number,
    settings: number,
    apart: number,
    scratch: number,
    evidence: number,
    probes: number,
    masks: number,
  ) => void;
  readonly spread: (a: number) => void;
  readonly compare: (a: number, b: number, codesA: number, codesB: number) => void;
}

/** In the order of biometrics/assembly/match/tables.ts. */
const SETTINGS = Float64Array.of(
  FOUND,
  MISSED,
  UNLIKE,
  LOOK.found,
  LOOK.shown,
  LOOK.turn,
  LOOK.cells,
  LOOK.period,
  LOOK.constant,
  CUT,
  REFINED,
  REFINED_BARE,
  LOOKED_AT,
  SEEDS,
  SEEDS_BARE,
  SAME_TURN,
  SAME_PLACE,
);

/** Where things lie in the kernel's memory, bytes. */
const AT = (() => {
  let free = KERNEL_START;
  const take = (bytes: number) => {
    const at = free;
    free += aligned(bytes);
    return at;
  };
  const most = MAX_MATCHED_MINUTIAE + 16;
  return {
    sines: take(SINE.byteLength),
    logarithms: take(LOGARITHM.byteLength),
    settings: take(8 * SETTINGS.length),
    apart: take(most * most),
    scratch: take(20_480),
    evidence: take(8 * EVIDENCE_NUMBERS),
    probes: take(256 * (SEED_MINUTIAE + 16)),
    masks: take(64),
    codesA: take(64 * most),
    codesB: take(64 * most),
    prints: take(0),
  };
})();

/** Prints stay in the kernel's memory until so many bytes are full; then it is filled anew. About 2,700 prints. */
const MOST_PRINTS_BYTES = 32 * 1024 * 1024;

/** The compiled matcher and the prints that lie in its memory. */
class Engine {
  readonly call: Calls;
  private readonly kernel: Kernel<Calls>;
  private bytes = new Uint8Array();
  private evidence = new Float64Array();
  private places = new WeakMap<Uint8Array, number>();
  private free = AT.prints;
  private probe: Uint8Array | undefined;

  constructor() {
    this.kernel = loadKernel<Calls>(matchWasm);
    this.call = this.kernel.call;
    this.grow(AT.prints);
    const bytes = this.kernel.buffer();
    new Int16Array(bytes, AT.sines, SINE.length).set(SINE);
    new Float64Array(bytes, AT.logarithms, LOGARITHM.length).set(LOGARITHM);
    new Float64Array(bytes, AT.settings, SETTINGS.length).set(SETTINGS);
    this.call.setUp(AT.sines, AT.logarithms, AT.settings, AT.apart, AT.scratch, AT.evidence, AT.probes, AT.masks);
  }

  compare(a: PreparedTemplate, b: PreparedTemplate): Evidence {
    let first = this.places.get(a.packed);
    let second = this.places.get(b.packed);
    if (first === undefined || second === undefined) {
      this.makeRoom(aligned(a.packed.length) + aligned(b.packed.length));
      first = this.place(a.packed);
      second = this.place(b.packed);
    }
    if (this.probe !== a.packed) {
      this.call.spread(first);
      this.probe = a.packed;
    }
    const bare = !(a.hasFlow && b.hasFlow);
    if (bare) {
      this.bytes.set(bytesOf(a.cylinders()), AT.codesA);
      this.bytes.set(bytesOf(b.cylinders()), AT.codesB);
    }
    this.call.compare(first, second, bare ? AT.codesA : 0, bare ? AT.codesB : 0);
    return readEvidence(this.evidence);
  }

  /** Copies a print in unless it is there. */
  private place(packed: Uint8Array): number {
    const known = this.places.get(packed);
    if (known !== undefined) return known;
    const at = this.free;
    this.bytes.set(packed, at);
    this.places.set(packed, at);
    this.free = at + aligned(packed.length);
    return at;
  }

  private makeRoom(bytes: number): void {
    if (this.free + bytes > MOST_PRINTS_BYTES) {
      this.places = new WeakMap();
      this.free = AT.prints;
    }
    if (this.free + bytes > this.bytes.length) this.grow(Math.min(MOST_PRINTS_BYTES, 2 * (this.free + bytes)));
  }

  private grow(bytes: number): void {
    this.kernel.reserve(bytes);
    this.bytes = new Uint8Array(this.kernel.buffer());
    this.evidence = new Float64Array(this.kernel.buffer(), AT.evidence, EVIDENCE_NUMBERS);
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Int32Array) => new Uint8Array(buffer, byteOffset, byteLength);

let engine: Engine | undefined;

/** The evidence at the best alignment; its `pairs` are 0 when nothing fits. */
export function compare(a: PreparedTemplate, b: PreparedTemplate): Evidence {
  engine ??= new Engine();
  return engine.compare(a, b);
}
