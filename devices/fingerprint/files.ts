/**
 * A fingerprint sensor made of a folder of images: each capture of a finger gives its next impression, as a person who puts the
 * finger down again would, after a short live preview (nothing, a finger that comes, a finger that lies there).
 */
import { stat } from "node:fs/promises";
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { DeviceCore } from "../device-core.ts";
import { fingerprintLimits } from "../limits.ts";
import type {
  DeviceDriver,
  DeviceInfo,
  FingerCaptureOptions,
  FingerImage,
  FingerPosition,
  FingerprintSensor,
} from "../port.ts";
import { FaultScript, type FingerprintFault } from "../simulator/fault-plan.ts";
import { Plug } from "../simulator/plug.ts";
import { pause, waitFor } from "../wait.ts";
import { listImpressions, readImpression } from "./image-files.ts";

export interface FileSensorOptions {
  readonly clock: Clock;
  /** Holds `<position>_<impression>.png`. */
  readonly folder: string;
  readonly plug?: Plug;
  readonly faults?: readonly FingerprintFault[];
  /** How long each stage of the live preview lasts. */
  readonly stageMs?: number;
}

type SensorInfo = DeviceInfo & { readonly kind: "fingerprint" };

const STAGE_MS = 250;
const WHITE = 255;
/** How much of the print's contrast shows while the finger comes down. */
const STAGES = [0, 0.35, 0.7, 1] as const;
const DEFAULT_FINGER: FingerPosition = "right-index";

export function fileSensors(options: FileSensorOptions): DeviceDriver<"fingerprint"> {
  const plug = options.plug ?? new Plug();
  const script = new FaultScript(options.faults);
  const info: SensorInfo = {
    id: "file:fingers",
    kind: "fingerprint",
    driver: "files",
    name: "Simulated fingerprint sensor",
    simulated: true,
  };
  const captured = new Map<FingerPosition, number>();
  const isFolder = async () => (await stat(options.folder).catch(() => null))?.isDirectory() ?? false;
  return {
    kind: "fingerprint",
    name: "files",
    list: async () => (plug.isIn && (await isFolder()) ? [info] : []),
    watch: (changed, signal) => plug.watch(changed, signal),
    open: async () => {
      await plug.assertOpens(info.name, "fingerprint");
      return new FileSensor(info, options, plug, script, captured);
    },
  };
}

class FileSensor implements FingerprintSensor {
  readonly #core: DeviceCore<SensorInfo>;
  readonly #options: FileSensorOptions;
  readonly #plug: Plug;
  readonly #script: FaultScript<FingerprintFault>;
  readonly #captured: Map<FingerPosition, number>;
  #busy = false;

  constructor(
    info: SensorInfo,
    options: FileSensorOptions,
    plug: Plug,
    script: FaultScript<FingerprintFault>,
    captured: Map<FingerPosition, number>,
  ) {
    this.#core = new DeviceCore(info, options.clock);
    this.#options = options;
    this.#plug = plug;
    this.#script = script;
    this.#captured = captured;
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

  async close(): Promise<void> {
    this.#core.end(null);
  }

  async capture(options: FingerCaptureOptions = {}): Promise<FingerImage> {
    if (this.#busy) throw this.#core.error("device/busy");
    this.#busy = true;
    try {
      const faults = this.#script.next();
      if (faults.some(({ fault }) => fault === "hang")) await new Promise<never>(() => {});
      return await waitFor<FingerImage>(this.#core, options, fingerprintLimits.captureTimeoutMs, (settle) => {
        const stop = new AbortController();
        this.#play(options, faults, stop.signal).then((image) => {
          if (image !== null) settle.resolve(image);
        }, settle.reject);
        return () => stop.abort();
      });
    } finally {
      this.#busy = false;
    }
  }

  /** Null when it was stopped, or when no finger comes. */
  async #play(
    options: FingerCaptureOptions,
    faults: readonly FingerprintFault[],
    stopped: AbortSignal,
  ): Promise<FingerImage | null> {
    const finger = options.finger ?? DEFAULT_FINGER;
    options.onProgress?.({ state: "waiting" });
    for (const fault of faults) {
      if (fault.fault === "busy") throw this.#core.error("device/busy");
      if (fault.fault === "no-finger") return null;
      if (fault.fault === "slow") await pause(fault.delayMs, stopped);
    }
    const image = await this.#nextImpression(finger);
    for (const contrast of STAGES) {
      if (stopped.aborted) return null;
      options.onProgress?.({ state: "preview", image: faded(image, contrast) });
      if (contrast === 1) {
        options.onProgress?.({ state: "placed" });
        this.#core.emit({ type: "finger-placed" });
      }
      await pause(this.#options.stageMs ?? STAGE_MS, stopped);
    }
    if (stopped.aborted) return null;
    for (const fault of faults) {
      if (fault.fault === "unplug") {
        this.#plug.pull(fault.backAfterMs);
        this.#core.end(this.#core.error("device/unplugged"));
        return null;
      }
      if (fault.fault === "wrong-length") throw this.#core.error("device/bad-data", { reason: "an image cut short" });
    }
    options.onProgress?.({ state: "lifted" });
    this.#core.emit({ type: "finger-lifted" });
    this.#captured.set(finger, (this.#captured.get(finger) ?? 0) + 1);
    return image;
  }

  async #nextImpression(finger: FingerPosition): Promise<FingerImage> {
    const files = await listImpressions(this.#options.folder, finger);
    const file = files[(this.#captured.get(finger) ?? 0) % files.length];
    if (file === undefined) {
      throw new KabinaError("device/bad-data", { device: this.info.name, reason: `no image of ${finger}` });
    }
    return readImpression(file, this.info.name);
  }
}

function faded(image: FingerImage, contrast: number): FingerImage {
  const data = image.data.map((value) => WHITE - (WHITE - value) * contrast);
  return { ...image, data };
}
