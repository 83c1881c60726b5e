/**
 * What is missing between a booth's log and its packages: packages that it sealed and never wrote down, packages that it wrote down and that
 * never came, and entries that it owes. What may only be late is told apart from what cannot be.
 */
import type { BoothLogFault } from "../store/booth-logs.ts";
import type { Store } from "../store/store.ts";

export interface BoothLogStanding {
  readonly booth: string;
  /** Entries of the last cosigned head, and when. */
  readonly cosigned: number;
  readonly cosignedAt: string | null;
  /** Entries that the server holds, proven under a cosigned head. */
  readonly held: number;
  /** Packages received that the log, which goes on beyond them, has no entry of. */
  readonly unlogged: readonly string[];
  /** Packages that the log says were sealed and that have not come. */
  readonly awaited: readonly string[];
  readonly faults: readonly Pick<BoothLogFault, "at" | "code" | "size">[];
}

export function boothLogStanding(store: Store, booth: string): BoothLogStanding | null {
  const log = store.boothLogs.find(booth);
  if (!log) return null;
  const { database } = store;
  const last = database
    .prepare<[string, number], string>(
      "SELECT json_extract(line, '$.at') FROM booth_log_entry WHERE booth = ? AND place < ? ORDER BY place DESC LIMIT 1",
    )
    .pluck()
    .get(booth, log.verified);
  // Sealed before the last entry that is held: its own entry must be among them.
  const unlogged = database
    .prepare<[string, string], string>(
      `SELECT package_id FROM package WHERE booth = ? AND json_extract(manifest, '$.createdAt') < ? AND NOT EXISTS
         (SELECT 1 FROM booth_log_entry e WHERE e.booth = package.booth AND e.sealed = package.package_id)
       ORDER BY received_at`,
    )
    .pluck()
    .all(booth, last ?? "");
  const awaited = database
    .prepare<[string], string>(
      `SELECT DISTINCT sealed FROM booth_log_entry e WHERE booth = ? AND sealed IS NOT NULL AND NOT EXISTS
         (SELECT 1 FROM package p WHERE p.package_id = e.sealed) ORDER BY place`,
    )
    .pluck()
    .all(booth);
  const faults = store.boothLogs.faults(booth).map(({ at, code, size }) => ({ at, code, size }));
  return { booth, cosigned: log.size, cosignedAt: log.cosignedAt, held: log.verified, unlogged, awaited, faults };
}
