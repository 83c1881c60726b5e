/**
 * Booth and server are killed at random points of many uploads. If this fails, a power cut loses a person's enrolment, doubles
 * it, or leaves it half-written. `KABINA_SEED=N` replays a run; `KABINA_KILLS=N` makes it longer.
 */

import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { seededRandom } from "../../biometrics/synthetic/random.ts";
import { systemRandom } from "../../crypto/system-environment.ts";
import { openStore } from "../../server/store/store.ts";
import { SimulatedLink } from "../link/simulated-link.ts";
import { Child } from "../processes/child.ts";
import { makeInstallation, type TestInstallation } from "../server/installation.ts";

const KILLS = Number(process.env.KABINA_KILLS ?? 200);
const SEED = Number(process.env.KABINA_SEED ?? 20261121);
/** Bytes of a sealed picture, at least and at most. */
const PACKAGE_BYTES = { least: 5_000, most: 80_000 };
/** Milliseconds a pair of processes lives before the next kill, at most. */
const LONGEST_LIFE_MS = 250;
/** Packages on their way at any time. */
const UNDER_WAY = 4;
const link = { bytesPerSecond: 600_000, roundTripMs: 2 };
const MINUTES = 60_000;

let installation: TestInstallation;
let wire: SimulatedLink | undefined;
let children: Child[] = [];

beforeEach(async () => {
  installation = await makeInstallation();
  await mkdir(join(installation.folder, "sealed"));
});

afterEach(async () => {
  for (const child of children) await child.kill();
  children = [];
  await wire?.close();
  await installation.remove();
});

test(
  `after ${KILLS} kills every package is in the store exactly once, byte for byte, and the outbox is empty`,
  async () => {
    const random = seededRandom(SEED, "kills");

    const hashes = new Map<string, string>();
    const feed = async (): Promise<void> => {
      const bytes = Math.round(random.between(PACKAGE_BYTES.least, PACKAGE_BYTES.most));
      const { path, packageId, sha256 } = await installation.seal(bytes);
      await rename(path, join(installation.folder, "sealed", `${packageId}.kab`));
      hashes.set(packageId, sha256);
    };
    const startServer = (port: number) => Child.start("server-process", [installation.folder, String(port)]);
    let server = await startServer(0);
    const { port } = JSON.parse(server.line) as { port: number };
    wire = new SimulatedLink({ targetPort: port, ...link });
    const url = `https://localhost:${await wire.listen()}`;
    const startBooth = () => Child.start("booth-process", [installation.folder, url]);
    let booth = await startBooth();
    children = [server, booth];
    const received = () => (JSON.parse(booth.line || "{}") as { received?: number }).received ?? 0;

    let kills = 0;
    for (let delivered = 0; kills < KILLS; delivered = Math.max(delivered, received())) {
      while (hashes.size - delivered < UNDER_WAY) await feed();
      await sleep(random.between(0, LONGEST_LIFE_MS));
      const which = random.next();
      const victims = which < 0.45 ? [booth] : which < 0.9 ? [server] : [booth, server];
      await Promise.all(victims.map((victim) => victim.kill()));
      kills += victims.length;
      if (victims.includes(server)) server = await startServer(port);
      if (victims.includes(booth)) booth = await startBooth();
      children = [server, booth];
    }
    while (received() < hashes.size) await booth.nextLine();
    await booth.kill();
    await server.kill();

    const left = await readdir(join(installation.folder, "booth", "outbox"));
    expect(left.filter((name) => !name.endsWith(".json"))).toEqual([]);
    expect(left).toHaveLength(hashes.size);
    const store = openStore(
      join(installation.serverFolder, "kabina.sqlite"),
      installation.identity.recipients,
      systemRandom,
    );
    try {
      expect(store.database.pragma("integrity_check", { simple: true })).toBe("ok");
      expect(store.database.prepare("SELECT count(*) FROM package").pluck().get()).toBe(hashes.size);
      expect(store.database.prepare("SELECT count(*) FROM enrolment_case").pluck().get()).toBe(hashes.size);
      expect(store.database.prepare("SELECT count(*) FROM upload").pluck().get()).toBe(0);
      expect(store.database.prepare("SELECT count(*) FROM alarm").pluck().get()).toBe(0);
      for (const [packageId, sha256] of hashes) expect(store.packages.findByPackageId(packageId)?.sha256).toBe(sha256);
    } finally {
      store.close();
    }
    const files = await readdir(join(installation.serverFolder, "uploads"));
    const found = await Promise.all(
      files.map(async (name) =>
        createHash("sha256")
          .update(await readFile(join(installation.serverFolder, "uploads", name)))
          .digest("hex"),
      ),
    );
    expect(found.sort()).toEqual([...hashes.values()].sort());
    process.stderr.write(`kill-upload: seed ${SEED}, ${kills} kills, ${hashes.size} packages\n`);
  },
  6 * MINUTES,
);
