/** Operators' decisions, without their notes (`notes.ts`): pending while they can be undone, final once they are in the audit log. */
import type { CaseState, Decision } from "../review/api.ts";
import type { Database } from "./database.ts";

type WithoutNote<Each extends Decision> = Each extends Decision ? Omit<Each, "note"> : never;
type Accept = Extract<Decision, { kind: "accept" }>;

/** A decision without its note; with an override, the measures of the portrait that failed when it was made. */
export type StoredDecision =
  | (Omit<Accept, "note"> & { readonly overridden?: readonly string[] })
  | WithoutNote<Exclude<Decision, Accept>>;

export interface DecisionRecord {
  readonly caseId: string;
  readonly state: "pending" | "final";
  readonly decision: StoredDecision;
  readonly operator: string;
  readonly decidedAt: string;
  readonly undoUntil: string;
  /** The case's state that an undo goes back to. */
  readonly stateBefore: CaseState;
}

type Row = Omit<DecisionRecord, "decision"> & { readonly decision: string };

const COLUMNS = `case_id AS caseId, state, decision, operator, decided_at AS decidedAt, undo_until AS undoUntil,
  state_before AS stateBefore
  FROM decision`;

export class Decisions {
  readonly #insert;
  readonly #find;
  readonly #pending;
  readonly #finish;
  readonly #remove;
  readonly #reopen;
  readonly #by;

  constructor(database: Database) {
    this.#insert = database.prepare(
      "INSERT INTO decision VALUES (:caseId, 'pending', :decision, :operator, :decidedAt, :undoUntil, :stateBefore)",
    );
    this.#find = database.prepare<[string], Row>(`SELECT ${COLUMNS} WHERE case_id = ?`);
    this.#pending = database.prepare<[], Row>(`SELECT ${COLUMNS} WHERE state = 'pending' ORDER BY undo_until`);
    this.#finish = database.prepare("UPDATE decision SET state = 'final' WHERE case_id = ? AND state = 'pending'");
    this.#by = database
      .prepare<[string, string], string>("SELECT case_id FROM decision WHERE operator = ? AND decided_at >= ?")
      .pluck();
    this.#reopen = database.prepare("DELETE FROM decision WHERE case_id = ? AND state = 'final'");
    this.#remove = database.prepare("DELETE FROM decision WHERE case_id = ? AND state = 'pending'");
  }

  insert(record: Omit<DecisionRecord, "state">): void {
    this.#insert.run({ ...record, decision: JSON.stringify(record.decision) });
  }

  find(caseId: string): DecisionRecord | undefined {
    const row = this.#find.get(caseId);
    return row && read(row);
  }

  /** Cases that somebody has decided from a moment on. */
  by(operator: string, since: string): string[] {
    return this.#by.all(operator, since);
  }

  pending(): DecisionRecord[] {
    return this.#pending.all().map(read);
  }

  /** True when it was pending. */
  finish(caseId: string): boolean {
    return this.#finish.run(caseId).changes === 1;
  }

  /** Makes room for another decision; the signed one stays in the audit log. True when there was one. */
  reopen(caseId: string): boolean {
    return this.#reopen.run(caseId).changes === 1;
  }

  /** Takes a pending decision back; true when there was one. */
  remove(caseId: string): boolean {
    return this.#remove.run(caseId).changes === 1;
  }
}

function read(row: Row): DecisionRecord {
  return { ...row, decision: JSON.parse(row.decision) as StoredDecision };
}
