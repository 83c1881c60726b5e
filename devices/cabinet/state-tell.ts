/** A switch's state and who wants to hear of it; what every driver of one is made of. */
import type { CabinetState } from "../../crypto/device/tamper.ts";

export class StateTell {
  readonly #listeners = new Set<(state: CabinetState) => void>();
  #state: CabinetState;

  constructor(state: CabinetState) {
    this.#state = state;
  }

  get state(): CabinetState {
    return this.#state;
  }

  /** Says it only when it is another one. */
  tell(state: CabinetState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }

  on(listener: (state: CabinetState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
