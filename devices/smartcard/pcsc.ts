/** Smart-card readers over PC/SC: any reader that pcscd drives, contact or contactless. */

import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { CardChannel } from "../../mrtd/card/channel.ts";
import { absent } from "../absent.ts";
import { DeviceCore } from "../device-core.ts";
import { smartcardLimits } from "../limits.ts";
import type { CardReader, DeviceDriver, DeviceInfo, WaitOptions } from "../port.ts";
import { pause, waitFor } from "../wait.ts";
import { PcscService } from "./pcsc-service.ts";

type ReaderInfo = DeviceInfo & { readonly kind: "smartcard" };

export interface PcscOptions {
  readonly clock: Clock;
  /** A private daemon's socket; the system's daemon when left out. */
  readonly socket?: string;
  /** True for a private daemon with a virtual reader. */
  readonly simulated?: boolean;
  /** Called with the process id of each child that hosts the addon. */
  readonly onProcess?: (pid: number) => void;
}

export function pcscReaders(options: PcscOptions): DeviceDriver<"smartcard"> & { close(): Promise<void> } {
  const watchers = new Set<() => void>();
  const service = new PcscService({
    clock: options.clock,
    ...(options.socket === undefined ? {} : { socket: options.socket }),
    ...(options.onProcess === undefined ? {} : { onProcess: options.onProcess }),
    onChange: () => {
      for (const changed of [...watchers]) changed();
    },
  });
  const infoOf = (name: string): ReaderInfo => ({
    id: `pcsc:${name}`,
    kind: "smartcard",
    driver: "pcsc",
    name,
    simulated: options.simulated ?? false,
  });
  return {
    kind: "smartcard",
    name: "pcsc",
    list: async (wait) => [...(await service.readers(wait?.signal)).keys()].sort(byUse).map(infoOf),
    open: async (id, wait) => {
      const name = id.replace(/^pcsc:/, "");
      if (!(await service.readers(wait?.signal)).has(name)) throw absent("smartcard");
      return new PcscReader(infoOf(name), options.clock, service, watchers);
    },
    watch: (changed, signal) => {
      watchers.add(changed);
      signal.addEventListener("abort", () => watchers.delete(changed), { once: true });
    },
    close: () => service.close(),
  };
}

/** One device often shows several readers: passports are contactless, and the slot of a security module never holds one. */
function byUse(a: string, b: string): number {
  const rank = (name: string) => (/picc|contactless|\bcl\b/i.test(name) ? 0 : /\bsam\b/i.test(name) ? 2 : 1);
  return rank(a) - rank(b) || a.localeCompare(b);
}

class PcscReader implements CardReader {
  readonly #core: DeviceCore<ReaderInfo>;
  readonly #service: PcscService;
  readonly #unwatch: () => void;
  readonly #cardListeners = new Set<() => void>();
  #atr: Uint8Array | null = null;
  #mute = false;
  #channel: PcscChannel | null = null;
  #connecting = false;

  constructor(info: ReaderInfo, clock: Clock, service: PcscService, watchers: Set<() => void>) {
    this.#core = new DeviceCore(info, clock);
    this.#service = service;
    const changed = () => this.#look();
    watchers.add(changed);
    this.#unwatch = () => watchers.delete(changed);
    this.#look();
  }

  get info(): ReaderInfo {
    return this.#core.info;
  }
  get ended() {
    return this.#core.ended;
  }
  get atr(): Uint8Array | null {
    return this.#atr;
  }
  health() {
    return this.#core.health();
  }
  on(listener: Parameters<CardReader["on"]>[0]) {
    return this.#core.on(listener);
  }

  waitForCard(options?: WaitOptions): Promise<Uint8Array> {
    return this.#waitUntil(options, () => this.#atr).catch((error: unknown) => {
      const isTimeout = error instanceof KabinaError && error.code === "device/timeout";
      throw isTimeout && this.#mute ? this.#core.error("device/card-mute", {}, error) : error;
    });
  }

  async waitForRemoval(options?: WaitOptions): Promise<void> {
    await this.#waitUntil(options, () => (this.#atr === null && !this.#mute ? true : null));
  }

  async connect(options?: WaitOptions): Promise<CardChannel> {
    if (this.#connecting || (this.#channel !== null && !this.#channel.isOver)) throw this.#core.error("device/busy");
    this.#connecting = true;
    const startedAt = this.#core.clock.monotonic();
    const timeoutMs = options?.timeoutMs ?? smartcardLimits.waitForCardMs;
    try {
      for (;;) {
        const left = Math.max(0, timeoutMs - (this.#core.clock.monotonic() - startedAt));
        const atr = await this.waitForCard({ ...options, timeoutMs: left });
        try {
          const connected = await this.#service.connect(this.info.name, options?.signal);
          const answerToReset = connected.length > 0 ? connected : atr;
          this.#channel = new PcscChannel(this.#core, this.#service, answerToReset, () => this.#goesSoon());
          return this.#channel;
        } catch (error) {
          // Taken off again at once, or in another program's hands for a moment: try again, as long as the caller allows.
          const code = error instanceof KabinaError ? error.code : "";
          if (code === "device/card-removed") await this.#goesSoon(options?.signal);
          else if (code === "device/busy" && left > 0) await pause(smartcardLimits.busyRetryMs, options?.signal);
          else throw error;
        }
      }
    } finally {
      this.#connecting = false;
    }
  }

  async close(): Promise<void> {
    await this.#channel?.close();
    this.#unwatch();
    this.#core.end(null);
  }

  /** Compares what the service knows with what was known, and says what changed. */
  #look(): void {
    if (this.#core.isOver) return;
    const presence = this.#service.presence(this.info.name);
    if (presence === undefined) {
      this.#unwatch();
      this.#channel?.cardGone();
      this.#core.end(this.#service.lost ?? this.#core.error("device/unplugged"));
      return;
    }
    const before = this.#atr;
    this.#mute = presence.mute;
    this.#atr = presence.mute ? null : presence.atr;
    if (before === null && this.#atr !== null) this.#core.emit({ type: "card-inserted", atr: this.#atr });
    if (before !== null && this.#atr === null) {
      this.#channel?.cardGone();
      this.#core.emit({ type: "card-removed" });
    }
    for (const listener of [...this.#cardListeners]) listener();
  }

  /** True when the reader says within `resettleMs` that the card is gone; its word may lag behind a command that failed. */
  async #goesSoon(signal?: AbortSignal): Promise<boolean> {
    try {
      const options = { timeoutMs: smartcardLimits.resettleMs, ...(signal === undefined ? {} : { signal }) };
      await this.#waitUntil(options, () => (this.#atr === null ? true : null));
      return true;
    } catch (error) {
      if (error instanceof KabinaError && error.code === "device/timeout") return false;
      throw error;
    }
  }

  #waitUntil<T>(options: WaitOptions | undefined, value: () => T | null): Promise<T> {
    return waitFor<T>(this.#core, options, smartcardLimits.waitForCardMs, (settle) => {
      const check = () => {
        const found = value();
        if (found !== null) settle.resolve(found);
      };
      this.#cardListeners.add(check);
      check();
      return () => this.#cardListeners.delete(check);
    });
  }
}

/** CLA INS P1 P2 */
const SHORTEST_COMMAND = 4;
/** SW1 SW2 */
const SHORTEST_RESPONSE = 2;

class PcscChannel implements CardChannel {
  readonly atr: Uint8Array;
  readonly #core: DeviceCore<ReaderInfo>;
  readonly #service: PcscService;
  readonly #goesSoon: () => Promise<boolean>;
  #over: "open" | "closed" | "card-removed" = "open";
  #queue: Promise<unknown> = Promise.resolve();

  constructor(core: DeviceCore<ReaderInfo>, service: PcscService, atr: Uint8Array, goesSoon: () => Promise<boolean>) {
    this.#core = core;
    this.#service = service;
    this.#goesSoon = goesSoon;
    this.atr = atr;
  }

  get isOver(): boolean {
    return this.#over !== "open";
  }

  cardGone(): void {
    if (this.#over === "open") this.#over = "card-removed";
  }

  /** One command at a time, in the order of the calls. */
  transmit(apdu: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    const answer = this.#queue.then(() => this.#transmit(apdu, signal));
    this.#queue = answer.catch(() => {});
    return answer;
  }

  async #transmit(apdu: Uint8Array, signal: AbortSignal | undefined): Promise<Uint8Array> {
    if (apdu.length < SHORTEST_COMMAND || apdu.length > smartcardLimits.commandBytes) {
      throw this.#core.error("device/bad-data", { reason: `a command of ${apdu.length} bytes` });
    }
    this.#assertOpen();
    try {
      const response = await this.#service.transmit(this.#core.info.name, apdu, signal);
      if (response.length >= SHORTEST_RESPONSE) return response;
      throw this.#core.error("device/bad-data", { reason: `a response of ${response.length} bytes` });
    } catch (error) {
      throw await this.#cause(error);
    }
  }

  /** A card that leaves in the middle of a command shows itself in many ways; that it is gone is the cause that the person can mend. */
  async #cause(error: unknown): Promise<unknown> {
    const code = error instanceof KabinaError ? error.code : "";
    const isGone =
      this.#over === "card-removed" ||
      code === "device/card-removed" ||
      (["device/bad-data", "device/card-mute"].includes(code) && (await this.#goesSoon().catch(() => false)));
    if (!isGone) return error;
    this.cardGone();
    return code === "device/card-removed" ? error : this.#core.error("device/card-removed", {}, error);
  }

  async close(): Promise<void> {
    if (this.#over === "closed") return;
    // A card that is still there is reset, so that no open session is left on it; one that is gone is only let go.
    const reset = this.#over === "open";
    this.#over = "closed";
    await this.#queue;
    await this.#service.disconnect(this.#core.info.name, reset).catch(() => {});
  }

  #assertOpen(): void {
    if (this.#over === "card-removed") throw this.#core.error("device/card-removed");
    if (this.#over === "closed") throw this.#core.error("device/closed");
  }
}
