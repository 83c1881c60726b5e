/**
 * The server is killed at random points of its pipeline. If this fails, a power cut at the centre leaves a case stuck, shows it
 * twice, or shows it with checks that were never made. `KABINA_SEED=N` replays a run.
 */
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { seededRandom } from "../../biometrics/synthetic/random.ts";
import { STAGES } from "../../server/review/api.ts";
import { Child } from "../processes/child.ts";
import { ConsoleClient } from "../server/console-client.ts";
import { enrolmentParts } from "../server/enrolment-sample.ts";
import { makeInstallation, type TestInstallation } from "../server/installation.ts";

const SEED = Number(process.env.KABINA_SEED ?? 20261121);
const KILLS = 12;
const CASES = 4;
/** Milliseconds from ready to the next kill, at most. */
const LONGEST_LIFE_MS = 700;
const MINUTES = 60_000;

let installation: TestInstallation;
let children: Child[] = [];

beforeEach(async () => {
  installation = await makeInstallation();
  await mkdir(join(installation.folder, "sealed"));
});

afterEach(async () => {
  for (const child of children) await child.kill();
  children = [];
  await installation.remove();
});

test(
  `after ${KILLS} kills every case is in the queue once, with every check made`,
  async () => {
    const random = seededRandom(SEED, "pipeline kills");
    const startServer = (port: number) =>
      Child.start("server-process", [installation.folder, String(port), "with-console"]);
    const packages = new Set<string>();
    for (let i = 0; i < CASES; i++) {
      const parts = await enrolmentParts(installation.trust.recipients, { surname: `PERSON ${i}` });
      const sealed = await installation.seal(0, { parts });
      await rename(sealed.path, join(installation.folder, "sealed", `${sealed.packageId}.kab`));
      packages.add(sealed.packageId);
    }
    let server = await startServer(0);
    const { port } = JSON.parse(server.line) as { port: number };
    const booth = await Child.start("booth-process", [installation.folder, `https://localhost:${port}`]);
    children = [server, booth];
    for (let kills = 0; kills < KILLS; kills++) {
      await sleep(random.between(0, LONGEST_LIFE_MS));
      await server.kill();
      server = await startServer(port);
      children = [server, booth];
    }
    const { signIn } = JSON.parse(server.line) as { signIn: string };
    const operator = await ConsoleClient.signIn(signIn);
    const { items } = await operator.waitForQueue(CASES);
    expect(new Set(items.map(({ packageId }) => packageId))).toEqual(packages);
    for (const { caseId, state } of items) {
      expect(state).toBe("waiting");
      const { checks, history } = await operator.detail(caseId);
      expect([...new Set(checks.map(({ stage }) => stage))].sort()).toEqual([...STAGES].sort());
      expect(history.filter(({ event }) => event === "received")).toHaveLength(1);
      expect(history.filter(({ event }) => event === "queued")).toHaveLength(1);
    }
  },
  4 * MINUTES,
);
