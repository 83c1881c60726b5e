/**
 * Fuzzes readers for long, guided by coverage and by the kinds of answers: inputs that reach new code or end otherwise are kept and changed
 * further. Prints a line for each reader, and each finding with its input; the process ends with 1 when there was one.
 */
import { Coverage } from "./coverage.ts";
import { type FuzzTarget, fuzz } from "./fuzz-target.ts";

export interface FuzzRun {
  /** In all. */
  readonly executions: number;
  readonly seed: number;
  /** Name of the one reader to run; all when not given. */
  readonly only?: string | undefined;
  /** Part of the addresses of the code whose blocks count. */
  readonly code: string;
  /** Readers that take long for each input get this share of the others' executions. */
  readonly shares?: Readonly<Record<string, number>>;
}

/** `[EXECUTIONS] [SEED] [READER]` of the command line. */
export function runOfArguments(): Pick<FuzzRun, "executions" | "seed" | "only"> {
  const [executions = "1000000", seed = "1", only] = process.argv.slice(2);
  return { executions: Number(executions), seed: Number(seed), only };
}

export function runTargets(all: readonly FuzzTarget[], { executions, seed, only, code, shares = {} }: FuzzRun): void {
  // Most inputs end in an error; a trace of each would be most of the work. A finding is traced by its input.
  Error.stackTraceLimit = 0;
  const coverage = new Coverage(code);
  let total = 0;
  const began = performance.now();
  const targets = all.filter(({ name }) => only === undefined || name === only);
  const share = targets.map(({ name }) => shares[name] ?? 1);
  const whole = share.reduce((sum, one) => sum + one, 0);
  for (const [i, target] of targets.entries()) {
    const start = performance.now();
    const runs = Math.round((executions * share[i]!) / whole);
    const { findings, corpus } = fuzz(target, runs, seed + i, coverage);
    total += runs;
    const seconds = (performance.now() - start) / 1000;
    console.log(
      `${target.name}: ${runs} executions, ${seconds.toFixed(0)} s, ${corpus.length} inputs kept, ${coverage.blocks} blocks reached, ${findings.length} finding(s)`,
    );
    for (const { what, input } of findings) {
      process.exitCode = 1;
      console.log(`${what}\n${Buffer.from(input).toString("hex").slice(0, 4000)}`);
    }
  }
  const { maxRSS } = process.resourceUsage();
  console.log(
    `${total} executions over ${targets.length} readers in ${((performance.now() - began) / 1000).toFixed(0)} s, at most ${Math.round(maxRSS / 1024)} MB resident`,
  );
  coverage.close();
}
