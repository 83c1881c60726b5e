/** If this failed, one dead or hanging device would stop the whole booth, or would not come back when it is plugged in again. */
import { afterEach, describe, expect, test } from "@jest/globals";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { systemClock } from "../../crypto/system-environment.ts";
import { DeviceCore } from "../../devices/device-core.ts";
import type { DeviceDriver, DeviceInfo, FingerImage, FingerprintSensor } from "../../devices/port.ts";
import { DeviceRegistry, type RegistryEvent } from "../../devices/registry.ts";
import { SupervisedDevice } from "../../devices/supervisor.ts";
import { pause } from "../../devices/wait.ts";

const image: FingerImage = { width: 1, height: 1, data: Uint8Array.of(0), ppi: 500 };
type Info = DeviceInfo & { readonly kind: "fingerprint" };
const sensorInfo = (id: string): Info => ({ id, kind: "fingerprint", driver: "test", name: id, simulated: true });

/** A driver whose every answer a test decides. */
class ScriptedDriver implements DeviceDriver<"fingerprint"> {
  readonly kind = "fingerprint" as const;
  readonly name = "scripted";
  connected = ["a"];
  opens: string[] = [];
  closes = 0;
  onOpen: (id: string) => Promise<void> = async () => {};
  onList: () => Promise<void> = async () => {};
  onCapture: () => Promise<FingerImage> = async () => image;
  cores = new Map<string, DeviceCore<Info>>();
  changed: () => void = () => {};

  async list() {
    await this.onList();
    return this.connected.map(sensorInfo);
  }

  async open(id: string): Promise<FingerprintSensor> {
    this.opens.push(id);
    await this.onOpen(id);
    const core = new DeviceCore(sensorInfo(id), systemClock);
    this.cores.set(id, core);
    return {
      info: core.info,
      ended: core.ended,
      health: () => core.health(),
      on: (listener) => core.on(listener),
      close: async () => {
        this.closes += 1;
        core.end(null);
      },
      capture: () => this.onCapture(),
    };
  }

  watch(changed: () => void) {
    this.changed = changed;
  }
}

const made: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of made.splice(0)) await one.close();
});

async function supervise(
  driver: ScriptedDriver,
  options: {
    openMs?: number;
    graceMs?: number;
    pollMs?: number;
    permit?: (info: DeviceInfo) => KabinaError | null;
  } = {},
) {
  const registry = new DeviceRegistry({ drivers: [driver], pollMs: options.pollMs ?? 60_000, listMs: 200 });
  const device = new SupervisedDevice({
    kind: "fingerprint",
    registry,
    clock: systemClock,
    patience: { graceMs: options.graceMs ?? 50, wakingMs: 100 },
    openMs: options.openMs ?? 1000,
    firstRetryMs: 5,
    lastRetryMs: 40,
    ...(options.permit === undefined ? {} : { permit: options.permit }),
  });
  made.push(device, registry);
  device.start();
  await registry.start();
  return { registry, device };
}

const states = (device: SupervisedDevice<"fingerprint">) =>
  device.history().map(({ state, code }) => (code === null ? state : `${state} ${code}`));

describe("a supervised device", () => {
  test("is opened, used, and says that it is ready", async () => {
    const { device } = await supervise(new ScriptedDriver());
    const sensor = await device.ready();
    expect(await sensor.capture()).toEqual(image);
    expect(states(device)).toEqual(["opening", "ready"]);
  });

  test("unplugged during a capture: the capture fails with its cause; plugged in again, it works without anybody's help", async () => {
    const driver = new ScriptedDriver();
    const { device } = await supervise(driver);
    const sensor = await device.ready();
    driver.onCapture = () => new Promise(() => {});
    const capture = expect(sensor.capture()).rejects.toMatchObject({ code: "device/unplugged" });
    driver.connected = [];
    driver.changed();
    await capture;
    await until(() => device.health().state === "absent");
    expect(device.current).toBeNull();
    await expect(device.ready({ timeoutMs: 20 })).rejects.toMatchObject({ code: "device/no-fingerprint-sensor" });
    driver.onCapture = async () => image;
    driver.connected = ["a"];
    driver.changed();
    expect(await (await device.ready()).capture()).toEqual(image);
    expect(states(device)).toContain("failed device/unplugged");
  });

  test("a capture that hangs is given up after its time and the device is opened anew", async () => {
    const driver = new ScriptedDriver();
    const { device } = await supervise(driver);
    const sensor = await device.ready();
    driver.onCapture = () => new Promise(() => {});
    await expect(sensor.capture({ timeoutMs: 20 })).rejects.toMatchObject({ code: "device/hung" });
    await expect(sensor.capture()).rejects.toMatchObject({ code: "device/hung" });
    driver.onCapture = async () => image;
    await until(() => driver.opens.length === 2);
    expect(await (await device.ready()).capture()).toEqual(image);
    expect(states(device)).toEqual(["opening", "ready", "failed device/hung", "ready"]);
  });

  test("that must not be used is never opened, is given up when that is said, and another takes its place", async () => {
    const driver = new ScriptedDriver();
    driver.connected = ["a", "b"];
    const refused = new Set(["a"]);
    const permit = ({ id }: DeviceInfo) =>
      refused.has(id) ? new KabinaError("device/hot-listed", { device: id, entry: "one", reason: "stolen" }) : null;
    const { device } = await supervise(driver, { permit });
    await device.ready();
    expect(driver.opens).toEqual(["b"]);
    const sensor = await device.ready();
    driver.onCapture = () => new Promise(() => {});
    const capture = expect(sensor.capture()).rejects.toMatchObject({ code: "device/hot-listed" });
    refused.add("b");
    device.reconsider();
    await capture;
    await until(() => device.current === null);
    await expect(device.ready({ timeoutMs: 30 })).rejects.toMatchObject({ code: "device/hot-listed" });
    expect(device.health().problem?.code).toBe("device/hot-listed");
    refused.clear();
    device.reconsider();
    await device.ready();
    expect(driver.opens.length).toBe(2);
  });

  test("a driver that does not heed an abort counts as hung", async () => {
    const driver = new ScriptedDriver();
    const { device } = await supervise(driver);
    const sensor = await device.ready();
    driver.onCapture = () => new Promise(() => {});
    const stop = new AbortController();
    const capture = sensor.capture({ signal: stop.signal });
    stop.abort();
    await expect(capture).rejects.toMatchObject({ code: "device/hung" });
  });

  test("an open that hangs is given up, and a device that opens too late after all is closed", async () => {
    const driver = new ScriptedDriver();
    let release: () => void = () => {};
    driver.onOpen = () =>
      new Promise((resolve) => {
        release = resolve;
      });
    const { device } = await supervise(driver, { openMs: 20, graceMs: 10 });
    await until(() => states(device).includes("failed device/hung"));
    const late = release;
    driver.onOpen = async () => {};
    await device.ready();
    late();
    await until(() => driver.closes === 1);
    expect(device.health().state).toBe("ready");
  });

  test("a device that refuses is tried ever more rarely, and another of its kind is tried first", async () => {
    const driver = new ScriptedDriver();
    driver.connected = ["a", "b"];
    driver.onOpen = async (id) => {
      if (id === "a") throw new KabinaError("device/busy", { device: id });
    };
    const { device } = await supervise(driver);
    expect((await device.ready()).info.id).toBe("b");
    expect(driver.opens).toEqual(["a", "b"]);
    expect(device.info?.id).toBe("b");
  });

  test("a device that ends by itself is opened again", async () => {
    const driver = new ScriptedDriver();
    const { device } = await supervise(driver);
    await device.ready();
    driver.cores.get("a")!.end(new KabinaError("device/frozen", { device: "a" }));
    await until(() => driver.opens.length === 2);
    await device.ready();
    expect(states(device)).toContain("failed device/frozen");
  });

  test("a driver that hangs while listing loses its devices and is asked again", async () => {
    const driver = new ScriptedDriver();
    const { registry, device } = await supervise(driver, { pollMs: 30 });
    await device.ready();
    const events: RegistryEvent[] = [];
    registry.on((event) => events.push(event));
    driver.onList = () => new Promise(() => {});
    await until(() => device.health().state === "absent");
    expect(device.health().problem?.code).toBe("device/hung");
    driver.onList = async () => {};
    await device.ready();
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(["vanished", "driver", "appeared"]));
  });

  test("a driver whose library is missing says what to install, and the booth goes on", async () => {
    const driver = new ScriptedDriver();
    driver.onList = async () => {
      throw new KabinaError("device/driver-missing", { driver: "x", needs: "y", install: "apt-get install z" });
    };
    const { device } = await supervise(driver);
    await expect(device.ready({ timeoutMs: 30 })).rejects.toMatchObject({
      code: "device/driver-missing",
      details: { install: "apt-get install z" },
    });
    expect(states(device)).toEqual(["absent device/driver-missing"]);
  });

  test("waiting for a device can be given up", async () => {
    const driver = new ScriptedDriver();
    driver.connected = [];
    const { device } = await supervise(driver);
    const stop = new AbortController();
    const waiting = device.ready({ signal: stop.signal });
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: "device/cancelled" });
  });

  test("devices that come, go and refuse in quick succession never wedge the supervisor, and its history stays bounded", async () => {
    const driver = new ScriptedDriver();
    const { device } = await supervise(driver);
    for (let round = 0; round < 60; round += 1) {
      driver.connected = round % 3 === 0 ? [] : round % 3 === 1 ? ["a"] : ["b", "a"];
      driver.onOpen = async () => {
        if (round % 5 === 0) throw new KabinaError("device/busy", { device: "x" });
      };
      driver.changed();
      await pause(round % 4);
    }
    driver.connected = ["a"];
    driver.onOpen = async () => {};
    driver.changed();
    expect(await (await device.ready()).capture()).toEqual(image);
    expect(device.history().length).toBeLessThanOrEqual(100);
  });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(3);
}
