import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { Activity, Stage } from "../../../booth/session/activity.ts";
import { matches } from "../../../booth/session/activity.ts";
import { CONSENT_VERSION } from "../../../booth/session/consent-text.ts";
import { type HostTools, SessionHost } from "../../../booth/session/session-host.ts";
import { KabinaError } from "../../../crypto/errors/kabina-error.ts";
import { FileKeyStore } from "../../../crypto/keys/file-store.ts";
import type { PrivateKeyHandle } from "../../../crypto/keys/key.ts";
import { KeyRing } from "../../../crypto/keys/key-ring.ts";
import { defaultPolicy, type SessionPolicy } from "../../../crypto/policy/session-policy.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";
import { FrozenDisk, frozenDiskMissing } from "../frozen-disk.ts";
import { candidate, chip, drawn, faceTaken, print, specimenLines, triesOf, turnedLeft } from "./sample-events.ts";

/** An activity that hands its stage to the test and stays until it is no longer needed. */
class Puppet {
  stage: Stage | undefined;
  readonly activity: Activity = (stage) => {
    this.stage = stage;
    return new Promise((resolve) => stage.signal.addEventListener("abort", () => resolve(), { once: true }));
  };
}

const until = async (test: () => boolean) => {
  for (let tries = 0; tries < 200 && !test(); tries++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(test()).toBe(true);
};

const notFrozen = frozenDiskMissing(join(tmpdir(), `kabina-freeze-${process.pid}`));
if (notFrozen !== null) console.warn(`skipped: ${notFrozen}`);
const onFrozenDisk = notFrozen === null ? test : test.skip;

describe("session host", () => {
  let root: string;
  let folder: string;
  let key: PrivateKeyHandle;
  let now = Date.UTC(2026, 10, 21, 12);
  let gate: KabinaError | null = null;
  let host: SessionHost;
  const puppets = {
    slip: new Puppet(),
    chip: new Puppet(),
    face: new Puppet(),
    burst: new Puppet(),
    challenge: new Puppet(),
    finger: new Puppet(),
  };
  const lift: Activity = (stage) => stage.emit({ type: "finger.lifted" });
  const idle = new Puppet().activity;
  const sealed: string[] = [];

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), "kabina-host-"));
    const store = await FileKeyStore.openOrCreate(
      join(root, "keys"),
      Buffer.from("a passphrase of a test"),
      systemRandom,
    );
    key = await store.generate("booth-journal");
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  beforeEach(() => {
    folder = mkdtempSync(join(root, "sessions-"));
    gate = null;
    sealed.length = 0;
  });
  afterEach(() => host.close());

  const tools = (policy: SessionPolicy): HostTools => ({
    policy,
    clock: { now: () => new Date(now), monotonic: () => performance.now() },
    random: systemRandom,
    journal: { folder, keys: new KeyRing([key]), random: systemRandom },
    software: "test",
    activities: {
      slip: puppets.slip.activity,
      chip: puppets.chip.activity,
      face: puppets.face.activity,
      burst: puppets.burst.activity,
      challenge: puppets.challenge.activity,
      finger: puppets.finger.activity,
      lift,
      staff: idle,
      scan: idle,
      sign: idle,
      seal: async (stage) => {
        sealed.push(stage.session.packageId);
        await stage.emit({ type: "seal.done", qrText: "kabina:package:x" });
      },
      sealAgain: idle,
      print: idle,
      pickup: idle,
    },
    gate: () => gate,
    cameraSource: () => "booth",
    begun: () => {},
    beforeErase: async () => {},
    afterErase: () => {},
    audit: () => {},
    log: () => {},
  });
  const start = async (policy: SessionPolicy = defaultPolicy) => {
    host = await SessionHost.start(tools(policy));
  };
  /** As a power cut: the process is gone, nothing was said. */
  const cut = async (policy: SessionPolicy = defaultPolicy) => {
    await host.close();
    await start(policy);
  };
  const at = (path: string) => matches(host.snapshot.value, path.split("."));
  const picture = (n: number) => new Uint8Array(2000).fill(n);

  /** Walks to the review, with a picture at each capture; calls back at each step. */
  async function walk(pause: () => Promise<void>): Promise<void> {
    await host.person({ type: "begin" });
    await pause();
    await host.person({ type: "consent.give", textVersion: CONSENT_VERSION });
    await pause();
    await host.person({ type: "slip.none" });
    await pause();
    await host.person({ type: "document.mrz", lines: specimenLines });
    await pause();
    await puppets.chip.stage?.emit({ type: "chip.placed" });
    await puppets.chip.stage?.emit({ type: "chip.read", chip }, new Map([["chip-dg1", picture(1)]]));
    await pause();
    await host.person({ type: "document.accept" });
    await host.person({ type: "confirm.accept" });
    await pause();
    await puppets.face.stage?.emit({ type: "face.take" });
    await pause();
    await until(() => puppets.burst.stage?.signal.aborted === false);
    await puppets.burst.stage?.emit(faceTaken([candidate(0)], "turn-left"), new Map([["face-0", picture(2)]]));
    await pause();
    await until(() => puppets.challenge.stage?.signal.aborted === false);
    await puppets.challenge.stage?.emit(turnedLeft);
    await pause();
    await host.person({ type: "face.accept" });
    for (const position of ["right-index", "left-index"] as const) {
      for (let tries = 0; tries < 2; tries++) {
        await until(() => at("visit.collect.fingers.place") && puppets.finger.stage?.signal.aborted === false);
        await pause();
        await until(() => puppets.finger.stage?.signal.aborted === false);
        const taken = print(`finger-${position}-${tries}`, 80, position, triesOf(host.snapshot));
        await puppets.finger.stage?.emit(
          { type: "finger.taken", position, taken },
          new Map([[taken.blob, picture(3)]]),
        );
        await until(() => !at("visit.collect.fingers.captured"));
      }
    }
    await host.person({ type: "fingers.accept" });
    await pause();
    await host.person({ type: "signature.done", signature: drawn });
    await pause();
  }

  test("cut off after every single step, the session goes on where it was, with every picture", async () => {
    await start();
    let cuts = 0;
    await walk(async () => {
      const before = host.snapshot;
      await cut();
      cuts += 1;
      expect(at("resume")).toBe(true);
      await host.person({ type: "resume.continue" });
      expect(host.snapshot.value).toEqual(before.value);
    });
    expect(host.step).toBe("review");
    expect(host.snapshot.context.resumed).toBe(cuts);
    expect(host.pictures.get("chip-dg1")).toEqual(picture(1));
    expect(host.pictures.get("face-0")).toEqual(picture(2));
    expect(host.pictures.get("finger-left-index-0")).toEqual(picture(3));
    await host.person({ type: "review.accept" });
    await until(() => host.step === "receipt");
    expect(sealed).toEqual([host.snapshot.context.packageId]);
    await host.person({ type: "receipt.done" });
    await until(() => at("wipe.erased"));
    expect(host.snapshot.context.erase).toMatchObject({ keyDestroyed: true });
    expect(readdirSync(folder)).toEqual([]);
    expect(() => host.pictures.get("face-0")).toThrow();
  });

  test("what the screen was given a name for is gone from memory, too", async () => {
    await start();
    await walk(async () => {});
    const name = host.pictures.name("face-0");
    expect(host.pictures.byName(name)?.mediaType).toBe("image/jpeg");
    expect(host.pictures.byName("guessed")).toBeUndefined();
    await host.person({ type: "leave" });
    await until(() => at("wipe.erased"));
    expect(host.pictures.byName(name)).toBeUndefined();
  });

  test("policy may say that a power cut erases; too late, and with a clock gone back, it is erased as well", async () => {
    const erase = { ...defaultPolicy, resume: { ...defaultPolicy.resume, afterPowerCut: "erase" as const } };
    await start(erase);
    await host.person({ type: "begin" });
    await cut(erase);
    expect(at("welcome")).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
    for (const jump of [defaultPolicy.resume.withinMs + 1000, -3 * 365 * 86_400_000]) {
      await host.close();
      await start();
      await host.person({ type: "begin" });
      const then = now;
      now += jump;
      await cut();
      expect(at("welcome")).toBe(true);
      expect(readdirSync(folder)).toEqual([]);
      now = then;
    }
  });

  test("what was accepted is sealed after a power cut, however long it was", async () => {
    await start();
    await walk(async () => {});
    const real = tools(defaultPolicy);
    await host.close();
    host = await SessionHost.start({ ...real, activities: { ...real.activities, seal: idle } });
    await host.person({ type: "resume.continue" });
    await host.person({ type: "review.accept" });
    expect(at("visit.seal.working")).toBe(true);
    const { packageId } = host.snapshot.context;
    const then = now;
    now += 3 * 86_400_000;
    await cut();
    await until(() => host.step === "receipt");
    expect(sealed).toEqual([packageId]);
    now = then;
  });

  test("who does nothing is warned, then the session is erased; `stay` gives the whole time again", async () => {
    const quick = { ...defaultPolicy, stepMs: { ...defaultPolicy.stepMs, consent: 400, wipe: 200 }, warningMs: 200 };
    await start(quick);
    await host.person({ type: "begin" });
    const remains = () => {
      const deadline = host.deadline();
      return deadline === null ? Number.NaN : deadline.endAt - deadline.now;
    };
    await new Promise((resolve) => setTimeout(resolve, 250));
    const left = remains();
    expect(left).toBeLessThan(200);
    await host.person({ type: "stay" });
    expect(remains()).toBeGreaterThan(left);
    await until(() => at("wipe"));
    expect(host.snapshot.context.end).toBe("timed-out");
    await until(() => at("welcome"));
    expect(readdirSync(folder)).toEqual([]);
  });

  test("what a state does not take changes nothing and says so", async () => {
    await start();
    await expect(host.person({ type: "review.accept" })).rejects.toMatchObject({ code: "session/not-now" });
    await host.person({ type: "begin" });
    await expect(host.person({ type: "face.accept" })).rejects.toMatchObject({ code: "session/not-now" });
    expect(at("visit.collect.consent")).toBe(true);
  });

  test("no session begins while the clock cannot be believed or the disk is full", async () => {
    await start();
    gate = new KabinaError("clock/suspect", { shown: "2023-11-21T12:00:00Z" });
    await expect(host.person({ type: "begin" })).rejects.toMatchObject({ code: "clock/suspect" });
    expect(readdirSync(folder)).toEqual([]);
    gate = null;
    await host.person({ type: "begin" });
    expect(at("visit.collect.consent")).toBe(true);
  });

  onFrozenDisk(
    "a disk that stops answering keeps nobody: it is said, captures wait for it, leaving works and erases when it answers",
    async () => {
      const disk = FrozenDisk.make(join(root, "frozen"), 16 * 1024 * 1024);
      folder = join(disk.path, "sessions");
      const impatient = { ...defaultPolicy, diskPatienceMs: 300 };
      try {
        await start(impatient);
        await host.person({ type: "begin" });
        await host.person({ type: "consent.give", textVersion: CONSENT_VERSION });
        disk.freeze();
        await expect(host.person({ type: "slip.none" })).rejects.toMatchObject({ code: "journal/disk-silent" });
        expect(host.step).toBe("slip");
        disk.thaw();
        await new Promise((resolve) => setTimeout(resolve, 300));
        await host.person({ type: "slip.none" });
        await host.person({ type: "document.mrz", lines: specimenLines });
        await until(() => puppets.chip.stage?.signal.aborted === false);
        await puppets.chip.stage?.emit({ type: "chip.placed" });
        disk.freeze();
        const kept = puppets.chip.stage?.emit({ type: "chip.read", chip }, new Map([["chip-dg1", picture(1)]]));
        await until(() => host.snapshot.context.problem?.code === "journal/disk-silent");
        expect(at("visit.collect.document.reading")).toBe(true);
        disk.thaw();
        await kept;
        expect(at("visit.collect.document.done")).toBe(true);
        // What was taken back is not told again, what was kept is told once.
        const before = host.snapshot;
        await cut(impatient);
        await host.person({ type: "resume.continue" });
        expect(host.snapshot.value).toEqual(before.value);
        expect(host.pictures.get("chip-dg1")).toEqual(picture(1));
        disk.freeze();
        await host.person({ type: "leave" });
        expect(at("wipe.erasing")).toBe(true);
        await until(() => host.snapshot.context.problem?.code === "wipe/slow");
        disk.thaw();
        await until(() => at("wipe.erased"));
        expect(host.snapshot.context.problem).toBeNull();
        expect(readdirSync(folder)).toEqual([]);
      } finally {
        disk.thaw();
        await host.close();
        disk.remove();
      }
    },
    30_000,
  );

  test("a failing activity is shown as a problem, and started again", async () => {
    const real = tools(defaultPolicy);
    let runs = 0;
    host = await SessionHost.start({
      ...real,
      activities: {
        ...real.activities,
        chip: async () => {
          runs += 1;
          throw new KabinaError("device/service-down", { service: "pcscd", start: "systemctl start pcscd" });
        },
      },
    });
    await host.person({ type: "begin" });
    await host.person({ type: "consent.give", textVersion: CONSENT_VERSION });
    await host.person({ type: "slip.none" });
    await host.person({ type: "document.mrz", lines: specimenLines });
    await until(() => host.snapshot.context.problem?.code === "device/service-down");
    expect(host.snapshot.context.problem).toMatchObject({ device: "smartcard", waiting: true });
    await host.person({ type: "retry" });
    await until(() => runs >= 2);
    await host.person({ type: "document.skip", reason: "reader-missing" });
    expect(at("visit.collect.document.done")).toBe(true);
  });
});
