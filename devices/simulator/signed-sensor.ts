/**
 * A simulated sensor that signs its captures, as a real one does in its own chip: the key is its own, certified by the authority for
 * sensors, and nothing else of the booth can use it.
 */
import { captureDigest, signCapture } from "../../crypto/device/capture.ts";
import type { DeviceKind } from "../../crypto/device/device.ts";
import type { AttestedCapture } from "../../crypto/device/signed-capture.ts";
import type { Clock } from "../../crypto/environment.ts";
import type { PrivateKeyHandle } from "../../crypto/keys/key.ts";
import type { Camera, CameraFrame, DeviceByKind, DeviceDriver, DeviceInfo, FingerprintSensor } from "../port.ts";
import { changed } from "./changed-device.ts";

/** A simulated sensor's `sensor-capture` key, opened when it first signs; its certificates say its serial number. */
export interface SensorKey {
  readonly certificates: readonly string[];
  readonly serial: string;
  open(): Promise<Pick<PrivateKeyHandle, "sign">>;
}
export type SensorKeys = Partial<Readonly<Record<"camera" | "fingerprint", SensorKey>>>;

const MAKER = "Kabina";
const MODEL = "simulator";

/** Drivers whose devices say who they are and sign; those without a key as they were. */
export function signedDrivers(keys: SensorKeys, clock: Clock) {
  return {
    camera: (driver: DeviceDriver<"camera">) => signing(driver, keys.camera, clock, signedCamera),
    fingerprint: (driver: DeviceDriver<"fingerprint">) => signing(driver, keys.fingerprint, clock, signedFingerprint),
  };
}

function signing<Kind extends "camera" | "fingerprint">(
  driver: DeviceDriver<Kind>,
  key: SensorKey | undefined,
  clock: Clock,
  wrap: (device: DeviceByKind[Kind], signer: Signer) => DeviceByKind[Kind],
): DeviceDriver<Kind> {
  if (key === undefined) return driver;
  const named = <Info extends DeviceInfo>(info: Info): Info => {
    const { certificates, serial } = key;
    return { ...info, maker: MAKER, model: MODEL, serial, certificates };
  };
  const signer = new Signer(key, driver.kind, clock, named);
  return {
    ...driver,
    list: async (options) => (await driver.list(options)).map(named),
    open: (id, options) => driver.open(id, options).then((device) => wrap(device, signer)),
  };
}

class Signer {
  readonly #key: SensorKey;
  readonly #kind: DeviceKind;
  readonly #clock: Clock;
  readonly named: <Info extends DeviceInfo>(info: Info) => Info;
  #opened: ReturnType<SensorKey["open"]> | undefined;
  #captures = 0;

  constructor(key: SensorKey, kind: DeviceKind, clock: Clock, named: Signer["named"]) {
    this.#key = key;
    this.#kind = kind;
    this.#clock = clock;
    this.named = named;
  }

  /** The capture with its signature; as it is where no session was named. */
  async sign<Capture extends object>(
    capture: Capture,
    content: Parameters<typeof captureDigest>[0],
    context: string | undefined,
  ): Promise<Capture & { readonly signed?: AttestedCapture }> {
    if (context === undefined) return capture;
    this.#opened ??= this.#key.open();
    const device = { kind: this.#kind, maker: MAKER, model: MODEL, serial: this.#key.serial };
    const counter = this.#captures++;
    const stated = { device, context, counter, at: this.#clock.now(), content: captureDigest(content) };
    const signed = await signCapture(stated, await this.#opened);
    return { ...capture, signed: { ...signed, certificates: this.#key.certificates } };
  }
}

function signedCamera(camera: Camera, signer: Signer): Camera {
  const sign = (frame: CameraFrame, context: string | undefined) => signer.sign(frame, frame.jpeg, context);
  return changed(camera, {
    info: signer.named(camera.info),
    still: async (options) => sign(await camera.still(options), options?.context),
    burst: async (count, options) =>
      Promise.all((await camera.burst(count, options)).map((frame) => sign(frame, options?.context))),
  });
}

function signedFingerprint(sensor: FingerprintSensor, signer: Signer): FingerprintSensor {
  return changed(sensor, {
    info: signer.named(sensor.info),
    capture: async (options) => {
      const image = await sensor.capture(options);
      return signer.sign(image, image, options?.context);
    },
  });
}
