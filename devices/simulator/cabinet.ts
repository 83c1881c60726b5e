/** A cabinet's switch without a cabinet: `turn` is the hand at the door. */
import type { CabinetState } from "../../crypto/device/tamper.ts";
import type { CabinetSwitch } from "../cabinet/port.ts";
import { StateTell } from "../cabinet/state-tell.ts";

export class SimulatedCabinet implements CabinetSwitch {
  readonly name = "simulated cabinet";
  readonly #tell: StateTell;

  constructor(state: CabinetState = "closed") {
    this.#tell = new StateTell(state);
  }

  turn(state: CabinetState): void {
    this.#tell.tell(state);
  }

  state(): CabinetState {
    return this.#tell.state;
  }

  on(listener: (state: CabinetState) => void): () => void {
    return this.#tell.on(listener);
  }

  close(): void {}
}
