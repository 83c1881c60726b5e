/** One reader under the fuzzer: what it is fed from, and what must hold of everything that it takes. */
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import { Mutator } from "./mutation.ts";

export interface FuzzTarget {
  readonly name: string;
  /** Inputs that it takes. */
  readonly seeds: readonly Uint8Array[];
  /** Reads; throws only errors with a code, or an Error that says what must not be. */
  readonly read: (bytes: Uint8Array) => unknown;
}

export interface Finding {
  readonly target: string;
  readonly what: string;
  readonly input: Uint8Array;
}

/** Processor milliseconds that one execution may take; more is a way to stall a booth. */
const SLOW_MS = 400;
/** Inputs run between two looks at the coverage. */
const BATCH = 500;
const MOST_KEPT = 600;
/** Longer inputs only make the changing slow. */
const LONGEST_KEPT = 10_000;
/** Executions of a target that are guided by coverage; the rest by the kinds of answers. */
const GUIDED = 30_000;

/** Says whether code ran that had not run when it was last asked. */
export interface Guide {
  fresh(keep: boolean): number;
  start(): void;
  stop(): void;
}

/**
 * Fuzzes one target so many times. An input is kept, and changed further, when its answer is of a new kind (another code, field or
 * shape of result); and, in the first part of the run, when a guide says that it reached new code.
 */
export function fuzz(
  target: FuzzTarget,
  executions: number,
  seed: number,
  guide?: Guide,
): { findings: Finding[]; corpus: readonly Uint8Array[] } {
  const mutator = new Mutator(seed);
  const corpus = [...target.seeds];
  const findings = new Map<string, Finding>();
  const kinds = new Set<string>();
  /** True when the answer is of a new kind. */
  const run = (input: Uint8Array): boolean => {
    const { what, kind } = outcome(target, input);
    if (what !== undefined && !findings.has(key(what))) findings.set(key(what), { target: target.name, what, input });
    const novel = !kinds.has(kind);
    kinds.add(kind);
    return novel;
  };
  const keep = (input: Uint8Array) => {
    if (corpus.length < MOST_KEPT && input.length < LONGEST_KEPT) corpus.push(input);
  };
  for (const input of target.seeds) run(input);
  guide?.fresh(true);
  let guided = Math.min(GUIDED, executions / 10);
  for (let done = 0; done < executions; ) {
    const batch: Uint8Array[] = [];
    for (; batch.length < BATCH && done < executions; done++) {
      // The newest inputs reach what the others do not yet: they are changed more often.
      const newest = corpus.length - 1 - mutator.below(Math.min(8, corpus.length));
      const at = mutator.below(2) === 0 ? mutator.below(corpus.length) : newest;
      const input = mutator.mutate(corpus[at]!, corpus[mutator.below(corpus.length)]!);
      if (guided > 0) batch.push(input);
      if (run(input)) keep(input);
    }
    if (guide === undefined || guided <= 0) continue;
    guided -= batch.length;
    if (guide.fresh(false) > 0) for (const input of newcomers(batch, run, guide)) keep(input);
    if (guided <= 0) guide.stop();
  }
  if (guide !== undefined) {
    guide.start();
    for (const input of corpus) run(input);
    guide.fresh(true);
  }
  return { findings: [...findings.values()], corpus };
}

/** Which inputs of a batch reach new code: the batch is run again by halves. */
function newcomers(batch: readonly Uint8Array[], run: (input: Uint8Array) => void, guide: Guide): Uint8Array[] {
  guide.fresh(false);
  if (batch.length === 1) {
    run(batch[0]!);
    return guide.fresh(true) > 0 ? [batch[0]!] : [];
  }
  const found: Uint8Array[] = [];
  for (const half of [batch.slice(0, batch.length >> 1), batch.slice(batch.length >> 1)]) {
    for (const input of half) run(input);
    if (guide.fresh(false) > 0) found.push(...newcomers(half, run, guide));
  }
  return found;
}

/** What kind of answer it was, and what was wrong with it, if anything. */
function outcome({ read }: FuzzTarget, input: Uint8Array): { kind: string; what?: string } {
  const start = performance.now();
  let kind = "read";
  try {
    kind = `read ${String(read(input) ?? "").slice(0, 20)}`;
  } catch (error) {
    if (!isCoded(error)) {
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return { kind: "fault", what };
    }
    const { code, details } = error;
    kind = `${code} ${details.field ?? details.reason ?? details.table ?? ""}`;
  }
  if (performance.now() - start < SLOW_MS) return { kind };
  // The machine may have been busy: only its processor's own time counts.
  const before = process.cpuUsage();
  try {
    read(input);
  } catch {
    // Known from the first run.
  }
  const { user, system } = process.cpuUsage(before);
  const ms = Math.round((user + system) / 1000);
  return ms > SLOW_MS ? { kind, what: `slow: ${ms} ms` } : { kind };
}

/** The same fault from another input is the same finding. */
function key(what: string): string {
  return what.startsWith("slow") ? "slow" : what.split("\n").slice(0, 3).join("\n").replaceAll(/\d+/g, "#");
}
