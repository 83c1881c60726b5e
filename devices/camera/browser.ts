/**
 * The person's own browser as a camera: the kiosk screen takes the pictures and the booth pushes them in here. The driver says what
 * it wants (a preview, so many stills at full size); the screen sends just that.
 */

import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { absent } from "../absent.ts";
import { browserCameraLimits, cameraLimits } from "../limits.ts";
import type { DeviceDriver } from "../port.ts";
import { type CameraInfo, FrameCamera, type FrameSink, type FrameSource } from "./frame-camera.ts";
import { type MjpegFrame, MjpegParser } from "./mjpeg-parser.ts";

/** What the screen should send now. */
export interface BrowserCameraWish {
  readonly preview: boolean;
  /** Counts up: one still at full size for each count. */
  readonly stillsWanted: number;
}

export interface BrowserCamera extends DeviceDriver<"camera"> {
  /** Whether a browser with a camera is there; while it is not, no camera is listed, and an open one ends with `device/unplugged`. */
  setPresent(present: boolean): void;
  /** One JPEG from the browser. Throws `device/bad-data` or `device/too-large` for anything else. */
  push(jpeg: Uint8Array, kind: "preview" | "still"): void;
  wish(): BrowserCameraWish;
  /** Called whenever the wish changes; returns the function that stops it. */
  onWish(listener: (wish: BrowserCameraWish) => void): () => void;
}

const info: CameraInfo = {
  id: "browser:camera",
  kind: "camera",
  driver: "browser",
  name: "This browser's camera",
  simulated: false,
};

export function browserCamera(clock: Clock): BrowserCamera {
  const changed = new Set<() => void>();
  const wishListeners = new Set<(wish: BrowserCameraWish) => void>();
  let present = false;
  let wish: BrowserCameraWish = { preview: false, stillsWanted: 0 };
  let sink: FrameSink | null = null;
  let awaited = 0;
  const setWish = (next: BrowserCameraWish) => {
    if (next.preview === wish.preview && next.stillsWanted === wish.stillsWanted) return;
    wish = next;
    for (const listener of [...wishListeners]) listener(wish);
  };
  const source = (): FrameSource => {
    let mine: FrameSink | null = null;
    const stop = () => {
      if (sink === mine) sink = null;
      awaited = 0;
      setWish({ ...wish, preview: false });
    };
    return {
      start: (into) => {
        mine = into;
        sink = into;
      },
      stop,
      demand: ({ preview, stills }) => {
        const more = Math.max(0, stills - awaited);
        awaited = stills;
        setWish({ preview, stillsWanted: wish.stillsWanted + more });
      },
      close: async () => stop(),
    };
  };
  return {
    kind: "camera",
    name: "browser",
    list: async () => (present ? [info] : []),
    open: async () => {
      if (!present) throw absent("camera");
      return new FrameCamera({ info, clock, source: source(), lingerMs: 0, ...browserCameraLimits });
    },
    watch: (callback, signal) => {
      changed.add(callback);
      signal.addEventListener("abort", () => changed.delete(callback), { once: true });
    },
    setPresent: (now) => {
      if (present === now) return;
      present = now;
      if (!now) sink?.failed(new KabinaError("device/unplugged", { device: info.name }));
      for (const callback of [...changed]) callback();
    },
    push: (jpeg, kind) => sink?.frame(oneFrame(jpeg), kind === "still"),
    wish: () => wish,
    onWish: (listener) => {
      wishListeners.add(listener);
      return () => wishListeners.delete(listener);
    },
  };
}

/** Exactly one JPEG, whole, with its size from its own header. */
function oneFrame(jpeg: Uint8Array): MjpegFrame {
  if (jpeg.length > cameraLimits.frameBytes) {
    throw new KabinaError("device/too-large", { device: info.name, limit: cameraLimits.frameBytes });
  }
  let found: MjpegFrame | null = null;
  let faults = 0;
  const parser = new MjpegParser({
    maxFrameBytes: cameraLimits.frameBytes,
    maxSide: cameraLimits.framePixelsPerSide,
    onFrame: (frame) => {
      faults += found === null ? 0 : 1;
      found = frame;
    },
    onDrop: () => {
      faults += 1;
    },
  });
  parser.push(jpeg);
  if (found === null || faults > 0 || parser.pendingBytes > 0) {
    throw new KabinaError("device/bad-data", { device: info.name, reason: "a picture that is no whole JPEG" });
  }
  return found;
}
