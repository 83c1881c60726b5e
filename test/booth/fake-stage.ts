/** A stage for one activity, without a host: what it told is kept. */

import type { Stage } from "../../booth/session/activity.ts";
import type { Unstamped } from "../../booth/session/events.ts";
import type { Live } from "../../booth/session/live.ts";
import { stillLife } from "../../booth/session/live.ts";
import type { SessionSnapshot } from "../../booth/session/machine.ts";

export class FakeStage implements Stage {
  readonly abort = new AbortController();
  readonly signal = this.abort.signal;
  readonly told: Unstamped[] = [];
  readonly blobs = new Map<string, Uint8Array>();
  readonly shown: Live = stillLife();
  readonly session: Stage["session"];

  constructor(session: SessionSnapshot) {
    this.session = session.context;
  }

  async emit(event: Unstamped, blobs: ReadonlyMap<string, Uint8Array> = new Map()): Promise<void> {
    this.told.push(event);
    for (const [id, bytes] of blobs) this.blobs.set(id, bytes);
  }

  live(change: (live: Live) => void): void {
    change(this.shown);
  }

  blob(id: string): Uint8Array {
    return this.blobs.get(id) ?? new Uint8Array();
  }

  async pause(): Promise<void> {}
}
