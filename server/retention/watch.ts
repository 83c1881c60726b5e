/** The server's own retention run: soon after its start, then every hour; what it erases is in the audit log right after. */
import { join } from "node:path";
import type { Clock } from "../../crypto/environment.ts";
import { UpdateRepository } from "../../crypto/updates/repository.ts";
import type { Store } from "../store/store.ts";
import type { Eraser } from "./eraser.ts";
import { RETENTION_TARGET, type StandingRetention, standingRetention } from "./policy.ts";
import { runRetention } from "./retention.ts";

const FIRST_MS = 60_000;
const EVERY_MS = 60 * 60_000;

export interface RetentionWatchTools {
  /** The data folder. */
  readonly data: string;
  readonly store: Store;
  readonly eraser: Eraser;
  readonly clock: Clock;
  /** Carries what was noted into the audit log. */
  readonly carry: () => Promise<void>;
  readonly onFault: (error: unknown) => void;
}

export class RetentionWatch {
  readonly #tools: RetentionWatchTools;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(tools: RetentionWatchTools) {
    this.#tools = tools;
  }

  start(): void {
    this.#plan(FIRST_MS);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#work;
  }

  #plan(ms: number): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#work = this.#run().then(() => this.#plan(EVERY_MS));
    }, ms);
    this.#timer.unref();
  }

  async #run(): Promise<void> {
    const { data, clock, carry, onFault } = this.#tools;
    try {
      await runRetention(this.#tools, await readRetention(data, clock));
      await carry();
    } catch (error) {
      onFault(error);
    }
  }
}

/** The retention that stands in a data folder. Throws `retention/policy-malformed`. */
export async function readRetention(data: string, clock: Clock): Promise<StandingRetention> {
  const repository = new UpdateRepository(join(data, "authority", "updates"), clock);
  return standingRetention((await repository.begun()) ? await repository.target(RETENTION_TARGET) : undefined);
}
