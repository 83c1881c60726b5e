/** One way to wait: for a thing, or until the signal aborts, the time runs out, or the device ends. */
import type { KabinaError } from "../crypto/errors/kabina-error.ts";
import type { DeviceCore } from "./device-core.ts";
import type { WaitOptions } from "./port.ts";

export interface Settle<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
}

/**
 * Starts something and waits for it. `start` returns what undoes it (removes a listener, cancels a capture); that runs once,
 * whichever way the wait ends. Rejects with `device/cancelled`, `device/timeout`, or with what ended the device.
 */
export function waitFor<T>(
  core: DeviceCore,
  options: WaitOptions | undefined,
  defaultTimeoutMs: number,
  start: (settle: Settle<T>) => (() => void) | undefined,
): Promise<T> {
  return new Promise<T>((resolvePromise, rejectPromise) => {
    const signal = options?.signal;
    const timeoutMs = options?.timeoutMs ?? defaultTimeoutMs;
    let over = false;
    let undo: (() => void) | undefined;
    let forget: () => void = () => {};
    const finish = (then: () => void) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      forget();
      undo?.();
      then();
    };
    const reject = (error: unknown) => finish(() => rejectPromise(error));
    const onAbort = () => reject(cancelled(core, signal));
    const timer = setTimeout(() => reject(core.error("device/timeout", { seconds: timeoutMs / 1000 })), timeoutMs);
    if (signal?.aborted) return onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
    forget = core.whenOver(reject);
    if (over) return;
    try {
      undo = start({ resolve: (value) => finish(() => resolvePromise(value)), reject });
      if (over) undo?.();
    } catch (error) {
      reject(error);
    }
  });
}

/** The failure for a wait that the caller gave up. */
export function cancelled(core: DeviceCore, signal: AbortSignal | undefined): KabinaError {
  return core.error("device/cancelled", {}, signal?.reason);
}

/** Resolves after a time; earlier, without an error, when the signal aborts. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", done, { once: true });
  });
}
