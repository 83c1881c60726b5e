/** If this failed, the simulated sensor would give the wrong finger, or the faults that the booth is tested with would not come. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import sharp from "sharp";
import { systemClock } from "../../../crypto/system-environment.ts";
import { fileSensors } from "../../../devices/fingerprint/files.ts";
import type { FingerProgress } from "../../../devices/port.ts";
import type { FingerprintFault } from "../../../devices/simulator/fault-plan.ts";
import { Plug } from "../../../devices/simulator/plug.ts";

describe("a sensor made of files", () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "kabina-fingers-"));
    const write = (name: string, grey: number) =>
      sharp({ create: { width: 40, height: 50, channels: 3, background: { r: grey, g: grey, b: grey } } })
        .greyscale()
        .withMetadata({ density: 500 })
        .png()
        .toFile(join(folder, name));
    await write("right-index_1.png", 10);
    await write("right-index_2.png", 20);
    await write("right-index_10.png", 30);
    await write("left-index_1.png", 40);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const open = async (faults: FingerprintFault[] = [], plug = new Plug()) => {
    const driver = fileSensors({ clock: systemClock, folder, faults, plug, stageMs: 1 });
    const [info] = await driver.list();
    return { driver, sensor: await driver.open(info!.id) };
  };

  test("gives the impressions of the finger that is asked for, in order, then again from the first", async () => {
    const { sensor } = await open();
    const greys: number[] = [];
    for (const finger of ["right-index", "left-index", "right-index", "right-index", "right-index"] as const) {
      const { data, width, height, ppi } = await sensor.capture({ finger });
      expect([width, height, data.length, ppi]).toEqual([40, 50, 2000, 500]);
      greys.push(data[0]!);
    }
    expect(greys).toEqual([10, 40, 20, 30, 10]);
    await expect(sensor.capture({ finger: "left-thumb" })).rejects.toMatchObject({ code: "device/bad-data" });
  });

  test("shows nothing, a finger that comes, a finger that lies there", async () => {
    const { sensor } = await open();
    const told: FingerProgress[] = [];
    await sensor.capture({ onProgress: (progress) => told.push(progress) });
    const darkness = told.flatMap((one) => (one.state === "preview" ? [one.image.data[0]!] : []));
    expect(darkness[0]).toBe(255);
    expect(darkness.at(-1)).toBe(10);
    expect([...darkness].sort((a, b) => b - a)).toEqual(darkness);
    expect(told.map(({ state }) => state).filter((state) => state !== "preview")).toEqual([
      "waiting",
      "placed",
      "lifted",
    ]);
  });

  test("one capture at a time; an abort frees the sensor", async () => {
    const { sensor } = await open([{ fault: "no-finger", at: 0 }]);
    const stop = new AbortController();
    const first = sensor.capture({ signal: stop.signal });
    await expect(sensor.capture()).rejects.toMatchObject({ code: "device/busy" });
    stop.abort();
    await expect(first).rejects.toMatchObject({ code: "device/cancelled" });
    expect((await sensor.capture()).width).toBe(40);
  });

  test("each fault comes once, at its capture", async () => {
    const { sensor } = await open([
      { fault: "busy", at: 0 },
      { fault: "wrong-length", at: 1 },
      { fault: "no-finger", at: 2 },
    ]);
    await expect(sensor.capture()).rejects.toMatchObject({ code: "device/busy" });
    await expect(sensor.capture()).rejects.toMatchObject({ code: "device/bad-data" });
    await expect(sensor.capture({ timeoutMs: 30 })).rejects.toMatchObject({ code: "device/timeout" });
    expect((await sensor.capture()).width).toBe(40);
  });

  test("unplugged in a capture and back: not listed meanwhile", async () => {
    const plug = new Plug();
    const { driver, sensor } = await open([{ fault: "unplug", at: 0 }], plug);
    await expect(sensor.capture()).rejects.toMatchObject({ code: "device/unplugged" });
    expect((await sensor.ended)?.code).toBe("device/unplugged");
    expect(await driver.list()).toEqual([]);
    await expect(driver.open("file:fingers")).rejects.toMatchObject({ code: "device/no-fingerprint-sensor" });
    plug.putBack();
    const again = await driver.open("file:fingers");
    expect((await again.capture()).width).toBe(40);
  });
});
