/**
 * The switch of a booth's cabinet. It is a port of its own and no kind of device: it captures nothing, nobody is asked to use it, and no
 * hot-list names it. A driver tells a state and says when it changes; what follows from it is the booth's matter.
 */
import type { CabinetState } from "../../crypto/device/tamper.ts";

export interface CabinetSwitch {
  /** Where it is, for people: a path. */
  readonly name: string;
  /** As it was when it was last looked at; never waits. */
  state(): CabinetState;
  /** Registers a listener; returns the function that removes it. */
  on(listener: (state: CabinetState) => void): () => void;
  close(): void;
}
