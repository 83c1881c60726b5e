/**
 * Fuzzes every reader of finger data for long: each input must end in a value or a coded error, and what was read be written back.
 *
 *     npm run build && nice -n 15 node dist/test/fuzz/finger-readers.js [EXECUTIONS] [SEED] [READER]
 */
import { fingerTargets } from "./finger-targets.ts";
import { runOfArguments, runTargets } from "./run-targets.ts";

const shares = {
  WSQ: 0.03,
  "raw pictures, assessed and extracted": 0.002,
  "any record's prints, compared": 0.04,
};

runTargets(await fingerTargets(), { ...runOfArguments(), code: "/biometrics/", shares });
