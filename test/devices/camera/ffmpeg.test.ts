/** If this failed, the booth would have no picture, or would show a live one when the camera has died. Real ffmpeg, real signals. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { systemClock } from "../../../crypto/system-environment.ts";
import { ffmpegArguments, ffmpegCameras } from "../../../devices/camera/ffmpeg.ts";
import type { Camera } from "../../../devices/port.ts";
import { hasProgram } from "../present.ts";

// Processes start and end here; other work on the machine must not fail the test.
jest.setTimeout(60_000);

const suite = hasProgram("ffmpeg") ? describe : describe.skip;

suite("camera by ffmpeg", () => {
  let folder: string;
  let mjpeg: string;
  let video: string;
  let pids: number[] = [];
  let camera: Camera | undefined;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "kabina-ffmpeg-"));
    mjpeg = join(folder, "live.mjpeg");
    video = join(folder, "live.mp4");
    const pattern = ["-v", "error", "-f", "lavfi", "-i", "testsrc=size=640x480:rate=20", "-t", "1"];
    execFileSync("ffmpeg", [...pattern, "-c:v", "mjpeg", "-f", "mjpeg", mjpeg]);
    execFileSync("ffmpeg", [...pattern, "-c:v", "mpeg4", video]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  afterEach(async () => {
    await camera?.close();
    camera = undefined;
    for (const pid of pids) expect(isAlive(pid)).toBe(false);
    pids = [];
  });

  const open = async (file: string, options = {}) => {
    const driver = ffmpegCameras({
      clock: systemClock,
      files: [file],
      v4l2: false,
      onProcess: (pid) => pids.push(pid),
      ...options,
    });
    const [info] = await driver.list();
    camera = await driver.open(info!.id);
    return camera;
  };

  test.each(["live.mjpeg", "live.mp4"])(
    "%s: live preview and stills at full size from one process, looped",
    async (name) => {
      const live = await open(join(folder, name));
      const widths = new Set<number>();
      let frames = 0;
      for await (const frame of live.preview({ maxWidth: 320 })) {
        widths.add(frame.width);
        frames += 1;
        // Longer than the file: it has begun again.
        if (frames > 25) break;
      }
      const burst = await live.burst(3);
      expect([...widths]).toEqual([320]);
      expect(burst.map(({ width, height }) => [width, height])).toEqual([640, 640, 640].map((width) => [width, 480]));
      expect(pids).toHaveLength(1);
    },
  );

  test("unplugged in the middle of a burst: the burst fails with its own code and the camera says that it is gone", async () => {
    const live = await open(mjpeg);
    const burst = live.burst(50, { timeoutMs: 20_000 });
    await live.still();
    process.kill(pids[0]!, "SIGKILL");
    await expect(burst).rejects.toMatchObject({ code: "device/unplugged" });
    expect((await live.ended)?.code).toBe("device/unplugged");
  });

  test("a process that is stopped counts as frozen and is ended all the same", async () => {
    const live = await open(mjpeg);
    process.kill(pids[0]!, "SIGSTOP");
    await expect(live.burst(50, { timeoutMs: 20_000 })).rejects.toMatchObject({ code: "device/frozen" });
  });

  test("a missing program, a missing file and a file that is no video each have their own failure", async () => {
    await expect(open(mjpeg, { ffmpeg: "no-such-ffmpeg" })).rejects.toMatchObject({
      code: "device/driver-missing",
      details: { install: "apt-get install ffmpeg" },
    });
    const driver = ffmpegCameras({ clock: systemClock, files: [join(folder, "gone")], v4l2: false });
    expect(await driver.list()).toEqual([]);
    await expect(driver.open(`file:${join(folder, "gone")}`)).rejects.toMatchObject({ code: "device/no-camera" });
    await expect(open(new URL(import.meta.url).pathname)).rejects.toMatchObject({ code: "device/open-failed" });
  });

  test("no device path becomes an option, a protocol or a second argument", () => {
    for (const path of ["-vf;reboot", "http://evil/x", "a b$(reboot)", "concat:/etc/passwd"]) {
      const args = ffmpegArguments({ kind: "file", path });
      expect(args[args.indexOf("-i") + 1]).toBe(`file:${path}`);
      expect(args.filter((one) => one.includes(path))).toHaveLength(1);
    }
  });

  test("closing while a still is awaited rejects it and leaves no process", async () => {
    const live = await open(mjpeg);
    const refused = expect(live.burst(50)).rejects.toMatchObject({ code: "device/closed" });
    await live.close();
    await refused;
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
