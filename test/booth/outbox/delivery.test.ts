/** From the outbox into the store: if this fails, people's enrolments never arrive, or arrive and are never let go of. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { DeliveryOutbox } from "../../../booth/outbox/delivery-outbox.ts";
import { OUTBOX_LIMITS } from "../../../booth/outbox/limits.ts";
import { openOutbox } from "../../../booth/outbox/open-outbox.ts";
import { systemClock, systemRandom } from "../../../crypto/system-environment.ts";
import type { RunningServer } from "../../../server/main.ts";
import { ConsoleClient } from "../../server/console-client.ts";
import { enrolmentParts } from "../../server/enrolment-sample.ts";
import { makeInstallation, type TestInstallation } from "../../server/installation.ts";

let installation: TestInstallation;
let server: RunningServer;
let outbox: DeliveryOutbox;

beforeEach(async () => {
  installation = await makeInstallation();
  server = await installation.start();
  outbox = await openOutbox({
    folder: join(installation.folder, "booth"),
    boothId: "booth-1",
    serverUrl: `https://localhost:${server.intakePort}`,
    identity: installation.booth,
    trust: installation.trust,
    clock: systemClock,
    random: systemRandom,
  });
});

afterEach(async () => {
  await outbox.close();
  await server.close();
  await installation.remove();
});

/** Resolves when an item fits, however long that takes. */
function until(packageId: string, fits: (item: ReturnType<DeliveryOutbox["list"]>[number]) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const found = outbox.get(packageId);
    if (found && fits(found)) return resolve();
    const end = outbox.onChange((item) => {
      if (item.packageId !== packageId || !fits(item)) return;
      end();
      resolve();
    });
  });
}

describe("a package in the outbox", () => {
  test("arrives whole, is receipted, and leaves the booth's disk", async () => {
    const sealed = await installation.seal(300_000);
    const bytes = await readFile(sealed.path);
    await outbox.add(sealed.path, sealed.manifest);
    await until(sealed.packageId, ({ state }) => state === "received");
    const stored = server.store.packages.find(sealed.sha256);
    expect(stored?.packageId).toBe(sealed.packageId);
    const kept = await readFile(join(installation.serverFolder, "uploads", `${sealed.sha256}.kab`));
    expect(kept.equals(bytes)).toBe(true);
    await outbox.close();
    expect((await readdir(join(installation.folder, "booth", "outbox"))).filter((n) => n.endsWith(".kab"))).toEqual([]);
  });

  test("comes back with what the operator decided, signed", async () => {
    const heard: Date[] = [];
    await outbox.close();
    await server.close();
    server = await installation.start({ console: { port: 0, files: installation.folder } });
    outbox = await openOutbox({
      folder: join(installation.folder, "booth"),
      boothId: "booth-1",
      serverUrl: `https://localhost:${server.intakePort}`,
      identity: installation.booth,
      trust: installation.trust,
      clock: systemClock,
      random: systemRandom,
      limits: { ...OUTBOX_LIMITS, statusEveryMs: 200 },
      onHeartbeat: ({ at }) => heard.push(at),
    });
    const sealed = await installation.seal(0, { parts: await enrolmentParts(installation.trust.recipients) });
    await outbox.add(sealed.path, sealed.manifest);
    const operator = await ConsoleClient.signIn(server.signInLink()!);
    const [item] = (await operator.waitForQueue(1)).items;
    const decision = { kind: "retake", reasons: ["portrait-pose"] };
    await operator.send("POST", `/api/cases/${item!.caseId}/decision`, { decision, version: item!.version });
    await until(sealed.packageId, (shown) => shown.decision !== null);
    expect(outbox.get(sealed.packageId)?.decision).toMatchObject({ kind: "retake", reasons: ["portrait-pose"] });
    // And the server's signed time, by which the booth's own will be judged.
    expect(Math.abs(heard.at(-1)!.getTime() - Date.now())).toBeLessThan(600_000);
  }, 60_000);
});
