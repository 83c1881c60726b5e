/**
 * Keeps one device of a kind open for the booth: opens the best one that is connected, watches it, gives it up when it hangs or
 * goes, and opens it (or another) again with a capped back-off. It says what happens and never makes the booth wait.
 */

import type { Clock } from "../crypto/environment.ts";
import { KabinaError } from "../crypto/errors/kabina-error.ts";
import { absent } from "./absent.ts";
import { Guard, guarded, ordinaryPatience, type Patience } from "./guard.ts";
import { supervisorLimits } from "./limits.ts";
import type { DeviceByKind, DeviceEvent, DeviceHealth, DeviceInfo, DeviceKind, WaitOptions } from "./port.ts";
import type { DeviceRegistry, KnownDevice } from "./registry.ts";
import { pause } from "./wait.ts";

export interface HealthEntry {
  readonly at: Date;
  readonly state: DeviceHealth["state"];
  /** Why, as a catalogue code; null when nothing is wrong. */
  readonly code: string | null;
  /** The device's name; null when there was none. */
  readonly device: string | null;
}

export interface SupervisorOptions<Kind extends DeviceKind> {
  readonly kind: Kind;
  readonly registry: DeviceRegistry;
  readonly clock: Clock;
  /** Why a device must not be used; null of one that may. Asked before it is opened, and again at `reconsider`. */
  readonly permit?: (info: DeviceInfo) => KabinaError | null;
  readonly patience?: Patience;
  readonly openMs?: number;
  readonly firstRetryMs?: number;
  readonly lastRetryMs?: number;
}

interface Held<Kind extends DeviceKind> {
  readonly known: KnownDevice<Kind>;
  readonly device: DeviceByKind[Kind];
  readonly guard: Guard;
}

export class SupervisedDevice<Kind extends DeviceKind> {
  readonly kind: Kind;
  readonly #options: SupervisorOptions<Kind>;
  readonly #listeners = new Set<(event: DeviceEvent) => void>();
  readonly #changed = new Set<() => void>();
  readonly #history: HealthEntry[] = [];
  /** How often each device failed since it last stayed up: the one that failed least is tried first. */
  readonly #failures = new Map<string, number>();
  readonly #stop = new AbortController();
  #held: Held<Kind> | null = null;
  #health: DeviceHealth;
  #running: Promise<void> | null = null;
  #wake: () => void = () => {};

  constructor(options: SupervisorOptions<Kind>) {
    this.kind = options.kind;
    this.#options = options;
    this.#health = { state: "opening", problem: null, since: options.clock.now() };
  }

  /** Begins to look after the device; the registry should have been started. */
  start(): void {
    const forget = this.#options.registry.on((event) => {
      if (event.type === "driver") {
        if (event.driver.kind === this.kind) this.#wake();
      } else if (event.device.info.kind === this.kind) {
        if (event.type === "vanished" && this.#held?.known.info.id === event.device.info.id) this.#vanished();
        this.#wake();
      }
    });
    this.#stop.signal.addEventListener("abort", forget, { once: true });
    this.#running ??= this.#run();
  }

  /** The open device, or null. Its calls are watched: they settle in time whatever the driver does. */
  get current(): DeviceByKind[Kind] | null {
    return this.#held?.device ?? null;
  }

  /** What is open now, or null. */
  get info(): DeviceInfo | null {
    return this.#held?.known.info ?? null;
  }

  health(): DeviceHealth {
    return this.#health;
  }

  /** What happened to this kind of device, oldest first; bounded. */
  history(): readonly HealthEntry[] {
    return this.#history;
  }

  /** Events of whichever device is open, and the supervisor's own `health` events. */
  on(listener: (event: DeviceEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The open device; waits for one. Rejects with `device/cancelled`, or when the time is up with what is wrong (`device/absent`, …). */
  ready(options: WaitOptions = {}): Promise<DeviceByKind[Kind]> {
    const timeoutMs = options.timeoutMs ?? supervisorLimits.openMs;
    return new Promise((resolve, reject) => {
      const settle = (then: () => void) => {
        clearTimeout(timer);
        options.signal?.removeEventListener("abort", onAbort);
        this.#changed.delete(check);
        then();
      };
      const check = () => {
        const device = this.current;
        if (device !== null) settle(() => resolve(device));
        else if (this.#stop.signal.aborted)
          settle(() => reject(new KabinaError("device/closed", { device: this.kind })));
      };
      const onAbort = () =>
        settle(() =>
          reject(new KabinaError("device/cancelled", { device: this.kind }, { cause: options.signal?.reason })),
        );
      const timer = setTimeout(() => settle(() => reject(this.#problem())), timeoutMs);
      if (options.signal?.aborted) return onAbort();
      options.signal?.addEventListener("abort", onAbort, { once: true });
      this.#changed.add(check);
      check();
    });
  }

  /** What is permitted may have changed: a device that is open and is not to be used is given up. */
  reconsider(): void {
    const held = this.#held;
    const refusal = held && this.#refusal(held.known);
    if (refusal) held.guard.abandon(refusal);
    this.#wake();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    const held = this.#held;
    this.#held = null;
    await held?.device.close();
    await this.#running;
    for (const check of [...this.#changed]) check();
  }

  #problem(): KabinaError {
    const { problem } = this.#health;
    return problem === null ? absent(this.kind) : new KabinaError(problem.code, problem.details);
  }

  async #run(): Promise<void> {
    let retryMs = this.#firstRetryMs;
    // The first choice waits until every driver has looked once: the order of the drivers decides, not which was quicker.
    while (!this.#stop.signal.aborted && !this.#options.registry.hasLooked(this.kind)) await this.#somethingNew();
    while (!this.#stop.signal.aborted) {
      const known = this.#choose();
      if (known === null) {
        const [refused] = this.#options.registry.devices(this.kind);
        const refusal = refused && this.#refusal(refused);
        const problem = this.#options.registry.problem(this.kind);
        if (refusal) this.#say("failed", refusal, refused.info.name);
        else this.#say("absent", problem ?? absent(this.kind), null);
        await this.#somethingNew();
        continue;
      }
      if (this.#health.state !== "failed") this.#say("opening", null, known.info.name);
      const upSince = this.#options.clock.monotonic();
      const failure = await this.#openAndHold(known);
      if (this.#stop.signal.aborted) return;
      if (failure === null) continue;
      const wasSteady = this.#options.clock.monotonic() - upSince >= supervisorLimits.steadyMs;
      if (wasSteady) {
        this.#failures.clear();
        retryMs = this.#firstRetryMs;
      }
      this.#failures.set(known.info.id, (this.#failures.get(known.info.id) ?? 0) + 1);
      this.#say("failed", failure, known.info.name);
      await this.#retryPause(retryMs);
      retryMs = Math.min(retryMs * 2, this.#options.lastRetryMs ?? supervisorLimits.lastRetryMs);
    }
  }

  get #firstRetryMs(): number {
    return this.#options.firstRetryMs ?? supervisorLimits.firstRetryMs;
  }

  #choose(): KnownDevice<Kind> | null {
    const failuresOf = (known: KnownDevice<Kind>) => this.#failures.get(known.info.id) ?? 0;
    const known = this.#options.registry.devices(this.kind).filter((one) => this.#refusal(one) === null);
    return known.sort((a, b) => failuresOf(a) - failuresOf(b))[0] ?? null;
  }

  #refusal(known: KnownDevice<Kind>): KabinaError | null {
    return this.#options.permit?.(known.info) ?? null;
  }

  /** Opens the device and stays with it until it ends. Gives why it ended; null when it was closed on purpose. */
  async #openAndHold(known: KnownDevice<Kind>): Promise<KabinaError | null> {
    let opened: DeviceByKind[Kind];
    try {
      opened = await this.#open(known);
    } catch (error) {
      return error instanceof KabinaError
        ? error
        : new KabinaError("device/open-failed", { device: known.info.name, reason: String(error) });
    }
    if (this.#stop.signal.aborted) {
      await opened.close();
      return null;
    }
    const guard = new Guard(opened, this.#options.patience ?? ordinaryPatience);
    this.#held = { known, device: guarded(this.kind, opened, guard), guard };
    const forget = opened.on((event) => {
      if (this.#held?.guard !== guard) return;
      if (event.type !== "health") this.#emit(event);
      else if (event.health.state === "ready" || event.health.state === "degraded") this.#mirror(event.health, known);
    });
    this.#mirror(opened.health(), known);
    for (const check of [...this.#changed]) check();
    const outcome = await guard.ended;
    forget();
    this.#held = null;
    // Not awaited: what hangs must not hold us up, and what ended has nothing left to say.
    opened.close().catch(() => {});
    return outcome;
  }

  async #open(known: KnownDevice<Kind>): Promise<DeviceByKind[Kind]> {
    const limitMs = this.#options.openMs ?? supervisorLimits.openMs;
    const controller = new AbortController();
    const opening = known.driver.open(known.info.id, { signal: controller.signal, timeoutMs: limitMs });
    const graceMs = (this.#options.patience ?? ordinaryPatience).graceMs;
    let giveUp: (error: KabinaError) => void = () => {};
    const late = new Promise<never>((_, reject) => {
      giveUp = reject;
    });
    const timer = setTimeout(
      () => giveUp(new KabinaError("device/hung", { device: known.info.name })),
      limitMs + graceMs,
    );
    const onStop = () => giveUp(new KabinaError("device/closed", { device: known.info.name }));
    this.#stop.signal.addEventListener("abort", onStop, { once: true });
    try {
      return await Promise.race([opening, late]);
    } catch (error) {
      controller.abort();
      // If it opens after all, nobody wants it any more.
      opening.then((device) => device.close()).catch(() => {});
      throw error;
    } finally {
      clearTimeout(timer);
      this.#stop.signal.removeEventListener("abort", onStop);
    }
  }

  #vanished(): void {
    const held = this.#held;
    held?.guard.abandon(new KabinaError("device/unplugged", { device: held.known.info.name }));
  }

  #mirror(health: DeviceHealth, known: KnownDevice<Kind>): void {
    const problem = health.problem === null ? null : new KabinaError(health.problem.code, health.problem.details);
    this.#say(health.state, problem, known.info.name);
  }

  #say(state: DeviceHealth["state"], problem: KabinaError | null, device: string | null): void {
    if (this.#health.state === state && this.#health.problem?.code === problem?.code && this.#history.length > 0)
      return;
    const at = this.#options.clock.now();
    this.#health = {
      state,
      problem: problem === null ? null : { code: problem.code, details: problem.details },
      since: at,
    };
    this.#history.push({ at, state, code: problem?.code ?? null, device });
    if (this.#history.length > supervisorLimits.historyEntries) this.#history.shift();
    this.#emit({ type: "health", health: this.#health });
  }

  #emit(event: DeviceEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  /** Until a device appears or a driver changes its mind. */
  async #somethingNew(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  /** The back-off; cut short when something changes, because a device that was plugged in again should work at once. */
  async #retryPause(milliseconds: number): Promise<void> {
    const cut = new AbortController();
    this.#wake = () => cut.abort();
    // Never shorter than the first pause: a device that comes and goes must not keep us running in circles.
    await pause(this.#firstRetryMs, this.#stop.signal);
    await pause(milliseconds - this.#firstRetryMs, AbortSignal.any([cut.signal, this.#stop.signal]));
  }
}
