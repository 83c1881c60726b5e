/** What goes wrong around a whole booth: each ends in a clear message, with nothing lost and nothing half-written. */
import { mkdirSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { Scenario } from "../../booth/enrol/scenario.ts";
import { ScreenClient } from "../../booth/enrol/screen-client.ts";
import { FrozenDisk, frozenDiskMissing } from "../booth/frozen-disk.ts";
import { BoothWorld, worldMissing } from "./booth-world.ts";

if (worldMissing !== null) console.warn(`skipped: ${worldMissing}`);
const VISIT_MS = 240_000;

(worldMissing === null ? describe : describe.skip)("a whole booth on a bad day", () => {
  const world = new BoothWorld();

  beforeAll(() => world.prepare(), VISIT_MS);
  afterEach(() => world.stop());
  afterAll(() => world.remove());

  const notFrozen = frozenDiskMissing(join(tmpdir(), `kabina-freeze-${process.pid}`));
  if (notFrozen !== null) console.warn(`skipped: ${notFrozen}`);
  (notFrozen === null ? test : test.skip)(
    "a disk that stops answering under the seal: the person goes with the number, the booth is cut off, and the package is made all the same",
    async () => {
      const folder = join(world.data, "booth", "sealing");
      mkdirSync(folder, { recursive: true });
      const disk = FrozenDisk.make(folder, 16 * 1024 * 1024);
      try {
        const scenario = Scenario.parse({ policy: { sealSlowMs: 700 } });
        await world.start(scenario);
        disk.freeze();
        let number: string | null = null;
        const visit = world.visit({ policy: { sealSlowMs: 700 } }, ({ view }) => {
          if (view.step === "seal" && view.phase === "parked") number = view.packageNumber;
        });
        visit.catch(() => {});
        for (let tries = 0; tries < 600 && number === null; tries++) await new Promise((next) => setTimeout(next, 50));
        expect(number).not.toBeNull();
        expect(world.sessions()).toHaveLength(1);
        expect(world.packages()).toEqual([]);
        // The power goes: what hangs on the disk ends only when the disk answers.
        const ended = world.kill();
        disk.thaw();
        await ended;
        await expect(visit).rejects.toBeDefined();
        await world.start(scenario);
        const screen = await ScreenClient.connect(world.url);
        expect(await screen.until(({ view }) => view.step === "wipe" && view.phase === "erased", 10_000)).toBe(true);
        await screen.close();
        expect(world.packages()).toEqual([`${number}.kab`]);
        expect(world.sessions()).toEqual([]);
        expect(readdirSync(folder)).toEqual([]);
      } finally {
        disk.thaw();
        await world.stop();
        disk.remove();
      }
    },
    VISIT_MS,
  );
});
