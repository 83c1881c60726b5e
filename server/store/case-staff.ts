/** Which members of staff stood at the booth when a case was captured, by their numbers: who confirmed that something could not be given. */
import type { Database } from "./database.ts";

export class CaseStaff {
  readonly #put;
  readonly #drop;
  readonly #of;

  constructor(database: Database) {
    this.#put = database.prepare("INSERT OR IGNORE INTO case_staff VALUES (?, ?)");
    this.#drop = database.prepare("DELETE FROM case_staff WHERE case_id = ?");
    this.#of = database.prepare<[string], string>("SELECT case_id FROM case_staff WHERE staff = ?").pluck();
  }

  /** Replaces what was known of the case. */
  put(caseId: string, staff: readonly string[]): void {
    this.#drop.run(caseId);
    for (const one of staff) this.#put.run(caseId, one);
  }

  /** Cases at which somebody stood. */
  of(staff: string): string[] {
    return this.#of.all(staff);
  }
}
