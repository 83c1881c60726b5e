/** What every open device has in common: its name, its health, its listeners, and the one moment when it ends. */
import type { Clock } from "../crypto/environment.ts";
import { KabinaError } from "../crypto/errors/kabina-error.ts";
import type { DeviceEvent, DeviceHealth, DeviceInfo } from "./port.ts";

export class DeviceCore<Info extends DeviceInfo = DeviceInfo> {
  readonly info: Info;
  readonly clock: Clock;
  readonly ended: Promise<KabinaError | null>;
  #health: DeviceHealth;
  #listeners = new Set<(event: DeviceEvent) => void>();
  #settleEnded: (outcome: KabinaError | null) => void = () => {};
  #outcome: KabinaError | null | undefined;
  #onEnd = new Set<(error: KabinaError) => void>();

  constructor(info: Info, clock: Clock) {
    this.info = info;
    this.clock = clock;
    this.#health = { state: "ready", problem: null, since: clock.now() };
    this.ended = new Promise((settle) => {
      this.#settleEnded = settle;
    });
  }

  health(): DeviceHealth {
    return this.#health;
  }

  on(listener: (event: DeviceEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: DeviceEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  /** Sets the health; says so only when something changed. */
  setHealth(state: DeviceHealth["state"], problem: KabinaError | null = null): void {
    if (this.#health.state === state && this.#health.problem?.code === problem?.code) return;
    this.#health = {
      state,
      problem: problem === null ? null : { code: problem.code, details: problem.details },
      since: this.clock.now(),
    };
    this.emit({ type: "health", health: this.#health });
  }

  /** True once the device can no longer be used. */
  get isOver(): boolean {
    return this.#outcome !== undefined;
  }

  /** Ends the device, once: pending waits reject with the failure, or with `device/closed` when it was closed on purpose. */
  end(outcome: KabinaError | null): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = outcome;
    if (outcome === null) this.setHealth("absent");
    else this.setHealth("failed", outcome);
    const error = this.#endError();
    for (const reject of [...this.#onEnd]) reject(error);
    this.#onEnd.clear();
    this.#settleEnded(outcome);
  }

  /** Calls back when the device ends; at once when it has ended. Returns the function that forgets it. */
  whenOver(callback: (error: KabinaError) => void): () => void {
    if (this.isOver) {
      callback(this.#endError());
      return () => {};
    }
    this.#onEnd.add(callback);
    return () => this.#onEnd.delete(callback);
  }

  /** A failure of this device, with its name filled in. */
  error(code: string, details: Readonly<KabinaError["details"]> = {}, cause?: unknown): KabinaError {
    return new KabinaError(code, { device: this.info.name, ...details }, cause === undefined ? {} : { cause });
  }

  #endError(): KabinaError {
    return this.#outcome ?? this.error("device/closed");
  }
}
