/** What was erased of which case, why, and by which samples its bytes would be known again. */
import type { Database } from "./database.ts";

export type ErasureScope = "captures" | "prints";

export interface ErasureRecord {
  readonly caseId: string;
  readonly scope: ErasureScope;
  /** Why: a word of the policy, or of whoever asked. */
  readonly reason: string;
  /** The policy that it was done under: its hash, or its name where it is the software's own. */
  readonly policy: string;
  readonly by: string;
  readonly begunAt: string;
  readonly doneAt: string | null;
  /** `ErasureInventory` as canonical JSON. */
  readonly inventory: string;
  readonly traces: Buffer;
}

const COLUMNS =
  "case_id AS caseId, scope, reason, policy, by, begun_at AS begunAt, done_at AS doneAt, inventory, traces FROM erasure";

export class Erasures {
  readonly #statements;

  constructor(database: Database) {
    this.#statements = {
      begin: database.prepare(
        `INSERT INTO erasure VALUES (:caseId, :scope, :reason, :policy, :by, :begunAt, NULL, :inventory, :traces)
         ON CONFLICT DO NOTHING`,
      ),
      done: database.prepare("UPDATE erasure SET done_at = ? WHERE case_id = ? AND scope = ? AND done_at IS NULL"),
      of: database.prepare<[string], ErasureRecord>(`SELECT ${COLUMNS} WHERE case_id = ? ORDER BY begun_at`),
      begun: database.prepare<[], ErasureRecord>(`SELECT ${COLUMNS} WHERE done_at IS NULL ORDER BY begun_at`),
      all: database.prepare<[], ErasureRecord>(`SELECT ${COLUMNS} ORDER BY begun_at`),
    };
  }

  /** False when it was begun before. */
  begin(record: Omit<ErasureRecord, "doneAt">): boolean {
    return this.#statements.begin.run(record).changes === 1;
  }

  finish(caseId: string, scope: ErasureScope, at: string): void {
    this.#statements.done.run(at, caseId, scope);
  }

  of(caseId: string): ErasureRecord[] {
    return this.#statements.of.all(caseId);
  }

  /** Those that a stop has cut off. */
  begun(): ErasureRecord[] {
    return this.#statements.begun.all();
  }

  all(): IterableIterator<ErasureRecord> {
    return this.#statements.all.iterate();
  }
}
