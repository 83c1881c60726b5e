import type { Clock } from "../../crypto/environment.ts";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import type { CardSession } from "../card/session.ts";

/** One step of a reading: what was done and how long it took, never keys or personal data. */
export interface ReadStep {
  readonly name: string;
  readonly milliseconds: number;
  readonly apdus: number;
  readonly bytes: number;
  /** A code of the error catalogue when the step failed. */
  readonly failure?: string;
}

/** Measures steps as they are done. */
export class StepLog {
  readonly steps: ReadStep[] = [];
  readonly #clock: Clock;
  readonly #session: CardSession;

  constructor(clock: Clock, session: CardSession) {
    this.#clock = clock;
    this.#session = session;
  }

  async run<Result>(name: string, step: () => Promise<Result>): Promise<Result> {
    const start = this.#clock.monotonic();
    const apdus = this.#session.apdus;
    const note = (bytes: number, failure?: string) =>
      this.steps.push({
        name,
        milliseconds: Math.round((this.#clock.monotonic() - start) * 10) / 10,
        apdus: this.#session.apdus - apdus,
        bytes,
        ...(failure === undefined ? {} : { failure }),
      });
    try {
      const result = await step();
      note(result instanceof Uint8Array ? result.length : 0);
      return result;
    } catch (error) {
      note(0, isCoded(error) ? error.code : "internal/unexpected");
      throw error;
    }
  }
}
