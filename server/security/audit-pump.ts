/**
 * Carries the register's events into the signed audit log, each once and in order, whichever process made them. An event is durable in
 * the register together with what it tells of; the log follows within seconds, also after a crash in between.
 */
import type { RegisterEvent } from "../register/records.ts";
import type { Register } from "../register/register.ts";

const LOOK_EVERY_MS = 1000;
const GROUP = 100;

export interface AuditPumpTools {
  readonly register: Register;
  readonly log: { readonly lastEvent: number; record(events: readonly RegisterEvent[]): Promise<void> };
  readonly onFault: (error: unknown) => void;
}

export class AuditPump {
  readonly #tools: AuditPumpTools;
  readonly #timer: NodeJS.Timeout;
  #last: number;
  #work: Promise<void> = Promise.resolve();

  constructor(tools: AuditPumpTools) {
    this.#tools = tools;
    this.#last = tools.log.lastEvent;
    this.#timer = setInterval(() => void this.carry(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** Carries what there is; resolves when it is in the log. */
  carry(): Promise<void> {
    this.#work = this.#work.then(async () => {
      const { register, log, onFault } = this.#tools;
      try {
        for (let events = register.eventsAfter(this.#last, GROUP); events.length > 0; ) {
          await log.record(events);
          this.#last = events.at(-1)!.sequence;
          events = register.eventsAfter(this.#last, GROUP);
        }
      } catch (error) {
        onFault(error);
      }
    });
    return this.#work;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.carry();
  }
}
