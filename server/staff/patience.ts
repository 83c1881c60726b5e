/**
 * Answers to wrong sign-ins come later and later, per address; right ones come at once, from anywhere. Nobody is locked out: a stranger
 * who guesses cannot keep the person they guess at from working.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";

export const patienceLimits = {
  /** Milliseconds of the first delay, doubled at each failure, and the longest. */
  firstMs: 100,
  longestMs: 5000,
  /** Milliseconds without a failure after which an address begins anew. */
  forgottenMs: 15 * 60_000,
  /** Answers of one address that may wait at once; more are refused unheard. */
  waiting: 8,
  /** Failures in a row that a security officer is told of. */
  alarm: 10,
  addresses: 10_000,
} as const;

interface Failures {
  count: number;
  lastMs: number;
  waiting: number;
}

export class Patience {
  readonly #clock: Clock;
  readonly #onMany: (address: string, count: number) => void;
  readonly #failures = new Map<string, Failures>();

  /** `onMany`: hears of an address each time it has failed another `alarm` times. */
  constructor(clock: Clock, onMany: (address: string, count: number) => void) {
    this.#clock = clock;
    this.#onMany = onMany;
  }

  /** Tries a sign-in; when it fails, the refusal waits. Throws what `attempt` throws, `review/slow-down`. */
  async attempt<T>(address: string, attempt: () => Promise<T>): Promise<T> {
    try {
      const done = await attempt();
      this.#failures.delete(address);
      return done;
    } catch (error) {
      if (error instanceof KabinaError) await this.#wait(address);
      throw error;
    }
  }

  async #wait(address: string): Promise<void> {
    const now = this.#clock.monotonic();
    const known = this.#failures.get(address);
    const failures =
      known && now - known.lastMs < patienceLimits.forgottenMs ? known : { count: 0, lastMs: 0, waiting: 0 };
    failures.count++;
    failures.lastMs = now;
    const oldest = this.#failures.size >= patienceLimits.addresses ? this.#failures.keys().next().value : undefined;
    if (oldest !== undefined) this.#failures.delete(oldest);
    this.#failures.set(address, failures);
    if (failures.count % patienceLimits.alarm === 0) this.#onMany(address, failures.count);
    if (failures.waiting >= patienceLimits.waiting) throw new KabinaError("review/slow-down");
    failures.waiting++;
    try {
      await sleep(Math.min(patienceLimits.firstMs * 2 ** (failures.count - 1), patienceLimits.longestMs));
    } finally {
      failures.waiting--;
    }
  }
}
