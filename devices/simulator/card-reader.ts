/**
 * A simulated card reader in this process: the same behaviour as the PC/SC driver, without pcscd. Used where a private daemon cannot
 * run, and for faults that vpcd cannot show.
 */
import type { Clock } from "../../crypto/environment.ts";
import type { CardChannel } from "../../mrtd/card/channel.ts";
import { DeviceCore } from "../device-core.ts";
import { smartcardLimits } from "../limits.ts";
import type { CardReader, DeviceDriver, DeviceInfo, WaitOptions } from "../port.ts";
import { pause, waitFor } from "../wait.ts";
import type { FaultyCard } from "./card.ts";
import type { Plug } from "./plug.ts";

type ReaderInfo = DeviceInfo & { readonly kind: "smartcard" };

export interface SimulatedReaderOptions {
  readonly clock: Clock;
  readonly plug: Plug;
  readonly tray: CardTray;
}

const info: ReaderInfo = {
  id: "simulated:reader",
  kind: "smartcard",
  driver: "simulator",
  name: "Simulated card reader",
  simulated: true,
};

/** Where the simulated card lies, or not. */
export class CardTray {
  readonly #listeners = new Set<() => void>();
  #card: FaultyCard | null = null;

  get card(): FaultyCard | null {
    return this.#card;
  }

  place(card: FaultyCard): void {
    card.reset();
    this.#card = card;
    this.#tell();
  }

  remove(): void {
    this.#card = null;
    this.#tell();
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

export function simulatedReader(options: SimulatedReaderOptions): DeviceDriver<"smartcard"> {
  return {
    kind: "smartcard",
    name: "simulator",
    list: async () => (options.plug.isIn ? [info] : []),
    watch: (changed, signal) => options.plug.watch(changed, signal),
    open: async () => {
      await options.plug.assertOpens(info.name, "smartcard");
      return new SimulatedReader(options);
    },
  };
}

class SimulatedReader implements CardReader {
  readonly info = info;
  readonly #core: DeviceCore<ReaderInfo>;
  readonly #tray: CardTray;
  readonly #unwatch: () => void;
  #card: FaultyCard | null;
  #connected = false;

  constructor({ clock, tray }: SimulatedReaderOptions) {
    this.#core = new DeviceCore(info, clock);
    this.#tray = tray;
    this.#card = tray.card;
    this.#unwatch = tray.watch(() => {
      if (this.#card !== null) this.#core.emit({ type: "card-removed" });
      this.#card = tray.card;
      if (this.#card !== null) this.#core.emit({ type: "card-inserted", atr: this.#card.atr });
    });
  }

  get ended() {
    return this.#core.ended;
  }
  get atr(): Uint8Array | null {
    return this.#card?.atr ?? null;
  }
  health() {
    return this.#core.health();
  }
  on(listener: Parameters<CardReader["on"]>[0]) {
    return this.#core.on(listener);
  }

  waitForCard(options?: WaitOptions): Promise<Uint8Array> {
    return this.#until(options, () => this.#tray.card?.atr ?? null);
  }

  async waitForRemoval(options?: WaitOptions): Promise<void> {
    await this.#until(options, () => (this.#tray.card === null ? true : null));
  }

  async connect(options?: WaitOptions): Promise<CardChannel> {
    if (this.#connected) throw this.#core.error("device/busy");
    this.#connected = true;
    try {
      const card = await this.#until(options, () => this.#tray.card);
      card.reset();
      return this.#channel(card);
    } catch (error) {
      this.#connected = false;
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#unwatch();
    this.#core.end(null);
  }

  #channel(card: FaultyCard): CardChannel {
    let open = true;
    return {
      atr: card.atr,
      transmit: (apdu, signal) => {
        const wait = signal === undefined ? {} : { signal };
        return waitFor<Uint8Array>(this.#core, wait, smartcardLimits.transmitTimeoutMs, (settle) => {
          if (!open) throw this.#core.error("device/closed");
          if (this.#tray.card !== card) throw this.#core.error("device/card-removed");
          const forget = this.#tray.watch(() => settle.reject(this.#core.error("device/card-removed")));
          const answer = card.answer(apdu);
          if (answer.kind === "removed") this.#takeAway(card, answer.backAfterMs);
          else if (answer.kind === "response" && answer.bytes.length < 2) {
            settle.reject(
              this.#core.error("device/bad-data", { reason: `a response of ${answer.bytes.length} bytes` }),
            );
          } else if (answer.kind === "response") {
            void pause(answer.delayMs).then(() => settle.resolve(answer.bytes));
          }
          return forget;
        });
      },
      close: async () => {
        if (open) this.#connected = false;
        open = false;
      },
    };
  }

  #takeAway(card: FaultyCard, backAfterMs: number | undefined): void {
    this.#tray.remove();
    if (backAfterMs !== undefined) void pause(backAfterMs).then(() => this.#tray.place(card));
  }

  #until<T>(options: WaitOptions | undefined, value: () => T | null): Promise<T> {
    return waitFor<T>(this.#core, options, smartcardLimits.waitForCardMs, (settle) => {
      const check = () => {
        const found = value();
        if (found !== null) settle.resolve(found);
      };
      const forget = this.#tray.watch(check);
      check();
      return forget;
    });
  }
}
