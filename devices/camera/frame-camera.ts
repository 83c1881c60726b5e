/** A camera made from any source of full-size JPEG frames: previews, stills, bursts, and the watch over frozen and black pictures. */
import sharp from "sharp";
import type { Clock } from "../../crypto/environment.ts";
import type { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { DeviceCore } from "../device-core.ts";
import { cameraLimits } from "../limits.ts";
import type {
  Camera,
  CameraFrame,
  DeviceEvent,
  DeviceHealth,
  DeviceInfo,
  PreviewOptions,
  WaitOptions,
} from "../port.ts";
import { waitFor } from "../wait.ts";

export type CameraInfo = DeviceInfo & { readonly kind: "camera" };

/** What a source is asked for now. */
export interface FrameDemand {
  /** Somebody looks at the preview. */
  readonly preview: boolean;
  /** So many frames at full size are awaited. */
  readonly stills: number;
}

export interface FrameSink {
  /** One frame. `full` is false for a frame that is fit for the preview only. */
  frame(frame: { readonly jpeg: Uint8Array; readonly width: number; readonly height: number }, full: boolean): void;
  /** The source is over: the camera ends with this failure. */
  failed(error: KabinaError): void;
}

/** Where frames come from: a child process, a file of frames, a browser. */
export interface FrameSource {
  /** Begins to send frames into the sink. */
  start(sink: FrameSink): void;
  /** Stops sending; may be started again. */
  stop(): void;
  /** Told whenever the demand changes while started. */
  demand?(demand: FrameDemand): void;
  /** Releases everything; resolves when it is gone. */
  close(): Promise<void>;
}

export interface FrameCameraOptions {
  readonly info: CameraInfo;
  readonly clock: Clock;
  readonly source: FrameSource;
  /** The source keeps running for so long after nobody needs it; 0 stops it at once. */
  readonly lingerMs: number;
  readonly frozenAfterMs?: number;
  readonly firstFrameMs?: number;
  /** True for a real sensor, whose noise makes every picture another one: the same bytes over and over mean that it is frozen. */
  readonly neverRepeats?: boolean;
}

type Listener = (frame: CameraFrame, full: boolean) => void;

export class FrameCamera implements Camera {
  readonly #core: DeviceCore<CameraInfo>;
  readonly #options: FrameCameraOptions;
  readonly #listeners = new Set<Listener>();
  #previews = 0;
  #stills = 0;
  #running = false;
  #sequence = 0;
  #lastFrameAt = 0;
  #seenFrame = false;
  #lastJpeg: Uint8Array | null = null;
  #size: { width: number; height: number } | null = null;
  /** What the camera was opened with. */
  #firstSize: { width: number; height: number } | null = null;
  #lastBlackCheckAt = Number.NEGATIVE_INFINITY;
  #watch: NodeJS.Timeout | undefined;
  #linger: NodeJS.Timeout | undefined;

  constructor(options: FrameCameraOptions) {
    this.#options = options;
    this.#core = new DeviceCore(options.info, options.clock);
  }

  get info(): CameraInfo {
    return this.#core.info;
  }
  get ended(): Promise<KabinaError | null> {
    return this.#core.ended;
  }
  health(): DeviceHealth {
    return this.#core.health();
  }
  on(listener: (event: DeviceEvent) => void): () => void {
    return this.#core.on(listener);
  }

  /** Size of the latest full frame; null before the first. */
  get size(): { readonly width: number; readonly height: number } | null {
    return this.#size;
  }

  async *preview(options: PreviewOptions = {}): AsyncGenerator<CameraFrame> {
    const maxWidth = options.maxWidth ?? cameraLimits.previewWidth;
    let newest: CameraFrame | null = null;
    let wake: () => void = () => {};
    let failure: KabinaError | null = null;
    let stopped = options.signal?.aborted ?? false;
    const stop = () => {
      stopped = true;
      wake();
    };
    const listener: Listener = (frame) => {
      newest = frame;
      wake();
    };
    options.signal?.addEventListener("abort", stop, { once: true });
    const forget = this.#core.whenOver((error) => {
      failure = error;
      wake();
    });
    this.#previews += 1;
    this.#attach(listener);
    try {
      while (!stopped) {
        if (failure !== null) throw failure;
        if (newest === null) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          continue;
        }
        const frame: CameraFrame = newest;
        newest = null;
        const scaled = await scaleDown(frame, maxWidth);
        if (scaled !== null && !stopped) yield scaled;
      }
    } finally {
      options.signal?.removeEventListener("abort", stop);
      forget();
      this.#previews -= 1;
      this.#detach(listener);
    }
  }

  async still(options?: WaitOptions): Promise<CameraFrame> {
    const [frame] = await this.#take(1, options);
    return frame as CameraFrame;
  }

  async burst(count: number, options?: WaitOptions): Promise<readonly CameraFrame[]> {
    if (!Number.isInteger(count) || count < 1 || count > cameraLimits.burstFrames) {
      throw this.#core.error("device/unsupported", { operation: `burst of ${count}` });
    }
    return this.#take(count, options);
  }

  async close(): Promise<void> {
    this.#core.end(null);
    await this.#release();
  }

  #take(count: number, options: WaitOptions | undefined): Promise<readonly CameraFrame[]> {
    const isAwake = this.#running && this.#seenFrame;
    const wakingMs = isAwake ? 0 : (this.#options.firstFrameMs ?? cameraLimits.firstFrameMs);
    const timeoutMs = wakingMs + cameraLimits.stillTimeoutMs + count * cameraLimits.slowestFrameMs;
    return waitFor(this.#core, options, timeoutMs, (settle) => {
      const frames: CameraFrame[] = [];
      const listener: Listener = (frame, full) => {
        if (!full || this.#tooSoon(frame, frames.at(-1))) return;
        frames.push(frame);
        this.#stills -= 1;
        this.#tellDemand();
        if (frames.length === count) settle.resolve(frames);
      };
      this.#stills += count;
      this.#attach(listener);
      return () => {
        this.#stills -= count - frames.length;
        this.#detach(listener);
      };
    });
  }

  /** A camera that runs by itself gives neighbours that are all but the same picture; one that is asked for each still sends what was asked. */
  #tooSoon(frame: CameraFrame, last: CameraFrame | undefined): boolean {
    if (last === undefined || this.#options.source.demand !== undefined) return false;
    return frame.takenAt - last.takenAt < cameraLimits.burstSpacingMs;
  }

  #attach(listener: Listener): void {
    this.#listeners.add(listener);
    clearTimeout(this.#linger);
    if (!this.#running && !this.#core.isOver) this.#start();
    this.#tellDemand();
  }

  #detach(listener: Listener): void {
    this.#listeners.delete(listener);
    this.#tellDemand();
    if (this.#listeners.size > 0 || !this.#running) return;
    if (this.#options.lingerMs === 0) this.#stop();
    else this.#linger = setTimeout(() => this.#stop(), this.#options.lingerMs).unref();
  }

  #tellDemand(): void {
    if (this.#running) this.#options.source.demand?.({ preview: this.#previews > 0, stills: this.#stills });
  }

  #start(): void {
    this.#running = true;
    this.#seenFrame = false;
    this.#lastFrameAt = this.#core.clock.monotonic();
    const frozenAfterMs = this.#options.frozenAfterMs ?? cameraLimits.frozenAfterMs;
    const firstFrameMs = this.#options.firstFrameMs ?? cameraLimits.firstFrameMs;
    this.#watch = setInterval(() => {
      const silence = this.#core.clock.monotonic() - this.#lastFrameAt;
      if (silence > (this.#seenFrame ? frozenAfterMs : firstFrameMs)) this.#fail(this.#core.error("device/frozen"));
    }, Math.min(frozenAfterMs, firstFrameMs) / 4).unref();
    this.#options.source.start({
      frame: (frame, full) => this.#receive(frame, full),
      failed: (error) => this.#fail(error),
    });
  }

  #stop(): void {
    if (!this.#running) return;
    this.#running = false;
    this.#lastJpeg = null;
    clearInterval(this.#watch);
    clearTimeout(this.#linger);
    this.#options.source.stop();
  }

  #fail(error: KabinaError): void {
    this.#core.end(error);
    void this.#release();
  }

  async #release(): Promise<void> {
    this.#stop();
    await this.#options.source.close();
  }

  #receive(frame: { jpeg: Uint8Array; width: number; height: number }, full: boolean): void {
    if (!this.#running) return;
    const takenAt = this.#core.clock.monotonic();
    if (!this.#repeats(frame.jpeg)) this.#lastFrameAt = takenAt;
    this.#seenFrame = true;
    if (full) this.#noteSize(frame.width, frame.height);
    const stamped: CameraFrame = { ...frame, takenAt, sequence: this.#sequence };
    this.#sequence += 1;
    for (const listener of [...this.#listeners]) listener(stamped, full);
    if (takenAt - this.#lastBlackCheckAt >= cameraLimits.blackCheckEveryMs) {
      this.#lastBlackCheckAt = takenAt;
      void this.#checkBlack(stamped);
    }
  }

  /** A black picture may repeat: a covered lens is told as such. */
  #repeats(jpeg: Uint8Array): boolean {
    if (this.#options.neverRepeats !== true || this.#core.health().problem?.code === "device/black") return false;
    const isSame = this.#lastJpeg !== null && Buffer.compare(this.#lastJpeg, jpeg) === 0;
    this.#lastJpeg = jpeg;
    return isSame;
  }

  #noteSize(width: number, height: number): void {
    const before = this.#size;
    this.#size = { width, height };
    this.#firstSize ??= this.#size;
    if (before === null || (before.width === width && before.height === height)) return;
    this.#core.emit({ type: "resolution-changed", width, height });
    const isBack = this.#firstSize.width === width && this.#firstSize.height === height;
    if (isBack && this.#core.health().problem?.code === "device/resolution-changed") this.#core.setHealth("ready");
    else if (!isBack)
      this.#core.setHealth("degraded", this.#core.error("device/resolution-changed", { width, height }));
  }

  async #checkBlack(frame: CameraFrame): Promise<void> {
    const luminance = await meanLuminance(frame.jpeg);
    if (luminance === null || this.#core.isOver) return;
    if (luminance <= cameraLimits.blackLuminance) {
      this.#core.setHealth("degraded", this.#core.error("device/black"));
    } else if (this.#core.health().problem?.code === "device/black") {
      this.#core.setHealth("ready");
    }
  }
}

const decode = (jpeg: Uint8Array) =>
  sharp(jpeg, { limitInputPixels: cameraLimits.framePixelsPerSide ** 2, sequentialRead: true });

/** The frame at most `maxWidth` wide; null when the picture in it cannot be decoded (a torn frame: the next one comes soon). */
function scaleDown(frame: CameraFrame, maxWidth: number): Promise<CameraFrame | null> {
  if (frame.width <= maxWidth) return Promise.resolve(frame);
  // The screen and the face detector look at the same frames: each is scaled once.
  const known = scaledFrames.get(frame) ?? new Map<number, Promise<CameraFrame | null>>();
  scaledFrames.set(frame, known);
  const scaled = known.get(maxWidth) ?? scaleFrame(frame, maxWidth);
  known.set(maxWidth, scaled);
  return scaled;
}

const scaledFrames = new WeakMap<CameraFrame, Map<number, Promise<CameraFrame | null>>>();

async function scaleFrame(frame: CameraFrame, maxWidth: number): Promise<CameraFrame | null> {
  try {
    const { data, info } = await decode(frame.jpeg)
      .resize({ width: maxWidth })
      .jpeg({ quality: cameraLimits.previewQuality })
      .toBuffer({ resolveWithObject: true });
    return { ...frame, jpeg: data, width: info.width, height: info.height };
  } catch {
    return null;
  }
}

/** Mean luminance 0–255 of a JPEG; null when it cannot be decoded. */
async function meanLuminance(jpeg: Uint8Array): Promise<number | null> {
  try {
    const pixels = await decode(jpeg).resize(16, 16, { fit: "fill" }).greyscale().raw().toBuffer();
    return pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
  } catch {
    return null;
  }
}
