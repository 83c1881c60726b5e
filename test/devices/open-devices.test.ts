/**
 * If this failed, a booth would not start without every device, or the faults that people meet (a camera unplugged in the middle of
 * a burst, a passport taken off in the middle of DG2) would end a session.
 */
import { rmSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { systemClock, systemRandom } from "../../crypto/system-environment.ts";
import { type Devices, openDevices } from "../../devices/open.ts";
import type { FaultPlan } from "../../devices/simulator/fault-plan.ts";
import { pause } from "../../devices/wait.ts";
import { PartialReading } from "../../mrtd/reader/partial-reading.ts";
import { readPassport } from "../../mrtd/reader/read-passport.ts";
import { allowTypescriptChildren } from "../typescript-children.mjs";
import { hasPrivateDaemon } from "./present.ts";
import { makeSmallPerson, type SmallPerson } from "./synthetic-person.ts";

// Processes start and end here; other work on the machine must not fail the test.
jest.setTimeout(90_000);

allowTypescriptChildren();

const readers = (await hasPrivateDaemon()) ? (["pcscd", "in-process"] as const) : (["in-process"] as const);

let person: SmallPerson;
let devices: Devices | null = null;

beforeAll(async () => {
  person = await makeSmallPerson();
});
afterAll(() => rmSync(person.folder, { recursive: true }));
afterEach(async () => {
  await devices?.close();
  devices = null;
});

function open(faults: FaultPlan = {}, reader: "pcscd" | "in-process" = "in-process"): Devices {
  devices = openDevices({ clock: systemClock, random: systemRandom, person: person.folder, faults, reader });
  return devices;
}

const patient = { timeoutMs: 60_000 };
const environment = { clock: systemClock, random: systemRandom };

describe("a synthetic person's devices", () => {
  test("all come up, are used, and say that they are simulated", async () => {
    const all = open();
    expect((await (await all.camera.ready(patient)).still()).width).toBe(640);
    expect((await (await all.fingerprint.ready()).capture({ finger: "left-index" })).ppi).toBe(500);
    expect((await (await all.signature.ready()).capture()).strokes).toHaveLength(1);
    expect((await (await all.scanner.ready()).can).code).toBe(true);
    expect((await (await all.printer.ready()).print({ title: "t", pdf: Buffer.from("%PDF-1.4") })).where).toBe(
      "screen",
    );
    await all.smartcard.ready(patient);
    const status = all.status();
    expect(status.map(({ kind, health }) => `${kind} ${health.state}`)).toEqual([
      "camera ready",
      "fingerprint ready",
      "smartcard ready",
      "scanner ready",
      "signature ready",
      "printer ready",
    ]);
    expect(status.filter(({ info }) => info?.simulated).map(({ kind }) => kind)).toEqual([
      "camera",
      "fingerprint",
      "smartcard",
      "signature",
    ]);
  });

  test.each(readers)(
    "over %s: a passport is read whole; one taken off in the middle of DG2 is read on when it is back",
    async (reader) => {
      const all = open({}, reader);
      const channel = await (await all.smartcard.ready(patient)).connect(patient);
      let commands = 0;
      const counted = {
        ...channel,
        transmit: (apdu: Uint8Array) => {
          commands += 1;
          return channel.transmit(apdu);
        },
      };
      const reading = await readPassport(counted, person.key, environment);
      await channel.close();
      expect(Buffer.from(reading.portrait.data).equals(Buffer.from(person.portrait))).toBe(true);
      expect(all.simulation?.passport.reader).toBe(reader);
      await all.close();

      // The last file read is DG2: its last command is answered, the one before is where the passport leaves.
      const faulty = open({ smartcard: [{ fault: "remove", at: commands - 2, backAfterMs: 50 }] }, reader);
      const partial = new PartialReading();
      const events: string[] = [];
      faulty.smartcard.on(({ type }) => events.push(type));
      const read = async () => {
        const again = await (await faulty.smartcard.ready(patient)).connect(patient);
        try {
          return await readPassport(again, person.key, { ...environment, partial });
        } finally {
          await again.close();
        }
      };
      await expect(read()).rejects.toMatchObject({ code: "device/card-removed" });
      const already = partial.files.get("DG2")?.bytes.length ?? 0;
      const whole = await read();
      expect(already).toBeGreaterThan(0);
      expect(Buffer.from(whole.portrait.data).equals(Buffer.from(person.portrait))).toBe(true);
      expect(events).toContain("card-removed");
    },
  );

  test("a response that is cut short has its own failure", async () => {
    const all = open({ smartcard: [{ fault: "wrong-length", at: 4 }] });
    const channel = await (await all.smartcard.ready(patient)).connect();
    await expect(readPassport(channel, person.key, environment)).rejects.toMatchObject({ code: "device/bad-data" });
    await channel.close();
  });

  test("the passport can be laid down and taken away while the booth runs", async () => {
    const all = open();
    const reader = await all.smartcard.ready(patient);
    await reader.waitForCard();
    await all.simulation?.passport.remove();
    await reader.waitForRemoval();
    const connecting = reader.connect();
    await all.simulation?.passport.place();
    await (await connecting).close();
  });

  test("the camera is unplugged in the middle of a burst and comes back: the burst fails whole, the next one succeeds", async () => {
    const all = open({ camera: [{ fault: "unplug", at: 6, backAfterMs: 100 }] });
    const camera = await all.camera.ready(patient);
    await expect(camera.burst(20)).rejects.toMatchObject({ code: "device/unplugged" });
    const again = await all.camera.ready(patient);
    expect(await again.burst(5)).toHaveLength(5);
    expect(all.camera.history().map(({ code }) => code)).toContain("device/unplugged");
  });

  test("black, of another size, late and torn pictures are told or left out, and the camera goes on", async () => {
    const all = open({
      camera: [
        { fault: "black", at: 0, frames: 4 },
        { fault: "wrong-length", at: 6, frames: 2 },
        { fault: "slow", at: 8, frames: 2, delayMs: 60 },
        { fault: "resolution", at: 12, width: 320 },
      ],
    });
    const camera = await all.camera.ready(patient);
    const frames = await camera.burst(14, patient);
    expect(frames[0]?.width).toBe(640);
    expect(frames.at(-1)?.width).toBe(320);
    expect(all.camera.history().map(({ code }) => code)).toContain("device/black");
    await until(() => all.camera.health().problem?.code === "device/resolution-changed");
  });

  test("a camera that is busy at first, and a sensor that hangs when opened: the others work meanwhile", async () => {
    const all = open({
      open: { camera: { fault: "busy", times: 2 }, fingerprint: { fault: "hang", times: 1 } },
    });
    expect((await (await all.camera.ready(patient)).still()).width).toBe(640);
    expect(all.camera.history().filter(({ code }) => code === "device/busy")).not.toHaveLength(0);
    expect(all.fingerprint.health().state).toBe("opening");
    await all.smartcard.ready(patient);
  });

  test("a folder that holds no person: every device says what is wrong with it, the booth runs", async () => {
    devices = openDevices({ ...environment, person: "/nonexistent", reader: "in-process" });
    await devices.printer.ready();
    await until(() => devices!.status().every(({ health }) => health.state !== "opening"));
    expect(devices.fingerprint.health().problem?.code).toBe("device/no-fingerprint-sensor");
    expect(devices.smartcard.health().state).toBe("absent");
    await expect(devices.camera.ready({ timeoutMs: 10 })).rejects.toMatchObject({ code: "device/open-failed" });
  });

  test("closing while everything is under way leaves nothing pending", async () => {
    const all = open();
    const camera = await all.camera.ready(patient);
    const reader = await all.smartcard.ready(patient);
    const pending = [camera.burst(50), reader.waitForRemoval(), (await all.signature.ready()).capture()];
    const settled = Promise.allSettled(pending);
    await all.close();
    for (const one of (await settled).slice(0, 2)) expect(one.status).toBe("rejected");
  });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(10);
}
