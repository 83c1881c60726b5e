/**
 * Fuzzes every reader of `mrtd/` for long: each input must end in a value or a coded error, in bounded time and memory.
 *
 *     npm run build && nice -n 15 node dist/test/fuzz/mrtd-readers.js [EXECUTIONS] [SEED] [READER]
 */
import { mrtdTargets } from "./mrtd-targets.ts";
import { runOfArguments, runTargets } from "./run-targets.ts";

/** A signature is checked for each. */
const shares = { "passive authentication": 0.1 };

runTargets(mrtdTargets, { ...runOfArguments(), code: "/mrtd/", shares });
