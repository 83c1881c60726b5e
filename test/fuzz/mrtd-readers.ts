/**
 * Fuzzes every reader of `mrtd/`: valid inputs are cut, spliced and changed at random; each must end in a value or a coded error, in bounded time and memory.
 * Anything else is printed with its input and ends the run with 1.
 *
 *     npm run build && node dist/test/fuzz/mrtd-readers.js [EXECUTIONS] [SEED]
 */
import { writeSync } from "node:fs";
import { type FuzzResult, fuzzReaders } from "./mrtd-targets.ts";

const executions = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? 1);
/** Executions between two lines. */
const told = 500_000;
// Almost every execution ends in an error: their stacks would be most of the work.
Error.stackTraceLimit = 0;

const line = ({ executions: done, readers, seconds, heapGrowth }: FuzzResult) =>
  `${done} executions over ${readers} readers, ${Math.round(seconds)} s of processor, ${Math.round(done / seconds)}/s, heap at most ${Math.round(heapGrowth)} MB above where it began; no fault\n`;

try {
  let next = told;
  const result = fuzzReaders(executions, seed, (done) => {
    if (done.executions < next) return;
    next += told;
    writeSync(1, line(done));
  });
  writeSync(1, line(result));
} catch (error) {
  writeSync(1, `${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
