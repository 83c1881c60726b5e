/**
 * The process that hosts libfprint. GLib's main loop is stepped from a timer, so that this process answers its parent while a sensor
 * waits for a finger; when a sensor's driver hangs, it hangs only this process, which the parent then kills.
 */
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { serve } from "../child/serve.ts";
import type { FingerRetryReason } from "../port.ts";
import { ppiOfPpmm } from "./image-files.ts";
import { FprintFailure, type FprintLibrary, loadFprint, type Pointer } from "./libfprint-library.ts";

/** How often GLib's loop is stepped: while something is under way, and while nothing is (hot plug). */
const BUSY_STEP_MS = 4;
const IDLE_STEP_MS = 250;
/** Steps in one go, so that a driver that floods its loop does not keep the parent waiting. */
const STEPS_AT_ONCE = 50;
const FINGER_NEEDED = 1;
const FINGER_PRESENT = 2;

const retryReasons: readonly FingerRetryReason[] = ["unclear", "too-short", "not-centred", "lift-and-retry"];
const RETRY_DOMAIN = "fp-device-retry-quark";
const DEVICE_DOMAIN = "fp-device-error-quark";
const IO_DOMAIN = "g-io-error-quark";
const IO_CANCELLED = 19;
const DEVICE_BUSY = 4;
const DEVICE_REMOVED = 0x100;

let library: FprintLibrary | null = null;
let context: Pointer = null;
let underWay = 0;
const opened = new Map<string, Pointer>();

const notify = serve({
  start: async () => {
    if (library !== null) return null;
    library = loadFprint();
    context = library.newContext();
    step();
    return null;
  },
  list: async () => list(),
  open: ({ id }: { id: string }, signal) => open(id, signal),
  close: ({ id }: { id: string }) => afterLast(id, () => close(id)),
  capture: ({ id }: { id: string }, signal) => afterLast(id, () => capture(id, signal)),
});

const last = new Map<string, Promise<unknown>>();

/** A capture that was given up takes a moment to let go of the sensor; what comes next waits for that. */
function afterLast<T>(id: string, begin: () => Promise<T>): Promise<T> {
  const next = (last.get(id) ?? Promise.resolve()).then(begin);
  last.set(
    id,
    next.catch(() => {}),
  );
  return next;
}

function fprint(): FprintLibrary {
  if (library === null) throw new Error("not started");
  return library;
}

function step(): void {
  const { iterate } = fprint();
  for (let steps = 0; steps < STEPS_AT_ONCE && iterate(); steps += 1) {}
  setTimeout(step, underWay > 0 ? BUSY_STEP_MS : IDLE_STEP_MS);
}

function sensors(): Map<string, Pointer> {
  const { devices, driver, id, canCapture, isRemoved } = fprint();
  const capable = devices(context).filter((device) => canCapture(device) && !isRemoved(device));
  return new Map(capable.map((device) => [`libfprint:${driver(device)}:${id(device)}`, device]));
}

function list(): { id: string; name: string; virtual: boolean }[] {
  const { name, driver } = fprint();
  return [...sensors()].map(([id, device]) => ({
    id,
    name: name(device),
    virtual: driver(device).startsWith("virtual"),
  }));
}

function sensor(id: string): Pointer {
  const device = sensors().get(id);
  if (device === undefined) throw new KabinaError("device/unplugged", { device: id });
  return device;
}

/** Runs one asynchronous call of libfprint to its end; an abort cancels it. */
async function call<T>(
  device: string,
  signal: AbortSignal | null,
  begin: (cancellable: Pointer, ready: (result: Pointer) => void) => void,
  finish: (result: Pointer) => T,
): Promise<T> {
  const { newCancellable, cancel, unref } = fprint();
  const cancellable = newCancellable();
  const onAbort = () => cancel(cancellable);
  signal?.addEventListener("abort", onAbort, { once: true });
  underWay += 1;
  try {
    return await new Promise<T>((resolve, reject) => {
      begin(cancellable, (result) => {
        try {
          resolve(finish(result));
        } catch (error) {
          reject(error instanceof FprintFailure ? coded(error, device) : error);
        }
      });
    });
  } finally {
    underWay -= 1;
    signal?.removeEventListener("abort", onAbort);
    unref(cancellable);
  }
}

async function open(id: string, signal: AbortSignal): Promise<null> {
  const device = sensor(id);
  const { open: begin, openFinish } = fprint();
  await call(
    id,
    signal,
    (cancellable, ready) => begin(device, cancellable, (_, result) => ready(result)),
    (result) => openFinish(device, result),
  );
  opened.set(id, device);
  return null;
}

async function close(id: string): Promise<null> {
  const device = opened.get(id);
  opened.delete(id);
  if (device === undefined) return null;
  const { close: begin, closeFinish } = fprint();
  await call(
    id,
    null,
    (_, ready) => begin(device, (_source, result) => ready(result)),
    (result) => closeFinish(device, result),
  );
  return null;
}

async function capture(
  id: string,
  signal: AbortSignal,
): Promise<{ width: number; height: number; data: Uint8Array; ppi: number }> {
  const device = opened.get(id);
  if (device === undefined) throw new KabinaError("device/unplugged", { device: id });
  const { capture: begin, captureFinish, fingerStatus } = fprint();
  if (signal.aborted) throw new KabinaError("device/cancelled", { device: id });
  let wasNeeded = false;
  let wasPresent = false;
  const watch = setInterval(() => {
    const status = fingerStatus(device);
    const [isNeeded, isPresent] = [(status & FINGER_NEEDED) !== 0, (status & FINGER_PRESENT) !== 0];
    if (isPresent !== wasPresent) notify("finger", { id, state: isPresent ? "placed" : "lifted" });
    if (isNeeded && !wasNeeded) notify("finger", { id, state: "waiting" });
    [wasNeeded, wasPresent] = [isNeeded, isPresent];
  }, BUSY_STEP_MS);
  try {
    for (;;) {
      try {
        const image = await call(
          id,
          signal,
          (cancellable, ready) => begin(device, cancellable, (_, result) => ready(result)),
          (result) => captureFinish(device, result),
        );
        return { width: image.width, height: image.height, data: image.data, ppi: ppiOfPpmm(image.ppmm) };
      } catch (error) {
        // Only after it is closed does the context forget a sensor that was unplugged.
        if (error instanceof KabinaError && error.code === "device/unplugged") await close(id).catch(() => {});
        const reason = error instanceof KabinaError && error.code === "device/retry" ? error.details.reason : null;
        if (reason === null || signal.aborted) throw error;
        notify("finger", { id, state: "retry", reason });
        wasNeeded = false;
      }
    }
  } finally {
    clearInterval(watch);
    if (wasPresent) notify("finger", { id, state: "lifted" });
  }
}

function coded(error: FprintFailure, device: string): KabinaError {
  const options = { cause: error };
  if (error.domain === RETRY_DOMAIN) {
    // The capture goes on: the parent hears of it as progress.
    return new KabinaError("device/retry", { device, reason: retryReasons[error.number] ?? "unclear" }, options);
  }
  if (error.domain === IO_DOMAIN && error.number === IO_CANCELLED)
    return new KabinaError("device/cancelled", { device }, options);
  if (error.domain === DEVICE_DOMAIN && error.number === DEVICE_REMOVED)
    return new KabinaError("device/unplugged", { device }, options);
  if (error.domain === DEVICE_DOMAIN && error.number === DEVICE_BUSY)
    return new KabinaError("device/busy", { device }, options);
  if (/permission|access/i.test(error.message)) {
    return new KabinaError("device/permission", { device, path: "/dev/bus/usb" }, options);
  }
  return new KabinaError("device/open-failed", { device, reason: error.message }, options);
}
