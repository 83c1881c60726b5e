/** Which devices are connected now: asks every driver, again whenever one says that something changed, and every few seconds. */
import { KabinaError } from "../crypto/errors/kabina-error.ts";
import { supervisorLimits } from "./limits.ts";
import type { DeviceDriver, DeviceInfo, DeviceKind } from "./port.ts";

export interface KnownDevice<Kind extends DeviceKind = DeviceKind> {
  readonly info: DeviceInfo & { readonly kind: Kind };
  readonly driver: DeviceDriver<Kind>;
}

export type RegistryEvent =
  | { readonly type: "appeared"; readonly device: KnownDevice }
  | { readonly type: "vanished"; readonly device: KnownDevice }
  /** A driver cannot list: its library is missing, its service is down, it hangs. Null when it can again. */
  | { readonly type: "driver"; readonly driver: DeviceDriver; readonly problem: KabinaError | null };

export interface RegistryOptions {
  readonly drivers: readonly DeviceDriver[];
  readonly pollMs?: number;
  readonly listMs?: number;
}

interface DriverState {
  readonly driver: DeviceDriver;
  devices: Map<string, KnownDevice>;
  problem: KabinaError | null;
  listing: Promise<void> | null;
  again: boolean;
  /** It has answered, or failed to, at least once. */
  answered: boolean;
}

export class DeviceRegistry {
  readonly #states: readonly DriverState[];
  readonly #options: RegistryOptions;
  readonly #listeners = new Set<(event: RegistryEvent) => void>();
  readonly #stop = new AbortController();
  #poll: NodeJS.Timeout | undefined;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#states = options.drivers.map((driver) => ({
      driver,
      devices: new Map(),
      problem: null,
      listing: null,
      again: false,
      answered: false,
    }));
  }

  /** Looks for devices for the first time, and from then on. Resolves when every driver has answered, or has had its time. */
  async start(): Promise<void> {
    for (const state of this.#states) state.driver.watch?.(() => this.#refresh(state), this.#stop.signal);
    this.#poll = setInterval(() => void this.refresh(), this.#options.pollMs ?? supervisorLimits.pollMs);
    this.#poll.unref();
    await this.refresh();
  }

  /** Asks every driver now. */
  async refresh(): Promise<void> {
    await Promise.all(this.#states.map((state) => this.#refresh(state)));
  }

  /** The devices that are connected now, in the order of the drivers. */
  devices<Kind extends DeviceKind>(kind?: Kind): readonly KnownDevice<Kind>[] {
    const all = this.#states.flatMap((state) => [...state.devices.values()]);
    return all.filter((one) => kind === undefined || one.info.kind === kind) as unknown as KnownDevice<Kind>[];
  }

  /** Why the drivers of a kind cannot look for devices; the first such reason, or null. */
  problem(kind: DeviceKind): KabinaError | null {
    return this.#states.find((state) => state.driver.kind === kind && state.problem !== null)?.problem ?? null;
  }

  /** True once every driver of the kind has answered: before that, nobody knows whether a device is absent. */
  hasLooked(kind: DeviceKind): boolean {
    return this.#states.every((state) => state.driver.kind !== kind || state.answered);
  }

  on(listener: (event: RegistryEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    clearInterval(this.#poll);
    this.#listeners.clear();
    await Promise.all(this.#states.map(({ driver }) => driver.close?.().catch(() => {})));
  }

  #refresh(state: DriverState): Promise<void> {
    if (this.#stop.signal.aborted) return Promise.resolve();
    if (state.listing !== null) {
      // What changed while a list was under way is looked at once more after it.
      state.again = true;
      return state.listing;
    }
    state.listing = this.#list(state).finally(() => {
      state.listing = null;
      if (!state.again) return;
      state.again = false;
      void this.#refresh(state);
    });
    return state.listing;
  }

  async #list(state: DriverState): Promise<void> {
    const limit = this.#options.listMs ?? supervisorLimits.listMs;
    try {
      const infos = await withDeadline(state.driver, limit);
      this.#take(state, infos);
      this.#note(state, null);
    } catch (error) {
      const problem =
        error instanceof KabinaError
          ? error
          : new KabinaError("device/open-failed", { device: state.driver.name, reason: String(error) });
      // A driver that cannot look loses its devices: nobody knows whether they are there.
      this.#take(state, []);
      this.#note(state, problem);
    }
  }

  #take(state: DriverState, infos: readonly DeviceInfo[]): void {
    if (this.#stop.signal.aborted) return;
    const isFirst = !state.answered;
    state.answered = true;
    const before = state.devices;
    state.devices = new Map(infos.map((info) => [info.id, before.get(info.id) ?? { info, driver: state.driver }]));
    for (const [id, device] of before) if (!state.devices.has(id)) this.#emit({ type: "vanished", device });
    for (const [id, device] of state.devices) if (!before.has(id)) this.#emit({ type: "appeared", device });
    if (isFirst) this.#emit({ type: "driver", driver: state.driver, problem: state.problem });
  }

  #note(state: DriverState, problem: KabinaError | null): void {
    if (state.problem?.code === problem?.code) return;
    state.problem = problem;
    this.#emit({ type: "driver", driver: state.driver, problem });
  }

  #emit(event: RegistryEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}

/** A driver that does not answer in time hangs; it is asked again at the next look. */
async function withDeadline(driver: DeviceDriver, limitMs: number): Promise<readonly DeviceInfo[]> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      controller.abort();
      reject(new KabinaError("device/hung", { device: driver.name }));
    }, limitMs);
  });
  const listing = driver.list({ signal: controller.signal });
  listing.catch(() => {});
  try {
    return await Promise.race([listing, late]);
  } finally {
    clearTimeout(timer);
  }
}
