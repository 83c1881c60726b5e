/** A simulated card with a plan of faults around it: the part that the in-process reader and the vpcd process share. */
import { type CardFault, FaultScript } from "./fault-plan.ts";

/** What a software card is: `VirtualPassport` is one. */
export interface SoftwareCard {
  readonly atr: Uint8Array;
  process(apdu: Uint8Array): Uint8Array;
  /** Power off, power on or reset. */
  reset(): void;
}

/** What happens to one command. */
export type CardAnswer =
  | { readonly kind: "response"; readonly bytes: Uint8Array; readonly delayMs: number }
  | { readonly kind: "removed"; readonly backAfterMs: number | undefined }
  | { readonly kind: "silence" };

export class FaultyCard {
  readonly #card: SoftwareCard;
  readonly #script: FaultScript<CardFault>;
  #slow = { commands: 0, delayMs: 0 };

  constructor(card: SoftwareCard, faults: readonly CardFault[] = []) {
    this.#card = card;
    this.#script = new FaultScript(faults);
  }

  get atr(): Uint8Array {
    return this.#card.atr;
  }

  reset(): void {
    this.#card.reset();
  }

  answer(apdu: Uint8Array): CardAnswer {
    let cut = false;
    for (const fault of this.#script.next()) {
      if (fault.fault === "remove") return { kind: "removed", backAfterMs: fault.backAfterMs };
      if (fault.fault === "hang") return { kind: "silence" };
      if (fault.fault === "wrong-length") cut = true;
      if (fault.fault === "slow") this.#slow = { commands: fault.commands, delayMs: fault.delayMs };
    }
    const response = this.#card.process(apdu);
    const delayMs = this.#slow.commands > 0 ? this.#slow.delayMs : 0;
    this.#slow.commands -= 1;
    return { kind: "response", bytes: cut ? response.subarray(0, 1) : response, delayMs };
  }
}
