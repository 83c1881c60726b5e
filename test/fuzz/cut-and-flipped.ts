/**
 * Every input of every reader of documents cut at each byte and with each byte changed, in a process that may have 64 MB: prints what did not
 * end in a value or a coded error, and how much memory it took. Arguments: further files (hex, one a line) for `inspect`.
 */
import { readFileSync } from "node:fs";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import { inspectFile } from "../../mrtd/lds/inspect.ts";
import type { FuzzTarget } from "./fuzz-target.ts";
import { mrtdTargets } from "./mrtd-targets.ts";

Error.stackTraceLimit = 0;
const faults: string[] = [];
let executions = 0;

function run({ name, read }: FuzzTarget, input: Uint8Array): void {
  executions++;
  try {
    read(input);
  } catch (error) {
    if (!isCoded(error)) faults.push(`${name}: ${String(error)}\n${Buffer.from(input).toString("hex")}`);
  }
}

const files = process.argv.slice(2).flatMap((path) => readFileSync(path, "latin1").split("\n").filter(Boolean));
const seeds = files.map((hex) => new Uint8Array(Buffer.from(hex, "hex")));
const all = [...mrtdTargets, { name: "real files", seeds, read: inspectFile }];
// What the code itself takes, and what the engine keeps ready, is no part of what an input costs.
for (const target of all) for (const seed of target.seeds) run(target, seed);
const before = process.memoryUsage().rss;
for (const target of all) {
  for (const seed of target.seeds) {
    for (let at = 0; at < seed.length; at++) {
      run(target, seed.subarray(0, at));
      for (const change of [0xff, 0x01]) {
        const changed = Uint8Array.from(seed);
        changed[at]! ^= change;
        run(target, changed);
      }
    }
  }
}
// Not getrusage's: that begins with what the process had that started this one.
const most = Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1]) * 1024;
process.stdout.write(JSON.stringify({ executions, faults: faults.slice(0, 5), grownBytes: most - before }));
