/** What would be lost: a booth that somebody opened at night, and that looks in the morning as if nothing had been. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { AuditTrail } from "../../booth/audit-trail.ts";
import { type BoothPast, keysName, machineName, readBoothPast } from "../../booth/booth-past.ts";
import { TamperWatch, tamperLimits } from "../../booth/tamper-watch.ts";
import { TAMPER_EVENTS_TOLD } from "../../crypto/device/tamper.ts";
import { openFileSwitch } from "../../devices/cabinet/file-switch.ts";
import type { CabinetSwitch } from "../../devices/cabinet/port.ts";
import { SimulatedCabinet } from "../../devices/simulator/cabinet.ts";
import { makeWorld, sealedAt, type World } from "../crypto/package/fixture.ts";

const untouched: BoothPast = { machine: "m", keys: "k", tampered: [], lastAt: null };
const second = 1000; // ms

/** A booth's watch over clocks that are moved by hand; what it noted. */
function watched(given: { cabinet?: CabinetSwitch; past?: BoothPast; machine?: string | null; keys?: string } = {}) {
  const time = { wall: sealedAt.getTime(), monotonic: 0 };
  const noted: [string, unknown][] = [];
  let changes = 0;
  const watch = new TamperWatch({
    cabinet: given.cabinet,
    clock: { now: () => new Date(time.wall), monotonic: () => time.monotonic },
    past: given.past ?? untouched,
    machine: given.machine === undefined ? "m" : given.machine,
    keys: given.keys ?? "k",
    note: (kind, data) => noted.push([kind, data?.what ?? data?.state]),
    onChange: () => changes++,
  });
  const pass = (wallMs: number, monotonicMs = wallMs) => {
    time.wall += wallMs;
    time.monotonic += monotonicMs;
    watch.look();
  };
  return { watch, noted, pass, changes: () => changes };
}

describe("the cabinet", () => {
  it("is told when it is opened, lets nobody begin while it is open, and is remembered after it was closed", () => {
    const cabinet = new SimulatedCabinet();
    const { watch, noted, changes } = watched({ cabinet });
    expect([watch.problem(), watch.report()]).toEqual([null, { cabinet: "closed", events: [] }]);
    cabinet.turn("open");
    expect(watch.problem()?.code).toBe("booth/cabinet-open");
    cabinet.turn("closed");
    expect(watch.problem()).toBeNull();
    expect(watch.report().events.map(({ kind }) => kind)).toEqual(["cabinet-opened"]);
    expect(noted).toEqual([
      ["booth.tampered", "cabinet-opened"],
      ["booth.cabinet", "closed"],
    ]);
    expect(changes()).toBe(2);
    watch.close();
  });

  it("that stands open when the booth starts was opened; one whose switch is silent stops nobody and is told", () => {
    const open = watched({ cabinet: new SimulatedCabinet("open") });
    expect(open.noted).toEqual([["booth.tampered", "cabinet-opened"]]);
    const cut = watched({ cabinet: new SimulatedCabinet("unknown") });
    expect([cut.watch.problem(), cut.watch.report().cabinet]).toEqual([null, "unknown"]);
    expect(watched().watch.report().cabinet).toBe("none");
  });

  it("tells its latest events and no more, however often it is opened", () => {
    const cabinet = new SimulatedCabinet();
    const { watch, noted } = watched({ cabinet });
    for (let times = 0; times < 3 * TAMPER_EVENTS_TOLD; times++)
      for (const state of ["open", "closed"] as const) cabinet.turn(state);
    expect(watch.report().events).toHaveLength(TAMPER_EVENTS_TOLD);
    expect(noted.filter(([kind]) => kind === "booth.tampered")).toHaveLength(3 * TAMPER_EVENTS_TOLD);
  });
});

describe("a switch whose level stands in a file", () => {
  it.each(["1", "0"] as const)(
    "is open at %s, closed at the other, and unknown when it cannot be read",
    async (open) => {
      const folder = await mkdtemp(join(tmpdir(), "kabina-cabinet-"));
      const path = join(folder, "value");
      await writeFile(path, open === "1" ? "0\n" : "1\n");
      const cabinet = await openFileSwitch({ path, open, lookEveryMs: 5 });
      const next = () => new Promise((done) => cabinet.on(done));
      try {
        expect(cabinet.state()).toBe("closed");
        for (const [text, state] of [
          [`${open}\n`, "open"],
          ["high\n", "unknown"],
          [open, "open"],
        ] as const) {
          const told = next();
          await writeFile(path, text);
          expect(await told).toBe(state);
        }
        const gone = next();
        await rm(path);
        expect(await gone).toBe("unknown");
      } finally {
        cabinet.close();
        await rm(folder, { recursive: true });
      }
    },
  );
});

describe("the clock", () => {
  it("may drift and be put right, and is told when it jumps either way", () => {
    const { watch, pass } = watched();
    for (const drift of [0, 1, -1]) pass(10 * second + drift * (tamperLimits.jumpMs - second), 10 * second);
    expect(watch.report().events).toEqual([]);
    pass(-3600 * second, 10 * second);
    pass(3600 * second, 10 * second);
    expect(watch.report().events.map(({ kind }) => kind)).toEqual(["clock-jumped", "clock-jumped"]);
  });

  it("that was set back while the booth was off is found at the start", () => {
    const past = { ...untouched, lastAt: new Date(sealedAt.getTime() + 3600 * second) };
    expect(watched({ past }).noted).toEqual([["booth.tampered", "clock-jumped"]]);
  });
});

describe("data and keys", () => {
  let world: World;
  let folder: string;
  beforeAll(async () => {
    world = await makeWorld("tamper-watch");
    folder = await mkdtemp(join(tmpdir(), "kabina-tamper-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("are held against what the booth's signed log said at the last start, with what was noticed since", async () => {
    const machine = (await machineName("booth-1", new URL(import.meta.url).pathname))!;
    const clock = { now: () => sealedAt, monotonic: () => 0 };
    const trail = await AuditTrail.open({
      ...{ folder, boothId: "booth-1", key: world.booth, clock },
      onFault: (error) => {
        throw error;
      },
    });
    expect(await readBoothPast(join(folder, "audit.log"))).toEqual({
      ...{ machine: null, keys: null, tampered: [], lastAt: null },
    });
    trail.note("booth.started", { version: "1", machine, keys: keysName(["a", "b"]) });
    trail.note("booth.renewed", { certificate: "c", keys: keysName(["a", "c"]) });
    trail.note("booth.tampered", { what: "cabinet-opened", happened: sealedAt.toISOString() });
    await trail.close();
    const past = await readBoothPast(join(folder, "audit.log"));
    expect(past).toEqual({
      ...{ machine, keys: keysName(["c", "a"]), lastAt: sealedAt },
      tampered: [{ kind: "cabinet-opened", at: sealedAt.toISOString() }],
    });
    const same = watched({ past, machine, keys: keysName(["a", "c"]) });
    expect([same.noted, same.watch.report().events.length]).toEqual([[], 1]);
    const other = watched({ past, machine: "another", keys: keysName(["a", "b"]) });
    expect(other.noted.map(([, what]) => what)).toEqual(["machine-changed", "keys-changed"]);
    // A machine without a name says nothing of itself, and is not accused.
    expect(await machineName("booth-1", join(folder, "no-such-file"))).toBeNull();
    expect(watched({ past, machine: null, keys: keysName(["a", "c"]) }).noted).toEqual([]);
    expect(await machineName("booth-2", new URL(import.meta.url).pathname)).not.toBe(machine);
  });
});
