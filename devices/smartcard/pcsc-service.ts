/** One process with the pcsclite addon, shared by all readers: started when needed, started anew after it or the daemon died. */

import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { ChildHost } from "../child/host.ts";
import { smartcardLimits, supervisorLimits } from "../limits.ts";

export interface CardPresence {
  /** Answer to reset; null without a card. */
  readonly atr: Uint8Array | null;
  /** Something lies there and does not answer. */
  readonly mute: boolean;
}

export interface PcscServiceOptions {
  readonly clock: Clock;
  /** The daemon's socket (PCSCLITE_CSOCK_NAME); the system's daemon when left out. */
  readonly socket?: string;
  /** Called whenever readers or cards change, and when the service is lost. */
  readonly onChange: () => void;
  readonly onProcess?: (pid: number) => void;
}

/** How long the first list of readers may take after the start. */
const FIRST_PAUSE_MS = 500;
const SETTLE_MS = 300;
const START_TIMEOUT_MS = 8_000;

export class PcscService {
  readonly #options: PcscServiceOptions;
  #host: ChildHost | null = null;
  #starting: Promise<ChildHost> | null = null;
  #readers = new Map<string, CardPresence>();
  #closed = false;
  /** While nobody answers, a new process is tried ever more rarely; meanwhile the last failure stands. */
  #failure: { readonly error: unknown; readonly until: number; readonly pauseMs: number } | null = null;

  constructor(options: PcscServiceOptions) {
    this.#options = options;
  }

  /** Names of the readers that are connected now, with their cards. Starts the process if need be. */
  async readers(signal?: AbortSignal): Promise<ReadonlyMap<string, CardPresence>> {
    await this.#running(signal);
    return this.#readers;
  }

  /** What is known of a reader without waiting; undefined when it is gone, or when the service is. */
  presence(name: string): CardPresence | undefined {
    return this.#readers.get(name);
  }

  async connect(name: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const timeoutMs = smartcardLimits.connectTimeoutMs;
    const { atr } = await this.#request<{ atr: Uint8Array }>("connect", { name }, signal, timeoutMs);
    return atr;
  }

  transmit(name: string, apdu: Uint8Array, signal: AbortSignal | undefined): Promise<Uint8Array> {
    return this.#request("transmit", { name, apdu }, signal, smartcardLimits.transmitTimeoutMs);
  }

  /** Lets the card go, and resets it if so wished. */
  async disconnect(name: string, reset: boolean): Promise<void> {
    if (this.#host === null) return;
    await this.#request("disconnect", { name, reset }, undefined, smartcardLimits.connectTimeoutMs);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const host = this.#host;
    this.#lose();
    await host?.end();
  }

  async #request<T>(method: string, params: unknown, signal: AbortSignal | undefined, timeoutMs: number): Promise<T> {
    const host = await this.#running(signal);
    return host.request<T>(method, params, { signal, timeoutMs });
  }

  #running(signal: AbortSignal | undefined): Promise<ChildHost> {
    if (this.#closed) return Promise.reject(new KabinaError("device/closed", { device: "PC/SC" }));
    if (this.#host !== null) return Promise.resolve(this.#host);
    if (this.#failure !== null && this.#options.clock.monotonic() < this.#failure.until) {
      return Promise.reject(this.#failure.error);
    }
    this.#starting ??= this.#start(signal)
      .then(
        (host) => {
          this.#failure = null;
          return host;
        },
        (error: unknown) => {
          const pauseMs = Math.min((this.#failure?.pauseMs ?? FIRST_PAUSE_MS) * 2, supervisorLimits.lastRetryMs);
          this.#failure = { error, until: this.#options.clock.monotonic() + pauseMs, pauseMs };
          throw error;
        },
      )
      .finally(() => {
        this.#starting = null;
      });
    return this.#starting;
  }

  async #start(signal: AbortSignal | undefined): Promise<ChildHost> {
    let settled: () => void = () => {};
    const firstReader = new Promise<void>((resolve) => {
      settled = resolve;
    });
    const host: ChildHost = new ChildHost({
      script: new URL("./pcsc-child", import.meta.url),
      caller: import.meta.url,
      device: "PC/SC",
      env: this.#options.socket === undefined ? {} : { PCSCLITE_CSOCK_NAME: this.#options.socket },
      onEvent: (name, data) => {
        this.#receive(host, name, data);
        if (name === "card") settled();
      },
    });
    if (host.pid !== undefined) this.#options.onProcess?.(host.pid);
    try {
      await host.request("start", null, { signal, timeoutMs: START_TIMEOUT_MS });
    } catch (error) {
      await host.end();
      throw error;
    }
    const timer = setTimeout(settled, SETTLE_MS);
    await Promise.race([firstReader, host.ended]);
    clearTimeout(timer);
    this.#host = host;
    void host.ended.then(() => {
      if (this.#host === host) this.#lose();
    });
    return host;
  }

  #receive(host: ChildHost, name: string, data: unknown): void {
    if (name === "reader") {
      const reader = data as { name: string; present: boolean };
      if (!reader.present) this.#readers.delete(reader.name);
      else if (!this.#readers.has(reader.name)) this.#readers.set(reader.name, { atr: null, mute: false });
    } else if (name === "card") {
      const card = data as { name: string } & CardPresence;
      this.#readers.set(card.name, { atr: card.atr, mute: card.mute });
    } else if (name === "service-down") {
      if (this.#host === host) this.#lose();
      void host.end();
      return;
    }
    this.#options.onChange();
  }

  #lose(): void {
    this.#host = null;
    this.#readers = new Map();
    this.#options.onChange();
  }
}
