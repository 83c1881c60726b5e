/**
 * Camera by ffmpeg as a child process: a v4l2 device, or a file (MJPEG or any video, looped at its own rate). ffmpeg is started
 * without a shell and writes full-size MJPEG into a pipe; previews are scaled from the same frames, so one open device serves both.
 * The process runs only while somebody looks: a camera that is on when nobody needs it is not polite.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { stat } from "node:fs/promises";
import { extname } from "node:path";
import type { Clock } from "../../crypto/environment.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import { absent } from "../absent.ts";
import { cameraLimits } from "../limits.ts";
import type { DeviceDriver, WaitOptions } from "../port.ts";
import { type CameraInfo, FrameCamera, type FrameSink, type FrameSource } from "./frame-camera.ts";
import { MjpegParser } from "./mjpeg-parser.ts";
import { listVideoDevices, watchVideoDevices } from "./v4l2.ts";

/** What ffmpeg reads from. */
export type FfmpegInput =
  | {
      readonly kind: "v4l2";
      readonly path: string;
      /** `mjpeg`: the camera's own JPEG goes through untouched; `raw`: ffmpeg compresses. */
      readonly format: "mjpeg" | "raw";
      readonly width: number;
      readonly height: number;
      readonly fps: number;
    }
  | { readonly kind: "file"; readonly path: string; readonly fps?: number };

export interface FfmpegCameraOptions {
  readonly clock: Clock;
  /** The program; found on PATH by default. */
  readonly ffmpeg?: string;
  /** Size and rate asked of v4l2 devices. */
  readonly width?: number;
  readonly height?: number;
  readonly fps?: number;
  /** Files that are offered as cameras, beside the v4l2 devices. */
  readonly files?: readonly string[];
  /** False leaves the v4l2 devices out: a demonstration uses the files only. */
  readonly v4l2?: boolean;
  /** Called with the process id of each ffmpeg that is started. */
  readonly onProcess?: (pid: number) => void;
}

const LINGER_MS = 10_000;
const KILL_AFTER_MS = 1_500;
/** JPEG of high quality from any other picture. */
const COMPRESS = ["-c:v", "mjpeg", "-q:v", "3", "-pix_fmt", "yuvj420p"] as const;
const STDERR_KEPT = 2_000;

export function ffmpegCameras(options: FfmpegCameraOptions): DeviceDriver<"camera"> {
  const files = options.files ?? [];
  const wantsV4l2 = options.v4l2 ?? true;
  const list = async (): Promise<CameraInfo[]> => {
    const found: CameraInfo[] = [];
    for (const path of files) {
      if (await isFile(path)) found.push(cameraInfo(`file:${path}`, "Simulated camera", true));
    }
    if (wantsV4l2) {
      for (const video of await listVideoDevices()) found.push(cameraInfo(`v4l2:${video.path}`, video.name, false));
    }
    return found;
  };
  return {
    kind: "camera",
    name: "ffmpeg",
    list,
    async open(id, wait) {
      const info = (await list()).find((one) => one.id === id);
      if (info === undefined) throw absent("camera");
      let failure: unknown;
      for (const input of inputsFor(id, options)) {
        try {
          return await openInput(input, info, options, wait);
        } catch (error) {
          failure = error;
          // Only a camera that gives no JPEG of its own is worth a second way.
          if (!isCoded(error) || error.code !== "device/open-failed") break;
        }
      }
      throw failure;
    },
    watch(changed, signal) {
      if (wantsV4l2) watchVideoDevices(changed, signal);
    },
  };
}

/** The ways to read a device, best first. */
function inputsFor(id: string, options: FfmpegCameraOptions): FfmpegInput[] {
  const path = id.slice(id.indexOf(":") + 1);
  if (!id.startsWith("v4l2:")) {
    return [{ kind: "file", path, ...(options.fps === undefined ? {} : { fps: options.fps }) }];
  }
  const asked = { path, width: options.width ?? 1920, height: options.height ?? 1080, fps: options.fps ?? 30 };
  return [
    { kind: "v4l2", format: "mjpeg", ...asked },
    { kind: "v4l2", format: "raw", ...asked },
  ];
}

async function openInput(
  input: FfmpegInput,
  info: CameraInfo,
  options: FfmpegCameraOptions,
  wait: WaitOptions | undefined,
): Promise<FrameCamera> {
  const source = new FfmpegSource(input, info, options);
  const camera = new FrameCamera({
    info,
    clock: options.clock,
    source,
    lingerMs: LINGER_MS,
    neverRepeats: !info.simulated,
  });
  try {
    // A camera counts as open when it has given a picture: busy, forbidden and dead devices show themselves here.
    await camera.still({ timeoutMs: cameraLimits.firstFrameMs, ...wait });
    return camera;
  } catch (error) {
    const ended = camera.health().problem;
    await camera.close();
    throw ended === null ? error : new KabinaError(ended.code, ended.details, { cause: error });
  }
}

const cameraInfo = (id: string, name: string, simulated: boolean): CameraInfo => ({
  id,
  kind: "camera",
  driver: "ffmpeg",
  name,
  simulated,
});

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** The arguments for one input; exported for the test that no input can become an option or a second argument. */
export function ffmpegArguments(input: FfmpegInput): string[] {
  const quiet = ["-hide_banner", "-nostdin", "-loglevel", "error"];
  const output = ["-an", "-sn", "-dn", "-f", "mjpeg", "pipe:1"];
  if (input.kind === "v4l2") {
    const size = ["-framerate", String(input.fps), "-video_size", `${input.width}x${input.height}`, "-i", input.path];
    // The camera's own JPEG needs no second compression, and hardly any processor time.
    return input.format === "mjpeg"
      ? [...quiet, "-f", "v4l2", "-input_format", "mjpeg", ...size, "-c:v", "copy", ...output]
      : [...quiet, "-f", "v4l2", ...size, ...COMPRESS, ...output];
  }
  const rate = input.fps === undefined ? [] : ["-framerate", String(input.fps)];
  const isMjpeg = [".mjpeg", ".mjpg"].includes(extname(input.path).toLowerCase());
  const demuxer = isMjpeg ? ["-f", "mjpeg", ...rate] : [];
  const codec = isMjpeg ? ["-c:v", "copy"] : COMPRESS;
  return [...quiet, "-stream_loop", "-1", "-re", ...demuxer, "-i", `file:${input.path}`, ...codec, ...output];
}

class FfmpegSource implements FrameSource {
  readonly #input: FfmpegInput;
  readonly #info: CameraInfo;
  readonly #options: FfmpegCameraOptions;
  #process: ChildProcess | null = null;
  readonly #leaving = new Set<Promise<void>>();

  constructor(input: FfmpegInput, info: CameraInfo, options: FfmpegCameraOptions) {
    this.#input = input;
    this.#info = info;
    this.#options = options;
  }

  start(sink: FrameSink): void {
    const program = this.#options.ffmpeg ?? "ffmpeg";
    const child = spawn(program, ffmpegArguments(this.#input), { stdio: ["ignore", "pipe", "pipe"] });
    this.#process = child;
    if (child.pid !== undefined) this.#options.onProcess?.(child.pid);
    let frames = 0;
    let stderr = "";
    const parser = new MjpegParser({
      maxFrameBytes: cameraLimits.frameBytes,
      maxSide: cameraLimits.framePixelsPerSide,
      onFrame: (frame) => {
        frames += 1;
        if (this.#process === child) sink.frame(frame, true);
      },
    });
    const fail = (error: KabinaError) => {
      if (this.#process !== child) return;
      this.#process = null;
      sink.failed(error);
    };
    child.stdout?.on("data", (chunk: Buffer) => parser.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => {
      stderr = (stderr + chunk.toString("latin1")).slice(-STDERR_KEPT);
    });
    child.on("error", (error) => fail(this.#spawnError(error)));
    child.on("close", () => fail(this.#exitError(stderr, frames)));
  }

  stop(): void {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const gone = new Promise<void>((resolve) => {
      // SIGKILL also ends a stopped or stuck process; ffmpeg has nothing to save.
      const timer = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS).unref();
      child.once("close", () => {
        clearTimeout(timer);
        resolve();
      });
    });
    this.#leaving.add(gone);
    void gone.then(() => this.#leaving.delete(gone));
    child.kill("SIGTERM");
  }

  async close(): Promise<void> {
    this.stop();
    await Promise.all(this.#leaving);
  }

  #spawnError(error: Error): KabinaError {
    if ("code" in error && error.code === "ENOENT") {
      return new KabinaError("device/driver-missing", {
        driver: "ffmpeg",
        needs: "the program ffmpeg",
        install: "apt-get install ffmpeg",
      });
    }
    return this.#error("device/open-failed", { reason: error.message }, error);
  }

  #exitError(stderr: string, frames: number): KabinaError {
    const cause = new Error(stderr.trim());
    if (/busy/i.test(stderr)) return this.#error("device/busy", {}, cause);
    if (/permission denied|not permitted/i.test(stderr)) {
      return this.#error("device/permission", { path: this.#input.path }, cause);
    }
    if (frames === 0) return this.#error("device/open-failed", { reason: lastLine(stderr) }, cause);
    return this.#error("device/unplugged", {}, cause);
  }

  #error(code: string, details: KabinaError["details"], cause: unknown): KabinaError {
    return new KabinaError(code, { device: this.#info.name, ...details }, { cause });
  }
}

const lastLine = (text: string) => text.trim().split("\n").at(-1) || "it gave no picture";
