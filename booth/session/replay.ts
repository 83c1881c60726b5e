/** A session out of its journal: the same events through the same machine. */

import type { SessionPolicy } from "../../crypto/policy/session-policy.ts";
import type { JournalRecord } from "../journal/record.ts";
import type { BlobId } from "./captures.ts";
import type { SessionEvent, SessionInput } from "./events.ts";
import { advance, newSession, type SessionSnapshot } from "./machine.ts";

/** What one record of a session's journal says. */
export type JournalEntry =
  | { readonly begin: { readonly input: SessionInput; readonly policy: SessionPolicy } }
  | { readonly event: SessionEvent };

export interface Beginning {
  readonly snapshot: SessionSnapshot;
  readonly blobs: ReadonlyMap<BlobId, Uint8Array>;
  /** When the last record was written. */
  readonly last: { readonly at: number; readonly mono: number };
}

/** Undefined for a journal that was cut off before its session began. */
export function replay(records: readonly JournalRecord[]): Beginning | undefined {
  const [first, ...rest] = records;
  const opening = first?.entry as JournalEntry | undefined;
  if (opening === undefined || !("begin" in opening)) return undefined;
  let snapshot = newSession(opening.begin.input, opening.begin.policy);
  let last: SessionEvent | undefined;
  const blobs = new Map<BlobId, Uint8Array>();
  for (const record of rest) {
    const entry = record.entry as JournalEntry;
    if (!("event" in entry)) continue;
    snapshot = advance(snapshot, entry.event);
    last = entry.event;
    for (const [id, bytes] of record.blobs) blobs.set(id, bytes);
  }
  return last === undefined ? undefined : { snapshot, blobs, last };
}
