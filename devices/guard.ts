/**
 * The watch over one open device: every call gets a deadline of its own, beyond the driver's. A driver that settles neither by then
 * nor soon after an abort has hung; it is abandoned, and whoever waits for it is told so.
 */
import { KabinaError } from "../crypto/errors/kabina-error.ts";
import type { CardChannel } from "../mrtd/card/channel.ts";
import {
  cameraLimits,
  fingerprintLimits,
  printerLimits,
  scannerLimits,
  signatureLimits,
  smartcardLimits,
  supervisorLimits,
} from "./limits.ts";
import type {
  Camera,
  CardReader,
  DeviceByKind,
  DeviceKind,
  FingerprintSensor,
  OpenDevice,
  Printer,
  Scanner,
  SignaturePad,
  WaitOptions,
} from "./port.ts";

/** How long a driver may take beyond what it was asked. */
export interface Patience {
  readonly graceMs: number;
  /** From the moment that somebody looks to a camera's first frame. */
  readonly wakingMs: number;
}

export const ordinaryPatience: Patience = {
  graceMs: supervisorLimits.graceMs,
  wakingMs: cameraLimits.firstFrameMs,
};

export class Guard {
  readonly #device: OpenDevice;
  readonly #patience: Patience;
  /** Settles when the device ended by itself, or was abandoned. */
  readonly ended: Promise<KabinaError | null>;
  #abandon: (error: KabinaError) => void = () => {};
  #abandoned: KabinaError | null = null;
  readonly #waiting = new Set<(error: KabinaError) => void>();

  constructor(device: OpenDevice, patience: Patience) {
    this.#device = device;
    this.#patience = patience;
    const abandoned = new Promise<KabinaError>((resolve) => {
      this.#abandon = resolve;
    });
    this.ended = Promise.race([device.ended, abandoned]);
  }

  get patience(): Patience {
    return this.#patience;
  }

  /**
   * One call with its deadline: the time it was given (or `longestMs`, the longest that a driver takes by itself), the time that it
   * may need after that, and the grace.
   */
  call<T>(
    options: WaitOptions | undefined,
    longestMs: number,
    run: (options: WaitOptions) => Promise<T>,
    afterwardsMs = 0,
  ): Promise<T> {
    if (this.#abandoned !== null) return Promise.reject(this.#abandoned);
    const timeoutMs = (options?.timeoutMs ?? longestMs) + afterwardsMs;
    const signal = options?.signal;
    return new Promise<T>((resolve, reject) => {
      const deadline = setTimeout(() => this.abandon(), timeoutMs + this.#patience.graceMs);
      let afterAbort: NodeJS.Timeout | undefined;
      const onAbort = () => {
        afterAbort = setTimeout(() => this.abandon(), this.#patience.graceMs);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      const settle = () => {
        clearTimeout(deadline);
        clearTimeout(afterAbort);
        signal?.removeEventListener("abort", onAbort);
        this.#waiting.delete(fail);
      };
      const fail = (error: unknown) => {
        settle();
        reject(error);
      };
      this.#waiting.add(fail);
      run(options ?? {}).then((value) => {
        settle();
        resolve(value);
      }, fail);
    });
  }

  /** Gives the device up: everything that waits for it, and every later call, fails with this. */
  abandon(why = new KabinaError("device/hung", { device: this.#device.info.name })): void {
    if (this.#abandoned !== null) return;
    this.#abandoned = why;
    for (const fail of [...this.#waiting]) fail(this.#abandoned);
    this.#abandon(this.#abandoned);
  }
}

const base = (device: OpenDevice, guard: Guard): OpenDevice => ({
  info: device.info,
  health: () => device.health(),
  on: (listener) => device.on(listener),
  ended: guard.ended,
  close: () => guard.call(undefined, supervisorLimits.closeMs, () => device.close()).catch(() => {}),
});

const guardedCamera = (camera: Camera, guard: Guard): Camera => ({
  ...base(camera, guard),
  info: camera.info,
  async *preview(options) {
    const frames = camera.preview(options)[Symbol.asyncIterator]();
    // The camera itself notices that it is frozen; this is for one that does not.
    const stallMs = guard.patience.wakingMs + cameraLimits.stillTimeoutMs;
    const stall: WaitOptions = options?.signal === undefined ? {} : { signal: options.signal };
    try {
      for (;;) {
        const next = await guard.call(stall, stallMs, () => frames.next());
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      // Not awaited: an iterator that hangs must not hold the one who leaves it.
      frames.return?.()?.catch(() => {});
    }
  },
  still: (options) => guard.call(options, burstMs(guard, 1), (wait) => camera.still({ ...options, ...wait })),
  burst: (count, options) =>
    guard.call(options, burstMs(guard, count), (wait) => camera.burst(count, { ...options, ...wait })),
});

/** The longest that so many frames take, the camera's waking up included. */
const burstMs = (guard: Guard, count: number) =>
  guard.patience.wakingMs + cameraLimits.stillTimeoutMs + count * cameraLimits.slowestFrameMs;

const guardedFingerprint = (sensor: FingerprintSensor, guard: Guard): FingerprintSensor => ({
  ...base(sensor, guard),
  info: sensor.info,
  capture: (options) =>
    guard.call(options, fingerprintLimits.captureTimeoutMs, (wait) => sensor.capture({ ...options, ...wait })),
});

const guardedReader = (reader: CardReader, guard: Guard): CardReader => ({
  ...base(reader, guard),
  info: reader.info,
  get atr() {
    return reader.atr;
  },
  waitForCard: (options) => guard.call(options, smartcardLimits.waitForCardMs, (wait) => reader.waitForCard(wait)),
  waitForRemoval: (options) =>
    guard.call(options, smartcardLimits.waitForCardMs, (wait) => reader.waitForRemoval(wait)),
  connect: async (options) => {
    const { waitForCardMs, connectTimeoutMs } = smartcardLimits;
    const channel = await guard.call(options, waitForCardMs, (wait) => reader.connect(wait), connectTimeoutMs);
    return guardedChannel(channel, guard);
  },
});

const guardedChannel = (channel: CardChannel, guard: Guard): CardChannel => ({
  atr: channel.atr,
  transmit: (apdu, signal) =>
    guard.call(signal === undefined ? undefined : { signal }, smartcardLimits.transmitTimeoutMs, () =>
      channel.transmit(apdu, signal),
    ),
  close: () => guard.call(undefined, smartcardLimits.connectTimeoutMs, () => channel.close()).catch(() => {}),
});

const guardedScanner = (scanner: Scanner, guard: Guard): Scanner => ({
  ...base(scanner, guard),
  info: scanner.info,
  can: scanner.can,
  scanPage: (options) => guard.call(options, scannerLimits.pageTimeoutMs, (wait) => scanner.scanPage(wait)),
  scanCode: (options) => guard.call(options, scannerLimits.codeTimeoutMs, (wait) => scanner.scanCode(wait)),
});

const guardedSignature = (pad: SignaturePad, guard: Guard): SignaturePad => ({
  ...base(pad, guard),
  info: pad.info,
  capture: (options) =>
    guard.call(options, signatureLimits.captureTimeoutMs, (wait) => pad.capture({ ...options, ...wait })),
});

const guardedPrinter = (printer: Printer, guard: Guard): Printer => ({
  ...base(printer, guard),
  info: printer.info,
  print: (slip, options) => guard.call(options, printerLimits.printTimeoutMs, (wait) => printer.print(slip, wait)),
});

const wrappers: { readonly [Kind in DeviceKind]: (device: DeviceByKind[Kind], guard: Guard) => DeviceByKind[Kind] } = {
  camera: guardedCamera,
  fingerprint: guardedFingerprint,
  smartcard: guardedReader,
  scanner: guardedScanner,
  signature: guardedSignature,
  printer: guardedPrinter,
};

/** The device with a watch over each of its calls. */
export function guarded<Kind extends DeviceKind>(
  kind: Kind,
  device: DeviceByKind[Kind],
  guard: Guard,
): DeviceByKind[Kind] {
  return wrappers[kind](device, guard);
}
