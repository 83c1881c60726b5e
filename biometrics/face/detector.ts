/** Finds faces in frames, in a thread of its own, so that whoever asks is never blocked. */
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { BiometricsError } from "../errors.ts";
import type { RgbImage } from "../image/image.ts";
import type { PortraitAssessment } from "./assessment.ts";
import type { DetectorReply, DetectorRequest } from "./detector-worker.ts";
import type { FaceLikeness } from "./likeness.ts";
import { type FaceLimits, faceLimits, type PassLimits } from "./limits.ts";
import type { FaceObservation } from "./observation.ts";

export interface FaceDetector {
  /**
   * Observes a live frame. While one frame is in work, one more may wait; a newer frame takes its place and the older call
   * resolves to `undefined` (newest wins). The frame's bytes are copied.
   * @throws `face/engine-failed`, `face/engine-closed`
   */
  observe(frame: RgbImage): Promise<FaceObservation | undefined>;
  /** Judges a still portrait by every measure; never dropped. `pass`: limits in place of the usual ones. @throws `face/engine-failed`, `face/engine-closed` */
  assess(still: RgbImage, pass?: PassLimits): Promise<PortraitAssessment>;
  /** Ends the thread. Calls still open fail with `face/engine-closed`. */
  close(): Promise<void>;
}

/** A detector that can also tell whether two pictures show one person. */
export interface FaceComparer extends FaceDetector {
  /**
   * Compares the largest faces of two pictures; never dropped. The first call loads the network (about a second).
   * @throws `face/none` with `file` 1 or 2, `face/engine-failed`, `face/engine-closed`
   */
  compare(first: RgbImage, second: RgbImage): Promise<FaceLikeness>;
}

/** A thread is started by file, and Node runs no TypeScript: from the sources, the built file is taken. */
const workerFile = fileURLToPath(
  import.meta.url.endsWith(".ts")
    ? new URL("../../dist/biometrics/face/detector-worker.js", import.meta.url)
    : new URL("./detector-worker.js", import.meta.url),
);

/** A small nursery is swept often, and with it the pictures that are done with: a third less memory in use. */
const resourceLimits = { maxYoungGenerationSizeMb: 4 } as const;

/** Starts the engine and waits until its models are loaded (about a second). @throws `face/engine-failed` */
export async function openFaceDetector(limits: FaceLimits = faceLimits): Promise<FaceComparer> {
  const detector = new ThreadedDetector(limits);
  await detector.ready;
  return detector;
}

interface OpenCall {
  readonly request: DetectorRequest;
  readonly resolve: (reply: DetectorReply | undefined) => void;
  readonly reject: (error: unknown) => void;
}

class ThreadedDetector implements FaceComparer {
  readonly #worker: Worker;
  readonly ready: Promise<void>;
  /** Stills in order, then at most one frame. */
  #stills: OpenCall[] = [];
  #frame: OpenCall | undefined;
  #running: OpenCall | undefined;
  #failure: BiometricsError | undefined;

  constructor(limits: FaceLimits) {
    this.#worker = new Worker(workerFile, { workerData: limits, execArgv: [], resourceLimits });
    this.ready = new Promise((resolve, reject) => {
      this.#running = { request: { kind: "open" }, resolve: () => resolve(), reject };
    });
    this.#worker.on("message", (reply: DetectorReply) => this.#finish(reply));
    this.#worker.on("error", (cause) =>
      this.#fail(new BiometricsError("face/engine-failed", { reason: String(cause.message) }, { cause })),
    );
    this.#worker.on("exit", (code) =>
      this.#fail(new BiometricsError("face/engine-failed", { reason: `exit ${code}` })),
    );
  }

  async observe(frame: RgbImage): Promise<FaceObservation | undefined> {
    const reply = await this.#call({ kind: "observe", image: copyOf(frame) });
    return reply?.observation;
  }

  async assess(still: RgbImage, pass: PassLimits = {}): Promise<PortraitAssessment> {
    const reply = await this.#call({ kind: "assess", image: copyOf(still), pass });
    return reply!.assessment!;
  }

  async compare(first: RgbImage, second: RgbImage): Promise<FaceLikeness> {
    const reply = await this.#call({ kind: "compare", image: copyOf(first), other: copyOf(second) });
    return reply!.likeness!;
  }

  async close(): Promise<void> {
    this.#fail(new BiometricsError("face/engine-closed"));
    await this.#worker.terminate();
  }

  #call(request: DetectorRequest): Promise<DetectorReply | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      const call = { request, resolve, reject };
      if (request.kind !== "observe") this.#stills.push(call);
      else {
        this.#frame?.resolve(undefined);
        this.#frame = call;
      }
      this.#next();
    });
  }

  #next(): void {
    if (this.#running !== undefined) return;
    const still = this.#stills.shift();
    const call = still ?? this.#frame;
    if (call === undefined) {
      // An idle detector keeps no process alive.
      this.#worker.unref();
      return;
    }
    if (still === undefined) this.#frame = undefined;
    this.#running = call;
    this.#worker.ref();
    const { request } = call;
    this.#worker.postMessage(request, buffersOf(request));
  }

  #finish(reply: DetectorReply): void {
    const call = this.#running;
    this.#running = undefined;
    if (reply.failure === undefined) call?.resolve(reply);
    else call?.reject(new BiometricsError(reply.failure.code, reply.failure.details));
    this.#next();
  }

  #fail(failure: BiometricsError): void {
    this.#failure ??= failure;
    const open = [this.#running, this.#frame, ...this.#stills];
    this.#running = undefined;
    this.#frame = undefined;
    this.#stills = [];
    for (const call of open) call?.reject(this.#failure);
  }
}

/** What is handed over to the thread rather than copied once more. */
function buffersOf(request: DetectorRequest): ArrayBuffer[] {
  if (request.kind === "open") return [];
  const images = request.kind === "compare" ? [request.image, request.other] : [request.image];
  return images.map(({ data }) => data.buffer as ArrayBuffer);
}

/** A copy whose buffer may be handed to the thread. */
function copyOf({ width, height, data }: RgbImage): RgbImage {
  if (data.length !== width * height * 3)
    throw new BiometricsError("face/engine-failed", { reason: `frame of ${data.length} bytes for ${width}×${height}` });
  return { width, height, data: data.slice() };
}
