/** A simulated camera: plays the synthetic person's live pictures from memory, from their beginning whenever somebody begins to look. */
import { readFile, stat } from "node:fs/promises";
import sharp from "sharp";
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { type CameraInfo, FrameCamera, type FrameSink, type FrameSource } from "../camera/frame-camera.ts";
import { type MjpegFrame, MjpegParser } from "../camera/mjpeg-parser.ts";
import { cameraLimits } from "../limits.ts";
import type { DeviceDriver } from "../port.ts";
import { type CameraFault, FaultScript } from "./fault-plan.ts";
import type { Plug } from "./plug.ts";

export interface SimulatedCameraOptions {
  readonly clock: Clock;
  /** Concatenated JPEG images: `face/live.mjpeg` of a synthetic person. */
  readonly file: string;
  readonly plug: Plug;
  readonly faults?: readonly CameraFault[];
  readonly fps?: number;
  readonly frozenAfterMs?: number;
}

/** The rate at which `kabina person make` draws its live pictures. */
const FPS = 25;
const FILE_BYTES = 256 * 1024 * 1024;
const info: CameraInfo = {
  id: "simulated:camera",
  kind: "camera",
  driver: "simulator",
  name: "Simulated camera",
  simulated: true,
};

export function simulatedCamera(options: SimulatedCameraOptions): DeviceDriver<"camera"> {
  const script = new FaultScript(options.faults);
  return {
    kind: "camera",
    name: "simulator",
    list: async () => (options.plug.isIn ? [info] : []),
    watch: (changed, signal) => options.plug.watch(changed, signal),
    open: async () => {
      await options.plug.assertOpens(info.name, "camera");
      const frames = await readFrames(options.file);
      const source = new PlayedFrames(frames, script, options);
      const frozen = options.frozenAfterMs === undefined ? {} : { frozenAfterMs: options.frozenAfterMs };
      return new FrameCamera({ info, clock: options.clock, source, lingerMs: 0, ...frozen });
    },
  };
}

/** Every frame of an MJPEG file. */
export async function readFrames(path: string): Promise<readonly MjpegFrame[]> {
  const { size } = await stat(path).catch((cause: unknown) => {
    throw new KabinaError(
      "device/open-failed",
      { device: info.name, reason: "no live pictures in this folder" },
      { cause },
    );
  });
  if (size > FILE_BYTES) throw new KabinaError("device/too-large", { device: info.name, limit: FILE_BYTES });
  const frames: MjpegFrame[] = [];
  const parser = new MjpegParser({
    maxFrameBytes: cameraLimits.frameBytes,
    maxSide: cameraLimits.framePixelsPerSide,
    onFrame: (frame) => frames.push(frame),
  });
  parser.push(await readFile(path));
  if (frames.length === 0) throw new KabinaError("device/open-failed", { device: info.name, reason: "no pictures" });
  return frames;
}

class PlayedFrames implements FrameSource {
  readonly #frames: readonly MjpegFrame[];
  readonly #script: FaultScript<CameraFault>;
  readonly #options: SimulatedCameraOptions;
  #timer: NodeJS.Timeout | undefined;
  #position = 0;
  #running = 0;
  #black = 0;
  #slow = { frames: 0, delayMs: 0 };
  #cut = 0;
  #width: number | null = null;
  #frozen = false;

  constructor(frames: readonly MjpegFrame[], script: FaultScript<CameraFault>, options: SimulatedCameraOptions) {
    this.#frames = frames;
    this.#script = script;
    this.#options = options;
  }

  start(sink: FrameSink): void {
    this.#position = 0;
    this.#running += 1;
    const run = this.#running;
    const period = 1000 / (this.#options.fps ?? FPS);
    const tick = async () => {
      for (const fault of this.#script.next()) this.#begin(fault, sink);
      if (run !== this.#running || this.#frozen) return;
      const frame = await this.#picture();
      if (run !== this.#running) return;
      if (frame !== null) sink.frame(frame, true);
      const late = this.#slow.frames > 0 ? this.#slow.delayMs : 0;
      this.#slow.frames -= 1;
      this.#timer = setTimeout(() => void tick(), period + late);
    };
    this.#timer = setTimeout(() => void tick(), period);
  }

  stop(): void {
    this.#running += 1;
    clearTimeout(this.#timer);
  }

  async close(): Promise<void> {
    this.stop();
  }

  #begin(fault: CameraFault, sink: FrameSink): void {
    if (fault.fault === "unplug") {
      this.#options.plug.pull(fault.backAfterMs);
      sink.failed(new KabinaError("device/unplugged", { device: info.name }));
    } else if (fault.fault === "freeze") this.#frozen = true;
    else if (fault.fault === "black") this.#black = fault.frames;
    else if (fault.fault === "resolution") this.#width = fault.width;
    else if (fault.fault === "slow") this.#slow = { frames: fault.frames, delayMs: fault.delayMs };
    else this.#cut = fault.frames;
  }

  /** The next picture as the faults leave it; null for one that is cut short, as a parser of a real stream would drop it. */
  async #picture(): Promise<MjpegFrame | null> {
    const frame = this.#frames[this.#position % this.#frames.length] as MjpegFrame;
    this.#position += 1;
    if (this.#cut > 0) {
      this.#cut -= 1;
      return null;
    }
    if (this.#black > 0) {
      this.#black -= 1;
      return blackFrame(frame.width, frame.height);
    }
    return this.#width === null ? frame : scaledFrame(frame, this.#width);
  }
}

async function blackFrame(width: number, height: number): Promise<MjpegFrame> {
  const black = { width, height, channels: 3 as const, background: { r: 0, g: 0, b: 0 } };
  return { jpeg: new Uint8Array(await sharp({ create: black }).jpeg().toBuffer()), width, height };
}

async function scaledFrame(frame: MjpegFrame, width: number): Promise<MjpegFrame> {
  const { data, info: scaled } = await sharp(frame.jpeg).resize({ width }).jpeg().toBuffer({ resolveWithObject: true });
  return { jpeg: new Uint8Array(data), width: scaled.width, height: scaled.height };
}
