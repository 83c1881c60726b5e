import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Readiness } from "../../booth/readiness.ts";
import { provision } from "../../crypto/authority/provision.ts";
import type { Certificate } from "../../crypto/certificate/certificate.ts";
import { FileKeyStore } from "../../crypto/keys/file-store.ts";
import { readPassphrase } from "../../crypto/keys/passphrase.ts";
import { systemClock, systemRandom } from "../../crypto/system-environment.ts";

const YEAR_MS = 365 * 86_400_000;

describe("a booth is ready", () => {
  const root = mkdtempSync(join(tmpdir(), "kabina-ready-"));
  let certificate: Certificate;

  beforeAll(async () => {
    await provision(root, { clock: systemClock, random: systemRandom });
    const passphrase = await readPassphrase(join(root, "booth", "passphrase"));
    const store = await FileKeyStore.open(join(root, "booth", "keys"), passphrase, systemRandom);
    certificate = (await store.load("booth-identity")).chain[0]!;
  }, 60_000);
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const forecast = { waitingPackages: 0, waitingBytes: 0, limitBytes: 100, bytesPerHour: 0, fullAt: null };
  const judge = async (options: {
    clockOffMs?: number;
    heardOffMs?: number | null;
    waitingBytes?: number;
    leastFreeBytes?: number;
  }) => {
    const readiness = await Readiness.watch(
      {
        folder: root,
        certificate: () => certificate,
        clock: { now: () => new Date(Date.now() + (options.clockOffMs ?? 0)), monotonic: () => 0 },
        outbox: { forecast: () => ({ ...forecast, waitingBytes: options.waitingBytes ?? 0 }) },
        leastFreeBytes: options.leastFreeBytes ?? 1,
        clockOffsetMs: () => options.heardOffMs ?? null,
      },
      () => {},
    );
    readiness.close();
    return readiness.problem()?.code ?? null;
  };

  test("with a clock that can be believed, room on the disk and in the outbox", async () => {
    expect(await judge({})).toBeNull();
  });

  test("but not with a clock that is three years off, either way: what it signs nobody would take", async () => {
    expect(await judge({ clockOffMs: 3 * YEAR_MS })).toBe("clock/suspect");
    expect(await judge({ clockOffMs: -3 * YEAR_MS })).toBe("clock/suspect");
  });

  test("nor with one that is days off what the server said, within the certificate's life; hours are only told", async () => {
    const day = 86_400_000;
    expect(await judge({ heardOffMs: 3 * day })).toBe("clock/suspect");
    expect(await judge({ heardOffMs: -3 * day })).toBe("clock/suspect");
    expect(await judge({ heardOffMs: day / 4 })).toBeNull();
    expect(await judge({ heardOffMs: null })).toBeNull();
  });

  test("nor with next to nothing free, whatever was set, nor with a disk that does not answer", async () => {
    const common = {
      folder: root,
      certificate: () => certificate,
      clock: systemClock,
      outbox: { forecast: () => forecast },
    };
    const watch = async (look: () => Promise<{ bavail: number; bsize: number }>) => {
      const readiness = await Readiness.watch({ ...common, leastFreeBytes: 0, look, lookEveryMs: 20 }, () => {});
      await new Promise((resolve) => setTimeout(resolve, 100));
      readiness.close();
      return readiness.problem()?.code ?? null;
    };
    expect(await watch(async () => ({ bavail: 10, bsize: 4096 }))).toBe("journal/disk-full");
    let looks = 0;
    const hangs = () => {
      looks += 1;
      return looks === 1 ? Promise.resolve({ bavail: 1e9, bsize: 4096 }) : new Promise<never>(() => {});
    };
    expect(await watch(hangs)).toBe("journal/disk-silent");
    expect(looks).toBe(2);
  });

  test("nor with a full disk or a full outbox", async () => {
    expect(await judge({ leastFreeBytes: Number.MAX_SAFE_INTEGER })).toBe("journal/disk-full");
    expect(await judge({ waitingBytes: 100 })).toBe("outbox/full");
  });
});
