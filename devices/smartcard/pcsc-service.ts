/** What pcscd knows of readers and cards, through one process with the pcsclite addon that all readers share. */
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { ChildService } from "../child/service.ts";
import { smartcardLimits } from "../limits.ts";
import { pause } from "../wait.ts";

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

export class PcscService {
  readonly #child: ChildService;
  readonly #onChange: () => void;
  #readers = new Map<string, CardPresence>();
  #lost: KabinaError | null = null;
  /** Resolves soon after a start, when the first readers have told of their cards. */
  #settled: Promise<void> | null = null;
  #settle = new AbortController();

  constructor(options: PcscServiceOptions) {
    this.#onChange = options.onChange;
    this.#child = new ChildService({
      clock: options.clock,
      script: new URL("./pcsc-child", import.meta.url),
      caller: import.meta.url,
      device: "PC/SC",
      env: options.socket === undefined ? {} : { PCSCLITE_CSOCK_NAME: options.socket },
      onEvent: (name, data) => this.#receive(name, data),
      onLost: (why) => this.#lose(why),
      onProcess: options.onProcess,
    });
  }

  /** Names of the readers that are connected now, with their cards. Starts the process if need be. */
  async readers(signal?: AbortSignal): Promise<ReadonlyMap<string, CardPresence>> {
    await this.#child.start(signal);
    this.#settled ??= pause(smartcardLimits.settleMs, this.#settle.signal);
    await this.#settled;
    return this.#readers;
  }

  /** What is known of a reader without waiting; undefined when it is gone, or when the service is. */
  presence(name: string): CardPresence | undefined {
    return this.#readers.get(name);
  }

  /** Why the service is lost; null while it is there. */
  get lost(): KabinaError | null {
    return this.#lost;
  }

  async connect(name: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const options = { signal, timeoutMs: smartcardLimits.connectTimeoutMs };
    const { atr } = await this.#child.request<{ atr: Uint8Array }>("connect", { name }, options);
    return atr;
  }

  transmit(name: string, apdu: Uint8Array, signal: AbortSignal | undefined): Promise<Uint8Array> {
    return this.#child.request("transmit", { name, apdu }, { signal, timeoutMs: smartcardLimits.transmitTimeoutMs });
  }

  /** Lets the card go, and resets it if so wished. */
  async disconnect(name: string, reset: boolean): Promise<void> {
    if (!this.#readers.has(name)) return;
    await this.#child.request("disconnect", { name, reset }, { timeoutMs: smartcardLimits.connectTimeoutMs });
  }

  close(): Promise<void> {
    return this.#child.close();
  }

  #receive(name: string, data: unknown): void {
    this.#lost = null;
    if (name === "reader") {
      const reader = data as { name: string; present: boolean };
      if (!reader.present) this.#readers.delete(reader.name);
      else if (!this.#readers.has(reader.name)) this.#readers.set(reader.name, { atr: null, mute: false });
    } else if (name === "card") {
      const card = data as { name: string } & CardPresence;
      this.#readers.set(card.name, { atr: card.atr, mute: card.mute });
      this.#settle.abort();
    } else if (name === "service-down") {
      this.#child.drop(new KabinaError("device/service-down", { service: "pcscd", start: "systemctl start pcscd" }));
      return;
    }
    this.#onChange();
  }

  #lose(why: KabinaError): void {
    this.#lost = why;
    this.#readers = new Map();
    this.#settled = null;
    this.#settle = new AbortController();
    this.#onChange();
  }
}
