/** A simulated device's cable: pulled and put back by the plan or by a test, and refusing to open as often as the plan says. */

import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { absent } from "../absent.ts";
import type { DeviceKind } from "../port.ts";
import type { FaultPlan } from "./fault-plan.ts";

type OpenFault = NonNullable<NonNullable<FaultPlan["open"]>["camera"]>;

export class Plug {
  readonly #listeners = new Set<() => void>();
  #isIn = true;
  #refusals: number;
  readonly #openFault: OpenFault | undefined;

  constructor(openFault?: OpenFault) {
    this.#openFault = openFault;
    this.#refusals = openFault?.times ?? 0;
  }

  get isIn(): boolean {
    return this.#isIn;
  }

  /** Pulls the cable; puts it back after so long, when given. */
  pull(backAfterMs?: number): void {
    this.#set(false);
    if (backAfterMs !== undefined) setTimeout(() => this.#set(true), backAfterMs).unref();
  }

  putBack(): void {
    this.#set(true);
  }

  watch(changed: () => void, signal: AbortSignal): void {
    this.#listeners.add(changed);
    signal.addEventListener("abort", () => this.#listeners.delete(changed), { once: true });
  }

  /** What happens when the device is opened now: nothing, a refusal, or no answer at all. */
  async assertOpens(device: string, kind: DeviceKind): Promise<void> {
    if (!this.#isIn) throw absent(kind);
    if (this.#openFault === undefined || this.#refusals === 0) return;
    this.#refusals -= 1;
    if (this.#openFault.fault === "hang") await new Promise<never>(() => {});
    if (this.#openFault.fault === "busy") throw new KabinaError("device/busy", { device });
    throw new KabinaError("device/permission", { device, path: "a simulated device" });
  }

  #set(isIn: boolean): void {
    if (this.#isIn === isIn) return;
    this.#isIn = isIn;
    for (const changed of [...this.#listeners]) changed();
  }
}
