/** The devices as the capture loops see them: one of each kind, which may come, go and hang at any moment. */
import type {
  DeviceByKind,
  DeviceEvent,
  DeviceHealth,
  DeviceInfo,
  DeviceKind,
  WaitOptions,
} from "../../devices/port.ts";
import type { Stage } from "../session/activity.ts";

/** What `SupervisedDevice` of the devices room is. */
export interface WatchedDevice<Kind extends DeviceKind> {
  /** The open device; null while there is none. */
  readonly current: DeviceByKind[Kind] | null;
  readonly info: DeviceInfo | null;
  health(): DeviceHealth;
  /** Resolves with the device as soon as one is open. */
  ready(options?: WaitOptions): Promise<DeviceByKind[Kind]>;
  on(listener: (event: DeviceEvent) => void): () => void;
}

export type BoothDevices = { readonly [Kind in DeviceKind]: WatchedDevice<Kind> };

/** Gives the device, waiting for it if it is away; the screen says so meanwhile. */
export async function need<Kind extends DeviceKind>(
  device: WatchedDevice<Kind>,
  kind: Kind,
  stage: Stage,
): Promise<DeviceByKind[Kind]> {
  // One that is just being opened is no trouble yet.
  const soon =
    device.current ?? (await device.ready({ signal: stage.signal, timeoutMs: OPENING_MS }).catch(() => undefined));
  if (soon !== undefined) {
    if (stage.session.problem?.device === kind) await stage.emit({ type: "trouble.over" });
    return soon;
  }
  const { code, details } = device.health().problem ?? { code: "device/absent", details: { kind } };
  await stage.emit({ type: "trouble", code, details, device: kind, waiting: true });
  const opened = await device.ready({ signal: stage.signal, timeoutMs: DEVICE_WAIT_MS });
  await stage.emit({ type: "trouble.over" });
  return opened;
}

/** Milliseconds before the screen says that a device is not there. */
const OPENING_MS = 2500;
/** Milliseconds that a loop waits for a device before it says again that it waits; the session's own time ends sooner. */
const DEVICE_WAIT_MS = 24 * 3600 * 1000;
