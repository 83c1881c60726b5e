/** Fingerprint sensors through libfprint: any sensor that it supports and that gives images. */

import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { absent } from "../absent.ts";
import { ChildService } from "../child/service.ts";
import { DeviceCore } from "../device-core.ts";
import { fingerprintLimits, supervisorLimits } from "../limits.ts";
import type {
  DeviceDriver,
  DeviceInfo,
  FingerCaptureOptions,
  FingerImage,
  FingerProgress,
  FingerprintSensor,
} from "../port.ts";

export interface LibfprintOptions {
  readonly clock: Clock;
  /** For the child: `FP_VIRTUAL_IMAGE` names the socket of libfprint's own virtual sensor. */
  readonly env?: Readonly<Record<string, string>>;
  readonly onProcess?: (pid: number) => void;
  readonly pingEveryMs?: number;
  readonly pingAnswerMs?: number;
}

type SensorInfo = DeviceInfo & { readonly kind: "fingerprint" };
type Sensors = Map<string, LibfprintSensor>;

export function libfprintSensors(options: LibfprintOptions): DeviceDriver<"fingerprint"> & { close(): Promise<void> } {
  const open: Sensors = new Map();
  const service = new ChildService({
    clock: options.clock,
    script: new URL("./libfprint-child", import.meta.url),
    caller: import.meta.url,
    device: "libfprint",
    env: options.env ?? {},
    ...(options.pingEveryMs === undefined ? {} : { pingEveryMs: options.pingEveryMs }),
    ...(options.pingAnswerMs === undefined ? {} : { pingAnswerMs: options.pingAnswerMs }),
    onProcess: options.onProcess,
    onEvent: (name, data) => {
      if (name !== "finger") return;
      const { id, ...progress } = data as { id: string } & FingerProgress;
      open.get(id)?.progress(progress);
    },
    onLost: (why) => {
      for (const sensor of [...open.values()]) sensor.lost(why);
      open.clear();
    },
  });
  const list = async (signal: AbortSignal | undefined): Promise<SensorInfo[]> => {
    const request = { signal, timeoutMs: supervisorLimits.listMs };
    const found = await service.request<{ id: string; name: string; virtual: boolean }[]>("list", null, request);
    return found.map(({ id, name, virtual }) => ({
      id,
      kind: "fingerprint",
      driver: "libfprint",
      name,
      simulated: virtual,
    }));
  };
  return {
    kind: "fingerprint",
    name: "libfprint",
    list: (wait) => list(wait?.signal),
    open: async (id, wait) => {
      const info = (await list(wait?.signal)).find((one) => one.id === id);
      if (info === undefined) throw absent("fingerprint");
      if (open.has(id)) throw new KabinaError("device/busy", { device: info.name });
      await service.request("open", { id }, { signal: wait?.signal, timeoutMs: fingerprintLimits.openTimeoutMs });
      const sensor = new LibfprintSensor(info, options.clock, service, () => open.delete(id));
      open.set(id, sensor);
      return sensor;
    },
    close: () => service.close(),
  };
}

class LibfprintSensor implements FingerprintSensor {
  readonly #core: DeviceCore<SensorInfo>;
  readonly #service: ChildService;
  readonly #forget: () => void;
  #onProgress: ((progress: FingerProgress) => void) | null = null;
  /** Of the capture under way; aborted when the sensor is closed. */
  #capturing: AbortController | null = null;

  constructor(info: SensorInfo, clock: Clock, service: ChildService, forget: () => void) {
    this.#core = new DeviceCore(info, clock);
    this.#service = service;
    this.#forget = forget;
  }

  get info(): SensorInfo {
    return this.#core.info;
  }
  get ended() {
    return this.#core.ended;
  }
  health() {
    return this.#core.health();
  }
  on(listener: Parameters<FingerprintSensor["on"]>[0]) {
    return this.#core.on(listener);
  }

  async capture(options: FingerCaptureOptions = {}): Promise<FingerImage> {
    if (this.#core.isOver) throw this.#core.error("device/closed");
    if (this.#capturing !== null) throw this.#core.error("device/busy");
    const capturing = new AbortController();
    this.#capturing = capturing;
    this.#onProgress = options.onProgress ?? null;
    try {
      const timeoutMs = options.timeoutMs ?? fingerprintLimits.captureTimeoutMs;
      const signals = options.signal === undefined ? [] : [options.signal];
      const request = { signal: AbortSignal.any([capturing.signal, ...signals]), timeoutMs };
      const image = await this.#service.request<FingerImage>("capture", { id: this.info.id }, request);
      return this.#checked(image);
    } catch (error) {
      const ended = error instanceof KabinaError && ["device/unplugged", "device/hung"].includes(error.code);
      if (ended) this.lost(error);
      throw capturing.signal.aborted ? this.#core.error("device/closed", {}, error) : error;
    } finally {
      this.#capturing = null;
      this.#onProgress = null;
    }
  }

  async close(): Promise<void> {
    if (this.#core.isOver) return;
    this.#forget();
    this.#core.end(null);
    this.#capturing?.abort();
    await this.#service.request("close", { id: this.info.id }, { timeoutMs: supervisorLimits.closeMs }).catch(() => {});
  }

  progress(progress: FingerProgress): void {
    this.#onProgress?.(progress);
    if (progress.state === "placed") this.#core.emit({ type: "finger-placed" });
    if (progress.state === "lifted") this.#core.emit({ type: "finger-lifted" });
  }

  lost(why: KabinaError): void {
    this.#forget();
    this.#core.end(this.#core.error(why.code, why.details, why));
  }

  #checked(image: FingerImage): FingerImage {
    const { width, height, data } = image;
    const isPlausible = width > 0 && height > 0 && Math.max(width, height) <= fingerprintLimits.imageSide;
    if (!isPlausible || data.length !== width * height) {
      throw this.#core.error("device/bad-data", {
        reason: `an image of ${width} × ${height} with ${data.length} bytes`,
      });
    }
    return image;
  }
}
