/** If this failed, the preview could lag behind the person, a burst could come back short, or a dead camera look alive. */
import { afterEach, describe, expect, test } from "@jest/globals";
import { KabinaError } from "../../../crypto/errors/kabina-error.ts";
import { systemClock } from "../../../crypto/system-environment.ts";
import {
  FrameCamera,
  type FrameDemand,
  type FrameSink,
  type FrameSource,
} from "../../../devices/camera/frame-camera.ts";
import type { CameraFrame, DeviceEvent } from "../../../devices/port.ts";
import { pause } from "../../../devices/wait.ts";
import { blackPicture, picture } from "../pictures.ts";

const info = { id: "test:camera", kind: "camera", driver: "test", name: "Test camera", simulated: true } as const;

let sink: FrameSink | null = null;
let starts = 0;
let demands: FrameDemand[] = [];
let camera: FrameCamera;

function make(limits: { frozenAfterMs?: number; firstFrameMs?: number; neverRepeats?: boolean } = {}): FrameCamera {
  sink = null;
  starts = 0;
  demands = [];
  const source: FrameSource = {
    start: (into) => {
      starts += 1;
      sink = into;
    },
    stop: () => {
      sink = null;
    },
    demand: (demand) => {
      demands.push(demand);
    },
    close: async () => {},
  };
  camera = new FrameCamera({ info, clock: systemClock, source, lingerMs: 0, ...limits });
  return camera;
}

afterEach(() => camera.close());

const give = async (number: number, width = 320, height = 240) =>
  sink?.frame({ jpeg: await picture(number, width, height), width, height }, true);

describe("a camera made of frames", () => {
  test("a slow reader gets the newest frame, not a queue of old ones", async () => {
    make();
    const stop = new AbortController();
    const seen: number[] = [];
    const reading = (async () => {
      for await (const frame of camera.preview({ signal: stop.signal })) {
        seen.push(frame.sequence);
        await pause(40);
        if (frame.sequence === 9) stop.abort();
      }
    })();
    await pause(0);
    for (let number = 0; number < 10; number += 1) await give(number);
    await reading;
    expect(seen.at(-1)).toBe(9);
    expect(seen.length).toBeLessThan(10);
  });

  test("the preview is scaled down, the still is not, and both are of one stream", async () => {
    make();
    const preview = camera.preview({ maxWidth: 160 })[Symbol.asyncIterator]();
    const first = preview.next();
    const still = camera.still();
    await give(1, 640, 480);
    const [shown, taken] = [(await first).value as CameraFrame, await still];
    expect([shown.width, shown.height]).toEqual([160, 120]);
    expect([taken.width, taken.height]).toEqual([640, 480]);
    expect(shown.sequence).toBe(taken.sequence);
    expect(starts).toBe(1);
    await preview.return?.(undefined);
  });

  test("a burst is whole and in order", async () => {
    make();
    const burst = camera.burst(4);
    for (let number = 0; number < 6; number += 1) await give(number);
    const sequences = (await burst).map(({ sequence }) => sequence);
    expect(sequences).toEqual([0, 1, 2, 3]);
    expect(demands.at(0)?.stills).toBe(4);
    await expect(camera.burst(0)).rejects.toMatchObject({ code: "device/unsupported" });
    await expect(camera.burst(10_000)).rejects.toMatchObject({ code: "device/unsupported" });
  });

  test("a camera that runs by itself gives a burst of moments that are apart, so that one blink does not spoil all", async () => {
    let now = 0;
    let into: FrameSink | null = null;
    const source: FrameSource = {
      start: (given) => {
        into = given;
      },
      stop: () => {},
      close: async () => {},
    };
    camera = new FrameCamera({ info, clock: { ...systemClock, monotonic: () => now }, source, lingerMs: 0 });
    const burst = camera.burst(3);
    for (; now < 400; now += 40) into!.frame({ jpeg: await picture(now, 320, 240), width: 320, height: 240 }, true);
    expect((await burst).map(({ takenAt }) => takenAt)).toEqual([0, 120, 240]);
  });

  test("unplugged in the middle of a burst: the burst fails whole, the preview too, and the camera has ended", async () => {
    make();
    const burst = camera.burst(5);
    const preview = camera.preview()[Symbol.asyncIterator]();
    const second = preview.next().then(() => preview.next());
    await give(1);
    await pause(0);
    sink?.failed(new KabinaError("device/unplugged", { device: "Test camera" }));
    await expect(burst).rejects.toMatchObject({ code: "device/unplugged" });
    await expect(second).rejects.toMatchObject({ code: "device/unplugged" });
    expect((await camera.ended)?.code).toBe("device/unplugged");
    await expect(camera.still()).rejects.toMatchObject({ code: "device/unplugged" });
  });

  test("a picture that stops ends the camera as frozen", async () => {
    make({ frozenAfterMs: 80 });
    const burst = camera.burst(3);
    await give(1);
    await expect(burst).rejects.toMatchObject({ code: "device/frozen" });
  });

  test("a sensor that sends one picture over and over is frozen too; a file may", async () => {
    for (const neverRepeats of [true, false]) {
      make({ frozenAfterMs: 150, neverRepeats });
      const same = await picture(1);
      const stop = new AbortController();
      const looking = camera.preview({ signal: stop.signal })[Symbol.asyncIterator]();
      const first = looking.next();
      for (let count = 0; count < 40 && camera.health().state !== "failed"; count += 1) {
        sink?.frame({ jpeg: same, width: 320, height: 240 }, true);
        await pause(10);
      }
      await first;
      expect(camera.health().problem?.code).toBe(neverRepeats ? "device/frozen" : undefined);
      stop.abort();
      await camera.close();
    }
  });

  test("an aborted still rejects at once and leaves the camera usable; a preview just ends", async () => {
    make();
    const stop = new AbortController();
    const still = camera.still({ signal: stop.signal });
    const preview = camera.preview({ signal: stop.signal })[Symbol.asyncIterator]().next();
    stop.abort();
    await expect(still).rejects.toMatchObject({ code: "device/cancelled" });
    expect((await preview).done).toBe(true);
    await expect(camera.still({ signal: stop.signal })).rejects.toMatchObject({ code: "device/cancelled" });
    const next = camera.still();
    await give(2);
    expect((await next).width).toBe(320);
  });

  test("a still that does not come in time says so", async () => {
    make();
    await expect(camera.still({ timeoutMs: 30 })).rejects.toMatchObject({
      code: "device/timeout",
      details: { seconds: 0.03 },
    });
  });

  test("a black picture and a changed size are told, and black goes away when the lens is free", async () => {
    make();
    const events: DeviceEvent[] = [];
    camera.on((event) => events.push(event));
    const burst = camera.burst(2);
    sink?.frame({ jpeg: await blackPicture(), width: 320, height: 240 }, true);
    await until(() => camera.health().state === "degraded");
    expect(camera.health().problem?.code).toBe("device/black");
    await give(1, 160, 120);
    await burst;
    expect(events).toContainEqual({ type: "resolution-changed", width: 160, height: 120 });
  });
});

/** Waits until something is so; jest's own time-out is the limit. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(5);
}
