/**
 * If this failed, a real fingerprint sensor would not work, or one that hangs would stop the booth. The real libfprint with its own
 * virtual sensor: int32 width, int32 height, pixels over a socket; -1 asks for a retry, -5 unplugs.
 */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { makeFinger } from "../../../biometrics/synthetic/finger.ts";
import { makeImpression } from "../../../biometrics/synthetic/finger-impression.ts";
import { systemClock } from "../../../crypto/system-environment.ts";
import { libfprintSensors } from "../../../devices/fingerprint/libfprint.ts";
import type { DeviceEvent, FingerImage, FingerProgress, FingerprintSensor } from "../../../devices/port.ts";
import { pause } from "../../../devices/wait.ts";
import { allowTypescriptChildren } from "../../typescript-children.mjs";

// Processes start and end here; other work on the machine must not fail the test.
jest.setTimeout(90_000);

allowTypescriptChildren();

/** Milliseconds of silence that count as a hang: more than a busy machine may keep a living process waiting. */
const SILENT_MS = 8_000;

const isWaiting = ({ state }: FingerProgress) => state === "waiting";

const RETRY = -1;
const REMOVE = -5;
const LIFT_FINGER = 3;

function hasLibfprint(): boolean {
  try {
    const koffi = createRequire(import.meta.url)("koffi") as { load(file: string): unknown };
    koffi.load("libfprint-2.so.2");
    return true;
  } catch {
    process.stderr.write("skipped: needs koffi and libfprint-2-2\n");
    return false;
  }
}

const suite = hasLibfprint() ? describe : describe.skip;

suite("a sensor through libfprint", () => {
  let folder: string;
  let finger: FingerImage;
  let driver: ReturnType<typeof libfprintSensors>;
  let sensor: FingerprintSensor;
  let socket: string;
  let hand: Socket;
  /** The virtual sensor listens only while it is open. */
  const reachOut = async () => {
    hand?.destroy();
    hand = connect(socket);
    await once(hand, "connect");
  };
  const pids: number[] = [];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "kabina-fp-"));
    finger = makeImpression(makeFinger(3, "right-index")).image;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  beforeEach(async () => {
    socket = join(folder, `sensor-${pids.length}`);
    driver = libfprintSensors({
      clock: systemClock,
      env: { FP_VIRTUAL_IMAGE: socket },
      pingEveryMs: 100,
      pingAnswerMs: SILENT_MS,
      onProcess: (pid) => pids.push(pid),
    });
    const [info] = await driver.list();
    expect(info).toMatchObject({ driver: "libfprint", simulated: true });
    sensor = await driver.open(info!.id);
    await reachOut();
  });

  afterEach(async () => {
    hand.destroy();
    await driver.close();
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow();
  });

  const header = (a: number, b: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeInt32LE(a, 0);
    bytes.writeInt32LE(b, 4);
    return bytes;
  };
  const place = () => hand.write(Buffer.concat([header(finger.width, finger.height), finger.data]));
  /** Begins a capture; resolves when the sensor waits for a finger. The capture comes wrapped, so that nobody awaits it too early. */
  const waiting = async (run: (onProgress: (progress: FingerProgress) => void) => Promise<FingerImage>) => {
    let begun: () => void = () => {};
    const begins = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const capture = run((progress) => {
      if (isWaiting(progress)) begun();
    });
    capture.catch(() => {});
    await begins;
    return { capture };
  };

  test("a finger's image arrives byte for byte, with its resolution", async () => {
    const { capture } = await waiting((onProgress) => sensor.capture({ onProgress }));
    place();
    const image = await capture;
    expect([image.width, image.height, image.ppi]).toEqual([finger.width, finger.height, 500]);
    expect(Buffer.from(image.data).equals(Buffer.from(finger.data))).toBe(true);
  });

  test("when the sensor wants the finger again, the person is told why, and the same capture goes on", async () => {
    const told: FingerProgress[] = [];
    const { capture } = await waiting((onProgress) =>
      sensor.capture({
        onProgress: (progress) => {
          told.push(progress);
          onProgress(progress);
        },
      }),
    );
    hand.write(header(RETRY, LIFT_FINGER));
    // After the reason, the sensor waits again.
    const again = () => told.slice(told.findIndex(({ state }) => state === "retry")).some(isWaiting);
    while (!told.some(({ state }) => state === "retry") || !again()) await pause(10);
    place();
    await capture;
    expect(told).toContainEqual({ state: "retry", reason: "lift-and-retry" });
  });

  test("an abort and a time-out let the sensor go, and the next capture works", async () => {
    const stop = new AbortController();
    const { capture } = await waiting((onProgress) => sensor.capture({ onProgress, signal: stop.signal }));
    stop.abort();
    await expect(capture).rejects.toMatchObject({ code: "device/cancelled" });
    await expect(sensor.capture({ timeoutMs: 100 })).rejects.toMatchObject({ code: "device/timeout" });
    const again = await waiting((onProgress) => sensor.capture({ onProgress }));
    await expect(sensor.capture()).rejects.toMatchObject({ code: "device/busy" });
    place();
    expect((await again.capture).width).toBe(finger.width);
  });

  test("closed during a capture: the capture is told, the sensor is let go properly, and can be opened again", async () => {
    const { capture } = await waiting((onProgress) => sensor.capture({ onProgress }));
    const { id } = sensor.info;
    await sensor.close();
    await expect(capture).rejects.toMatchObject({ code: "device/closed" });
    const before = pids.length;
    sensor = await driver.open(id);
    await reachOut();
    const again = await waiting((onProgress) => sensor.capture({ onProgress }));
    place();
    expect((await again.capture).width).toBe(finger.width);
    expect(pids).toHaveLength(before);
  });

  test("unplugged during a capture: said at once, and no longer listed", async () => {
    const events: DeviceEvent[] = [];
    sensor.on((event) => events.push(event));
    const { capture } = await waiting((onProgress) => sensor.capture({ onProgress }));
    hand.write(header(REMOVE, 0));
    await expect(capture).rejects.toMatchObject({ code: "device/unplugged" });
    expect((await sensor.ended)?.code).toBe("device/unplugged");
    expect(events.at(-1)).toMatchObject({ type: "health", health: { state: "failed" } });
    expect(await driver.list()).toEqual([]);
  });

  test("a library that hangs is killed by its process id, and a new process serves the sensor", async () => {
    const { capture } = await waiting((onProgress) => sensor.capture({ onProgress }));
    process.kill(pids.at(-1)!, "SIGSTOP");
    await expect(capture).rejects.toMatchObject({ code: "device/hung" });
    expect((await sensor.ended)?.code).toBe("device/hung");
    const hung = pids.at(-1);
    // On a busy machine a new process may need more than one call's time to start.
    const listed = () => driver.list().catch(() => []);
    let found = await listed();
    for (let calls = 1; found.length === 0 && calls < 5; calls += 1) found = await listed();
    expect(found).toHaveLength(1);
    expect(pids.at(-1)).not.toBe(hung);
  });
});
