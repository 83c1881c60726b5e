/** The outbox by itself, against a server that lies, refuses or is silent: if this fails, an enrolment is thrown away or blocks the others. */
import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { backOffMs } from "../../../booth/outbox/back-off.ts";
import type { DeliveryOutbox } from "../../../booth/outbox/delivery-outbox.ts";
import { OutboxFolder } from "../../../booth/outbox/folder.ts";
import { forecast } from "../../../booth/outbox/forecast.ts";
import { OUTBOX_LIMITS } from "../../../booth/outbox/limits.ts";
import { openOutbox } from "../../../booth/outbox/open-outbox.ts";
import type { OutboxItem } from "../../../booth/outbox/outbox.ts";
import { catalogue } from "../../../crypto/errors/catalogue.ts";
import { signReceipt } from "../../../crypto/receipt/receipt.ts";
import { encodeSigned } from "../../../crypto/receipt/signed-document.ts";
import { systemClock, systemRandom } from "../../../crypto/system-environment.ts";
import { makeInstallation, type SealedFile, type TestInstallation } from "../../server/installation.ts";
import { type Answer, LyingServer } from "./lying-server.ts";

let installation: TestInstallation;
let server: LyingServer;
let outbox: DeliveryOutbox;
let folder: string;

beforeEach(async () => {
  installation = await makeInstallation();
  server = await LyingServer.start(installation);
  folder = join(installation.folder, "booth", "outbox");
  outbox = await open();
});

afterEach(async () => {
  await outbox.close();
  await server.close();
  await installation.remove();
});

const open = (url = server.url) =>
  openOutbox({
    folder: join(installation.folder, "booth"),
    boothId: "booth-1",
    serverUrl: url,
    identity: installation.booth,
    trust: installation.trust,
    clock: systemClock,
    random: systemRandom,
    limits: { ...OUTBOX_LIMITS, firstRetryMs: 10, longestRetryMs: 100, afterProgressMs: 10 },
  });

function until(packageId: string, fits: (item: OutboxItem) => boolean): Promise<OutboxItem> {
  return new Promise((resolve) => {
    const found = outbox.get(packageId);
    if (found && fits(found)) return resolve(found);
    const end = outbox.onChange((item) => {
      if (item.packageId !== packageId || !fits(item)) return;
      end();
      resolve(item);
    });
  });
}

const waiting = async () => (await readdir(folder)).filter((name) => name.endsWith(".kab"));

/** A receipt for a package, by a key of choice, about bytes of choice. */
async function receiptFor(sealed: SealedFile, change = {}, key = installation.identity.keys.receipt): Promise<Answer> {
  const sent = { packageId: sealed.packageId, sha256: sealed.sha256, size: sealed.size, boothId: "booth-1", ...change };
  return { status: 200, body: encodeSigned(await signReceipt(sent, { outcome: "stored" }, new Date(), key)) };
}

describe("a receipt is believed", () => {
  test("only from the server's receipt key, for exactly these bytes of this booth", async () => {
    const sealed = await installation.seal(1000);
    const lies: Answer[] = [
      { status: 200, body: "" },
      { status: 200, body: "{}" },
      { status: 200, body: "<html>Welcome to the hotel's network</html>" },
      { status: 302, body: "" },
      { status: 500, body: "no" },
      await receiptFor(sealed, { sha256: "0".repeat(64) }),
      await receiptFor(sealed, { size: sealed.size + 1 }),
      await receiptFor(sealed, { boothId: "booth-2" }),
      await receiptFor(sealed, { packageId: "3dbf6aa9-3cdb-4f01-9e7e-6d97bfd5739c" }),
      await receiptFor(sealed, {}, installation.identity.keys.audit),
      await receiptFor(sealed, {}, installation.booth),
    ];
    server.receipts = lies.map((lie) => lie);
    await outbox.add(sealed.path, sealed.manifest);
    while (server.receipts.length > 0) {
      const left = server.receipts.length;
      await until(sealed.packageId, () => server.receipts.length < left || server.receipts.length === 0);
      expect(await waiting()).toHaveLength(1);
      const { lastError } = outbox.get(sealed.packageId)!;
      if (lastError !== null) expect(Object.keys(catalogue)).toContain(lastError);
    }
    expect(outbox.get(sealed.packageId)?.state).not.toBe("received");
    server.receipts = [await receiptFor(sealed)];
    await until(sealed.packageId, ({ state }) => state === "received");
    await outbox.close();
    expect(await waiting()).toEqual([]);
  });
});

describe("a server from before certificates were left out of offers", () => {
  test("is offered the package whole, and nothing is set aside", async () => {
    server.knowsCertificates = false;
    for (let count = 1; count <= 2; count++) {
      const sealed = await installation.seal(1000);
      server.receipts = [await receiptFor(sealed)];
      await outbox.add(sealed.path, sealed.manifest);
      expect(await until(sealed.packageId, ({ state }) => state !== "waiting" && state !== "uploading")).toMatchObject({
        state: "received",
      });
      expect(server.offers).toBe(count);
    }
  });
});

describe("a package that the server will never take", () => {
  test("is set aside, visible, and the others go on", async () => {
    const refused = await installation.seal(1000);
    const good = await installation.seal(1000);
    server.refuse.add(refused.sha256);
    server.receipts = [await receiptFor(good)];
    await outbox.add(refused.path, refused.manifest);
    await outbox.add(good.path, good.manifest);
    await until(good.packageId, ({ state }) => state === "received");
    expect(await until(refused.packageId, ({ state }) => state === "quarantined")).toMatchObject({
      lastError: "package/expired",
      nextTryAt: null,
    });
    while ((await waiting()).length > 1) await sleep(10);
    expect(await waiting()).toEqual([`${refused.packageId}.kab`]);
    server.refuse.clear();
    server.receipts = [await receiptFor(refused)];
    await outbox.release(refused.packageId);
    await until(refused.packageId, ({ state }) => state === "received");
  });
});

describe("a package on the booth's disk", () => {
  test("that has changed is set aside and nothing of it is sent", async () => {
    await outbox.close();
    const sealed = await installation.seal(1000);
    const away = await open("https://localhost:1");
    await away.add(sealed.path, sealed.manifest);
    await away.close();
    const path = join(folder, `${sealed.packageId}.kab`);
    const bytes = await readFile(path);
    bytes[bytes.length - 1500]! ^= 1;
    await writeFile(path, bytes);
    outbox = await open();
    const item = await until(sealed.packageId, ({ state }) => state === "quarantined");
    expect(item.lastError).toBe("outbox/package-damaged");
    expect(server.offers).toBe(0);
  });

  test("whose entry was lost in a crash, or is damaged, is delivered all the same", async () => {
    await outbox.close();
    const [first, second] = [await installation.seal(1000), await installation.seal(1000)];
    const away = await open("https://localhost:1");
    await away.add(first.path, first.manifest);
    await away.add(second.path, second.manifest);
    await away.close();
    await rm(join(folder, `${first.packageId}.json`));
    await writeFile(join(folder, `${second.packageId}.json`), "{ half");
    await writeFile(join(folder, `.${second.packageId}.json.1.tmp`), "left over");
    server.receiptOf = (sha256) => receiptFor(sha256 === first.sha256 ? first : second);
    outbox = await open();
    await until(first.packageId, ({ state }) => state === "received");
    await until(second.packageId, ({ state }) => state === "received");
    await outbox.close();
    expect((await readdir(folder)).sort()).toEqual([`${first.packageId}.json`, `${second.packageId}.json`].sort());
  });

  test("that was removed by somebody is reported, and does not stop the others", async () => {
    await outbox.close();
    const sealed = await installation.seal(1000);
    const away = await open("https://localhost:1");
    await away.add(sealed.path, sealed.manifest);
    await away.close();
    await rm(join(folder, `${sealed.packageId}.kab`));
    outbox = await open();
    const item = await until(sealed.packageId, ({ state }) => state === "quarantined");
    expect(item.lastError).toBe("outbox/package-lost");
  });

  test("that went before its receipt could be noted is asked for, not given up", async () => {
    await outbox.close();
    const sealed = await installation.seal(1000);
    const away = await open("https://localhost:1");
    await away.add(sealed.path, sealed.manifest);
    await away.close();
    await rm(join(folder, `${sealed.packageId}.kab`));
    server.receipts = [await receiptFor(sealed)];
    outbox = await open();
    await until(sealed.packageId, ({ state }) => state === "received");
  });

  test("is added once, however often; and never under a number that stands for other bytes", async () => {
    server.receiptOf = async () => ({ status: 500, body: "" });
    const packageId = "3dbf6aa9-3cdb-4f01-9e7e-6d97bfd5739c";
    const first = await installation.seal(1000, { packageId });
    const copy = `${first.path}.copy`;
    await writeFile(copy, await readFile(first.path));
    await outbox.add(first.path, first.manifest);
    await outbox.add(copy, first.manifest);
    expect(outbox.list()).toHaveLength(1);
    const other = await installation.seal(1000, { packageId });
    await expect(outbox.add(other.path, other.manifest)).rejects.toMatchObject({ code: "outbox/package-differs" });
    expect(outbox.get(packageId)?.sha256).toBe(first.sha256);
  });

  test("that does not fit any more is refused, and stays where it was", async () => {
    await outbox.close();
    outbox = await openOutbox({
      folder: join(installation.folder, "booth"),
      boothId: "booth-1",
      serverUrl: "https://localhost:1",
      identity: installation.booth,
      trust: installation.trust,
      clock: systemClock,
      random: systemRandom,
      limits: { ...OUTBOX_LIMITS, bytes: 8000 },
    });
    const [first, second] = [await installation.seal(2000), await installation.seal(2000)];
    await outbox.add(first.path, first.manifest);
    await expect(outbox.add(second.path, second.manifest)).rejects.toMatchObject({ code: "outbox/full" });
    expect((await readFile(second.path)).length).toBe(second.size);
  });
});

describe("a server that is not ours", () => {
  test("gets nothing: its certificate is refused before a byte is sent", async () => {
    const stranger = await makeInstallation();
    const foreign = await LyingServer.start(stranger);
    try {
      await outbox.close();
      outbox = await open(foreign.url);
      const sealed = await installation.seal(1000);
      await outbox.add(sealed.path, sealed.manifest);
      const item = await until(sealed.packageId, ({ lastError }) => lastError !== null);
      expect(item.lastError).toBe("outbox/server-certificate-foreign");
      expect(foreign.offers).toBe(0);
    } finally {
      await foreign.close();
      await stranger.remove();
    }
  });
});

describe("the next try", () => {
  test("comes later each time, never later than the longest wait, spread by a quarter", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.uint8Array({ minLength: 2, maxLength: 2 }),
        (attempts, bytes) => {
          const wait = backOffMs(attempts, () => bytes, OUTBOX_LIMITS);
          const plain = Math.min(
            OUTBOX_LIMITS.longestRetryMs,
            OUTBOX_LIMITS.firstRetryMs * 2 ** Math.min(attempts - 1, 30),
          );
          return wait >= plain * 0.75 - 1 && wait <= Math.min(OUTBOX_LIMITS.longestRetryMs, plain * 1.25) + 1;
        },
      ),
    );
  });

  test("is not put off by a clock that was years ahead when it was planned", async () => {
    await outbox.close();
    const sealed = await installation.seal(1000);
    const away = await open("https://localhost:1");
    await away.add(sealed.path, sealed.manifest);
    await away.close();
    const path = join(folder, `${sealed.packageId}.json`);
    const entry = JSON.parse(await readFile(path, "utf8"));
    await writeFile(path, JSON.stringify({ ...entry, nextTryAt: "2039-01-01T00:00:00.000Z" }));
    server.receipts = [await receiptFor(sealed)];
    outbox = await open();
    await until(sealed.packageId, ({ state }) => state === "received");
  });
});

describe("the forecast", () => {
  test("says when the outbox will be full at the rate of the last hours", async () => {
    const files = new OutboxFolder(join(installation.folder, "elsewhere"));
    await mkdir(join(installation.folder, "elsewhere"));
    const now = new Date("2026-11-21T12:00:00Z");
    const sealed = await installation.seal(1000);
    const entry = await files.take(sealed.path, sealed.manifest, new Date("2026-11-21T10:00:00Z"));
    const limits = { ...OUTBOX_LIMITS, bytes: entry.size * 5 };
    const seen = forecast([entry], now, limits);
    expect(seen).toMatchObject({ waitingPackages: 1, waitingBytes: entry.size, bytesPerHour: entry.size / 2 });
    expect(seen.fullAt).toBe("2026-11-21T20:00:00.000Z");
    expect(forecast([], now, limits).fullAt).toBeNull();
  });
});

const canMount = process.getuid?.() === 0;
if (!canMount) process.stderr.write("disk-full test of the outbox skipped: only root may mount a small disk\n");

(canMount ? describe : describe.skip)("a booth's disk that is full", () => {
  test("takes no half package, and delivers what it has", async () => {
    await outbox.close();
    await rm(folder, { recursive: true });
    await mkdir(folder, { recursive: true });
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=100k", "tmpfs", folder]);
    try {
      outbox = await open();
      const [small, large] = [await installation.seal(50_000), await installation.seal(80_000)];
      server.receiptOf = () => receiptFor(small);
      server.delayOffers = true;
      await outbox.add(small.path, small.manifest);
      await expect(outbox.add(large.path, large.manifest)).rejects.toMatchObject({ code: "outbox/disk-full" });
      expect((await readFile(large.path)).length).toBe(large.size);
      expect(await waiting()).toEqual([`${small.packageId}.kab`]);
      const free = Number(execFileSync("df", ["--output=avail", "-B1", folder]).toString().split("\n")[1]);
      // The outbox writes its own entry meanwhile: what does not fit any more has filled the disk all the same.
      await writeFile(join(folder, "ballast"), Buffer.alloc(free)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOSPC") throw error;
      });
      server.delayOffers = false;
      await until(small.packageId, ({ state }) => state === "received");
      await outbox.close();
      expect(await waiting()).toEqual([]);
    } finally {
      execFileSync("umount", ["-l", folder]);
    }
    outbox = await open();
  });
});
