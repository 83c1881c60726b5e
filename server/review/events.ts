/** The event stream of the consoles: what changed in the queue, in order, resumed where a console left off. */
import type { ServerResponse } from "node:http";
import type { Clock } from "../../crypto/environment.ts";
import type { Store } from "../store/store.ts";
import { type QueueEvent, REVIEW_LIMITS } from "./api.ts";
import { queueItem } from "./queue.ts";

const EVENTS_AT_ONCE = 100;

export class EventStreams {
  readonly #store: Store;
  readonly #clock: Clock;
  /** Each open stream, the last event that it was sent, and whether its session is still open. */
  readonly #streams = new Map<ServerResponse, { after: number; readonly allowed: () => boolean }>();
  readonly #heartbeat: NodeJS.Timeout;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#heartbeat = setInterval(() => this.#beat(), REVIEW_LIMITS.heartbeatMs);
    this.#heartbeat.unref();
  }

  /** `allowed` is asked before anything is sent: a stream ends with its session. */
  open(response: ServerResponse, after: number, allowed: () => boolean): void {
    response.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    response.write("retry: 2000\n\n");
    this.#streams.set(response, { after, allowed });
    response.on("close", () => this.#streams.delete(response));
    this.#send(response);
  }

  /** Something changed: every console hears what it has not heard. */
  push(): void {
    for (const response of this.#streams.keys()) this.#send(response);
  }

  close(): void {
    clearInterval(this.#heartbeat);
    for (const response of this.#streams.keys()) response.end();
  }

  #send(response: ServerResponse): void {
    const stream = this.#streams.get(response);
    if (!stream?.allowed()) {
      response.end();
      return;
    }
    for (;;) {
      const events = this.#store.cases.eventsAfter(stream.after, EVENTS_AT_ONCE);
      for (const { sequence, caseId, kind } of events) {
        stream.after = sequence;
        const record = this.#store.cases.find(caseId);
        if (!record) continue;
        const event: QueueEvent = { sequence, kind, item: queueItem(record, this.#store, this.#clock.now()) };
        response.write(`id: ${sequence}\ndata: ${JSON.stringify(event)}\n\n`);
      }
      if (events.length < EVENTS_AT_ONCE) return;
    }
  }

  /** Also looks for what another process did (a replay from the command line). */
  #beat(): void {
    this.push();
    for (const response of this.#streams.keys()) response.write(": still here\n\n");
  }
}
