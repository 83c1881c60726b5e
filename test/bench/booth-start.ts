/**
 * How long a booth takes from its start to ready, and what memory it holds when nobody is there, with the face model loaded:
 * fresh, and after each of ten enrolments (SESSIONS; half a minute each, 0 leaves them out). Baseline of the same run: node
 * itself, started with nothing to do.
 *
 *     npm run build && [ROUNDS=5] [SESSIONS=10] node dist/test/bench/booth-start.js
 */
import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KabinaProcess } from "../../booth/enrol/kabina-process.ts";
import { makeApplicant } from "../../booth/enrol/person-folder.ts";
import { Scenario } from "../../booth/enrol/scenario.ts";
import { visit } from "../../booth/enrol/visit.ts";
import { provision } from "../../crypto/authority/provision.ts";
import { systemClock, systemRandom } from "../../crypto/system-environment.ts";

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const SETTLE_MS = 5000;
const SESSIONS = Number(process.env.SESSIONS ?? 10);
const LIMITS = { startMs: 3000, rssMb: 300 } as const;

/** Resident memory of a process and of all that it started, megabytes; pages that they share count more than once. */
async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const own = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  const tasks = await readdir(`/proc/${pid}/task`);
  const started = await Promise.all(tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, "utf8")));
  const children = started.flatMap((line) => line.split(" ").filter(Boolean).map(Number));
  const below = await Promise.all(children.map(residentMb));
  return below.reduce((sum, megabytes) => sum + megabytes, own);
}

/** Milliseconds from the start of a node process with nothing to do to its end. */
function emptyNode(): Promise<number> {
  const began = performance.now();
  return new Promise((resolve) =>
    spawn(process.execPath, ["-e", "0"]).once("exit", () => resolve(performance.now() - began)),
  );
}

/** Enrols the same person again and again; what the booth holds when each has gone, megabytes. */
async function afterSessions(data: string, folder: string): Promise<number[]> {
  const scenario = Scenario.parse({ slip: false });
  const person = await makeApplicant(5, scenario, join(folder, "person"));
  const args = ["--data", data, "--port", "0", "--person", join(folder, "person"), "--reader", "in-process"];
  const booth = await KabinaProcess.start<{ url: string }>("booth", args, join(folder, "log"));
  const held: number[] = [];
  try {
    for (let session = 0; session < SESSIONS; session++) {
      const world = {
        boothUrl: () => booth.ready.url,
        kill: async () => {},
        sealing: () => {},
        sealed: async () => {},
        say: () => {},
      };
      const { end } = await visit(person, scenario, world);
      if (end !== "finished") throw new Error(`session ${session} ended as ${end}`);
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      held.push(await residentMb(booth.pid));
      console.log(`idle after enrolment ${String(session + 1).padEnd(5)} ${held.at(-1)?.toFixed(0)} MB`);
    }
  } finally {
    await booth.stop();
  }
  return held;
}

const root = await mkdtemp(join(tmpdir(), "kabina-bench-"));
try {
  const data = join(root, "data");
  await provision(data, { clock: systemClock, random: systemRandom }, { serverUrl: "https://127.0.0.1:9" });
  const starts: number[] = [];
  const baselines: number[] = [];
  const memory: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    baselines.push(await emptyNode());
    const began = performance.now();
    const booth = await KabinaProcess.start("booth", ["--data", data, "--port", "0"], join(root, "log"));
    starts.push(performance.now() - began);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    memory.push(await residentMb(booth.pid));
    await booth.stop();
  }
  const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
  const [start, baseline, idle] = [median(starts), median(baselines), median(memory)];
  console.log(`start to ready             ${start.toFixed(0)} ms, middle of ${ROUNDS} (goal under ${LIMITS.startMs})`);
  console.log(`  an empty node            ${baseline.toFixed(0)} ms; ${(start / baseline).toFixed(1)} times that`);
  console.log(`idle memory, fresh         ${idle.toFixed(0)} MB (goal under ${LIMITS.rssMb})`);
  const held = SESSIONS > 0 ? await afterSessions(data, root) : [];
  if (start > LIMITS.startMs || Math.max(idle, ...held) > LIMITS.rssMb) process.exitCode = 1;
} finally {
  await rm(root, { recursive: true, force: true });
}
