/**
 * From a camera's frame to what the screen is told of it, by the booth's own loop (`booth/capture/face-loop.ts`): a camera that plays 25
 * rendered frames of 1280 × 720 a second, its preview, the detector's thread, the guide. A frame's time begins where the camera port stamps
 * it. A frame that comes while another is in work waits until that is done, or is passed over for a newer one, as live. Baseline of the
 * same run: the engine alone, in this thread, on the same frames as large as the loop shows them to it.
 *
 *     npm run build && node dist/test/bench/face-latency.js [--seconds 20]
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openFaceDetector } from "../../biometrics/face/detector.ts";
import { FaceEngine } from "../../biometrics/face/engine.ts";
import { faceLimits } from "../../biometrics/face/limits.ts";
import { MotionWatch } from "../../biometrics/face/presentation/motion-watch.ts";
import { encodeJpeg } from "../../biometrics/image/codec.ts";
import { FaceModel } from "../../biometrics/synthetic/face.ts";
import { faceTraits } from "../../biometrics/synthetic/face-traits.ts";
import type { BoothDevices, WatchedDevice } from "../../booth/capture/devices.ts";
import { faceLoop } from "../../booth/capture/face-loop.ts";
import { captureLimits } from "../../booth/capture/limits.ts";
import type { Stage } from "../../booth/session/activity.ts";
import { stillLife } from "../../booth/session/live.ts";
import { systemClock as clock } from "../../crypto/system-environment.ts";
import type { Camera } from "../../devices/port.ts";
import { simulatedCamera } from "../../devices/simulator/camera.ts";
import { Plug } from "../../devices/simulator/plug.ts";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "20" } } });
const size = { width: 1280, height: 720 } as const;
const rendered = 24;

const model = new FaceModel(faceTraits(7));
// Looks about, so that the guide has something to say and never takes the picture.
const scene = (frame: number, { width, height }: { readonly width: number; readonly height: number }) =>
  model.photograph({ width, height, yaw: 18 + 5 * Math.sin((2 * Math.PI * frame) / rendered), frame }).image;
const folder = await mkdtemp(join(tmpdir(), "kabina-latency-"));
const file = join(folder, "live.mjpeg");
const frames = await Promise.all(Array.from({ length: rendered }, (_, frame) => encodeJpeg(scene(frame, size))));
await writeFile(file, Buffer.concat(frames));

const engine = await FaceEngine.open(faceLimits.detection);
const shown = {
  width: captureLimits.guideFrameWidth,
  height: (captureLimits.guideFrameWidth * size.height) / size.width,
};
const small = Array.from({ length: rendered }, (_, frame) => scene(frame, shown));
const alone = Array.from({ length: 5 * rendered }, (_, i) => {
  const start = clock.monotonic();
  engine.follow(small[i % rendered]!, () => clock.monotonic());
  return clock.monotonic() - start;
}).slice(rendered);

const driver = simulatedCamera({ clock, file, plug: new Plug() });
const [info] = await driver.list();
const camera = await driver.open(info!.id);
const detector = await openFaceDetector();
const ended = new AbortController();
const latencies: number[] = [];
const taken: number[] = [];
let newest = 0;

/** The camera, with a note of the frame that the loop works on. */
const noted: Pick<Camera, "preview"> = {
  async *preview(options) {
    for await (const frame of camera.preview(options)) {
      newest = frame.takenAt;
      yield frame;
    }
  },
};
const watched = { current: noted, info: info!, health: () => camera.health() } as unknown as WatchedDevice<"camera">;
const live = stillLife();
const stage = {
  session: { face: { source: "booth" }, problem: null },
  signal: ended.signal,
  emit: async () => {},
  live: (change: (live: ReturnType<typeof stillLife>) => void) => {
    change(live);
    if (newest === 0 || taken.at(-1) === newest) return;
    taken.push(newest);
    latencies.push(clock.monotonic() - newest);
  },
} as unknown as Stage;

const devices = { camera: watched } as unknown as BoothDevices;
const loop = faceLoop({ devices, browser: watched, detector, motion: new MotionWatch(), previewUrl: () => "/" });
const before = process.cpuUsage();
const running = loop(stage);
await new Promise((resolve) => setTimeout(resolve, 1000 * Number(values.seconds)));
ended.abort();
await running;
const { user, system } = process.cpuUsage(before);
await detector.close();
await camera.close();
await rm(folder, { recursive: true });

const sorted = (list: readonly number[]) => [...list].sort((a, b) => a - b);
const at = (list: readonly number[], share: number) => sorted(list)[Math.floor(share * (list.length - 1))]!;
// The first second is the networks' warming up.
const counted = latencies.slice(Math.ceil(latencies.length / Number(values.seconds)));
const text = (list: readonly number[]) =>
  `median ${at(list, 0.5).toFixed(1)} ms, 95th percentile ${at(list, 0.95).toFixed(1)} ms`;
console.log(`engine alone ${shown.width}×${shown.height}: ${text(alone)}`);
console.log(
  `frame to hint, camera ${size.width}×${size.height} at 25 a second: ${text(counted)}, longest ${at(counted, 1).toFixed(0)} ms, ${counted.length} frames seen in ${Number(values.seconds) - 1} s; ${(at(counted, 0.5) / at(alone, 0.5)).toFixed(2)} × the engine; last hint ${live.face.hint}; ${((user + system) / 1000 / latencies.length).toFixed(0)} ms of CPU a frame`,
);
