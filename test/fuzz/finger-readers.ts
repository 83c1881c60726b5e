/**
 * Fuzzes every reader of finger data, guided by coverage and by the kinds of answers: inputs that reach new code or end otherwise are
 * kept and changed further. Prints a line for each reader, and each finding with its input; ends with 1 when there was one.
 *
 *     npm run build && nice -n 15 node dist/test/fuzz/finger-readers.js [EXECUTIONS] [SEED] [NAME]
 */
import { Coverage } from "./coverage.ts";
import { fingerTargets } from "./finger-targets.ts";
import { fuzz } from "./fuzz-target.ts";

const executions = Number(process.argv[2] ?? 1_000_000);
const seed = Number(process.argv[3] ?? 1);
const only = process.argv[4];
/** Readers that take long for each input get this share of the others' executions. */
const SHARES: Readonly<Record<string, number>> = {
  WSQ: 0.03,
  "raw pictures, assessed and extracted": 0.002,
  "any record's prints, compared": 0.04,
};

// Most inputs end in an error; a trace of each would be most of the work. A finding is traced by its input.
Error.stackTraceLimit = 0;
const coverage = new Coverage("/biometrics/");
let total = 0;
let failed = false;
const began = performance.now();
const targets = (await fingerTargets()).filter(({ name }) => only === undefined || name === only);
const shares = targets.map(({ name }) => SHARES[name] ?? 1);
const whole = shares.reduce((sum, share) => sum + share, 0);
for (const [i, target] of targets.entries()) {
  const start = performance.now();
  const runs = Math.round((executions * shares[i]!) / whole);
  const { findings, corpus } = fuzz(target, runs, seed + i, coverage);
  total += runs;
  const seconds = (performance.now() - start) / 1000;
  console.log(
    `${target.name}: ${runs} executions, ${seconds.toFixed(0)} s, ${corpus.length} inputs kept, ${coverage.blocks} blocks reached, ${findings.length} finding(s)`,
  );
  for (const { what, input } of findings) {
    failed = true;
    console.log(`${what}\n${Buffer.from(input).toString("hex").slice(0, 4000)}`);
  }
}
const { maxRSS } = process.resourceUsage();
console.log(
  `${total} executions over ${targets.length} readers in ${((performance.now() - began) / 1000).toFixed(0)} s, at most ${Math.round(maxRSS / 1024)} MB resident`,
);
coverage.close();
process.exitCode = failed ? 1 : 0;
