/** One finger against another: local descriptors choose where to lay one print on the other, the whole print judges. */
import { KERNEL_START, loadKernel } from "../kernel.ts";
import { EVIDENCE_NUMBERS, type Evidence, readEvidence } from "./evidence.ts";
import { MAX_MATCHED_MINUTIAE } from "./limits.ts";
import { CUT, FOUND, LOGARITHM, LOOK, LOOKED_AT, MISSED, REFINED, REFINED_BARE, SINE, UNLIKE } from "./match-tables.ts";
import { matchWasm } from "./match-wasm.ts";
import { MOST_BYTES } from "./packed-template.ts";
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

/** The same for prepared ones; a probe that stays the same from call to call is copied only once. */
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

/** Where things lie in the kernel's memory, bytes. */
const AT = (() => {
  let free = KERNEL_START;
  const take = (bytes: number) => {
    const at = free;
    free += Math.ceil(bytes / 16) * 16;
    return at;
  };
  const most = MAX_MATCHED_MINUTIAE + 16;
  return {
    sines: take(SINE.byteLength),
    logarithms: take(LOGARITHM.byteLength),
    settings: take(13 * 8),
    apart: take(most * most),
    scratch: take(16_384),
    evidence: take(8 * EVIDENCE_NUMBERS),
    probes: take(256 * most),
    masks: take(64),
    codesA: take(64 * most),
    codesB: take(64 * most),
    a: take(MOST_BYTES),
    b: take(MOST_BYTES),
    end: take(0),
  };
})();

interface Engine {
  readonly call: Calls;
  readonly memory: Uint8Array;
  readonly evidence: Float64Array;
  /** What lies in the two places. */
  a: Uint8Array | undefined;
  b: Uint8Array | undefined;
}

let engine: Engine | undefined;

function start(): Engine {
  const { call, buffer, reserve } = loadKernel<Calls>(matchWasm);
  reserve(AT.end);
  const bytes = buffer();
  new Int16Array(bytes, AT.sines, SINE.length).set(SINE);
  new Float64Array(bytes, AT.logarithms, LOGARITHM.length).set(LOGARITHM);
  const { found, shown, turn, cells, period, constant } = LOOK;
  const settings = [
    FOUND,
    MISSED,
    UNLIKE,
    found,
    shown,
    turn,
    cells,
    period,
    constant,
    CUT,
    REFINED,
    REFINED_BARE,
    LOOKED_AT,
  ];
  new Float64Array(bytes, AT.settings, settings.length).set(settings);
  call.setUp(AT.sines, AT.logarithms, AT.settings, AT.apart, AT.scratch, AT.evidence, AT.probes, AT.masks);
  return {
    call,
    memory: new Uint8Array(bytes),
    evidence: new Float64Array(bytes, AT.evidence, EVIDENCE_NUMBERS),
    a: undefined,
    b: undefined,
  };
}

/** The evidence at the best alignment; its `pairs` are 0 when nothing fits. */
export function compare(a: PreparedTemplate, b: PreparedTemplate): Evidence {
  engine ??= start();
  const { memory } = engine;
  if (engine.a !== a.packed) {
    memory.set(a.packed, AT.a);
    engine.call.spread(AT.a);
    engine.a = a.packed;
  }
  if (engine.b !== b.packed) {
    memory.set(b.packed, AT.b);
    engine.b = b.packed;
  }
  if (a.hasFlow && b.hasFlow) engine.call.compare(AT.a, AT.b, 0, 0);
  else {
    for (const [print, at] of [
      [a, AT.codesA],
      [b, AT.codesB],
    ] as const) {
      const codes = print.cylinders();
      memory.set(new Uint8Array(codes.buffer, codes.byteOffset, codes.byteLength), at);
    }
    engine.call.compare(AT.a, AT.b, AT.codesA, AT.codesB);
  }
  return readEvidence(engine.evidence);
}
