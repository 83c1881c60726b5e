/** The booths' audit logs at the server: heads that were cosigned, entries that came after them, and evidence against them. */
import type { Database } from "./database.ts";

export interface BoothLogRecord {
  readonly booth: string;
  /** The certificates of the keys that may sign this log, with their authorities', PEM. */
  readonly certificates: string;
  /** Of the last cosigned head; 0 and an empty note before the first. */
  readonly size: number;
  readonly root: Buffer;
  readonly note: string;
  readonly cosignedAt: string | null;
  readonly held: number;
  readonly peaks: Buffer;
  /** Entries that were held against a cosigned head. */
  readonly verified: number;
  readonly verifiedPeaks: Buffer;
}

export interface BoothLogFault {
  readonly booth: string;
  readonly at: string;
  readonly code: string;
  readonly size: number;
  /** What the booth signed. */
  readonly note: string;
  /** What was known: a head that it signed before, or why it cannot be. */
  readonly known: string;
}

export interface HeldEntry {
  readonly place: number;
  readonly line: string;
  /** The package that the entry says was sealed. */
  readonly sealed: string | null;
}

const COLUMNS =
  "booth, certificates, size, root, note, cosigned_at AS cosignedAt, held, peaks, verified, verified_peaks AS verifiedPeaks";

export class BoothLogs {
  readonly #statements;

  constructor(database: Database) {
    this.#statements = {
      find: database.prepare<[string], BoothLogRecord>(`SELECT ${COLUMNS} FROM booth_log WHERE booth = ?`),
      all: database.prepare<[], BoothLogRecord>(`SELECT ${COLUMNS} FROM booth_log ORDER BY booth`),
      certify: database.prepare(
        `INSERT INTO booth_log VALUES (:booth, :certificates, 0, x'', '', NULL, 0, x'', 0, x'')
         ON CONFLICT DO UPDATE SET certificates = :certificates`,
      ),
      advance: database.prepare(
        "UPDATE booth_log SET size = :size, root = :root, note = :note, cosigned_at = :at WHERE booth = :booth AND size = :before",
      ),
      addHead: database.prepare("INSERT OR REPLACE INTO booth_log_head VALUES (:booth, :size, :root, :note)"),
      head: database.prepare<[string, number], { root: Buffer; note: string }>(
        "SELECT root, note FROM booth_log_head WHERE booth = ? AND size = ?",
      ),
      addEntry: database.prepare("INSERT INTO booth_log_entry VALUES (:booth, :place, :line, :sealed)"),
      dropEntries: database.prepare("DELETE FROM booth_log_entry WHERE booth = ? AND place >= ?"),
      lines: database
        .prepare<[string, number, number], string>(
          "SELECT line FROM booth_log_entry WHERE booth = ? AND place >= ? AND place < ? ORDER BY place",
        )
        .pluck(),
      hold: database.prepare(
        `UPDATE booth_log SET held = :held, peaks = :peaks, verified = :verified, verified_peaks = :verifiedPeaks
         WHERE booth = :booth`,
      ),
      addFault: database.prepare(
        `INSERT INTO booth_log_fault (booth, at, code, size, note, known)
         VALUES (:booth, :at, :code, :size, :note, :known) ON CONFLICT DO NOTHING`,
      ),
      faults: database.prepare<[string], BoothLogFault>(
        "SELECT booth, at, code, size, note, known FROM booth_log_fault WHERE booth = ? ORDER BY id",
      ),
    };
  }

  find(booth: string): BoothLogRecord | undefined {
    return this.#statements.find.get(booth);
  }

  all(): BoothLogRecord[] {
    return this.#statements.all.all();
  }

  certify(booth: string, certificates: string): void {
    this.#statements.certify.run({ booth, certificates });
  }

  /** Records a head as cosigned; false when another was meanwhile. Call it within a transaction. */
  advance(booth: string, before: number, head: Pick<BoothLogRecord, "size" | "root" | "note">, at: string): boolean {
    const { size, root, note } = head;
    if (this.#statements.advance.run({ booth, before, size, root, note, at }).changes !== 1) return false;
    this.#statements.addHead.run({ booth, size, root, note });
    return true;
  }

  /** The head of exactly that size, if it was cosigned. */
  head(booth: string, size: number): { readonly root: Buffer; readonly note: string } | undefined {
    return this.#statements.head.get(booth, size);
  }

  /** Within a transaction. */
  addEntries(booth: string, entries: readonly HeldEntry[]): void {
    for (const entry of entries) this.#statements.addEntry.run({ booth, ...entry });
  }

  dropEntriesFrom(booth: string, place: number): void {
    this.#statements.dropEntries.run(booth, place);
  }

  hold(booth: string, state: Pick<BoothLogRecord, "held" | "peaks" | "verified" | "verifiedPeaks">): void {
    this.#statements.hold.run({ booth, ...state });
  }

  lines(booth: string, from: number, to: number): IterableIterator<string> {
    return this.#statements.lines.iterate(booth, from, to);
  }

  /** True when it was not known before. */
  addFault(fault: BoothLogFault): boolean {
    return this.#statements.addFault.run(fault).changes === 1;
  }

  faults(booth: string): BoothLogFault[] {
    return this.#statements.faults.all(booth);
  }
}
