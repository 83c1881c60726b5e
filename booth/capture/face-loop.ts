/** The face, live: frames through the detector (a worker thread) and the guide, until the guide says "now". */
import type { FaceDetector } from "../../biometrics/face/detector.ts";
import { PortraitGuide } from "../../biometrics/face/guide.ts";
import type { MotionWatch } from "../../biometrics/face/presentation/motion-watch.ts";
import { decodeImage } from "../../biometrics/image/codec.ts";
import type { Camera } from "../../devices/port.ts";
import type { Activity, Stage } from "../session/activity.ts";
import { type BoothDevices, need, type WatchedDevice } from "./devices.ts";
import { captureLimits } from "./limits.ts";

export interface FaceTools {
  readonly devices: BoothDevices;
  /** The person's own camera. */
  readonly browser: WatchedDevice<"camera">;
  readonly detector: FaceDetector;
  /** How the face moved before its picture was taken. */
  readonly motion: MotionWatch;
  /** The path of the live picture for this session's screen. */
  previewUrl(): string;
}

export function faceLoop(tools: FaceTools): Activity {
  return async (stage) => {
    const source = stage.session.face.source;
    const place = (live: "mjpeg" | "browser" | "none") =>
      stage.live(({ face }) => {
        face.preview.source = live;
        face.preview.url = live === "mjpeg" ? tools.previewUrl() : null;
        face.preview.canUseBooth = tools.devices.camera.current !== null;
        face.preview.canUseBrowser = tools.browser.current !== null;
      });
    place(source === "browser" ? "browser" : "none");
    const camera = await cameraOf(tools, stage);
    place(source === "browser" ? "browser" : "mjpeg");
    const guide = new PortraitGuide();
    tools.motion.reset();
    for await (const frame of camera.preview({ signal: stage.signal, maxWidth: captureLimits.guideFrameWidth })) {
      const observation = await tools.detector.observe(await decodeImage(frame.jpeg));
      if (stage.signal.aborted) return;
      if (observation === undefined) continue;
      tools.motion.observe(observation, frame.takenAt);
      const state = guide.observe(observation, frame.takenAt);
      const box = observation.faces[0]?.box;
      const { width, height } = observation;
      stage.live(({ face }) => {
        face.outline = state.outline;
        face.hint = state.hint;
        face.hold = state.hold;
        face.preview.width = width;
        face.preview.height = height;
        face.face =
          box === undefined
            ? null
            : { x: box.x / width, y: box.y / height, width: box.width / width, height: box.height / height };
      });
      if (state.take) return stage.emit({ type: "face.take" });
    }
  };
}

/** The camera that the session uses now. */
export function cameraOf(tools: FaceTools, stage: Stage): Promise<Camera> {
  return need(stage.session.face.source === "browser" ? tools.browser : tools.devices.camera, "camera", stage);
}
