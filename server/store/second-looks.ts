/** Cases that must be looked at again: a key, a sensor or a device behind them was taken back after the fact, or somebody else stands in their place. */
import type { Standing } from "../../crypto/package/time-bounds.ts";
import type { Database } from "./database.ts";

/** What casts the doubt: the booth's certificate, a sensor's, an entry of the hot-list, a member of staff, the policy, or a fork of the booth's line. */
export type SecondLookCause = "booth" | "sensor" | "hot-list" | "operator" | "policy" | "fork";

export interface SecondLook {
  readonly caseId: string;
  readonly cause: SecondLookCause;
  /** The serial number, the entry's id, the policy's hash, or the line. */
  readonly subject: string;
  readonly since: string;
  readonly standing: Exclude<Standing, "believed">;
  readonly foundAt: string;
  readonly closedAt: string | null;
  readonly closedBy: string | null;
}

const COLUMNS =
  "case_id AS caseId, cause, subject, since, standing, found_at AS foundAt, closed_at AS closedAt, closed_by AS closedBy FROM look_again";

export class SecondLooks {
  readonly #add;
  readonly #open;
  readonly #ofCase;
  readonly #closed;
  readonly #close;

  constructor(database: Database) {
    this.#add = database.prepare(
      "INSERT INTO look_again VALUES (:caseId, :cause, :subject, :since, :standing, :foundAt, NULL, NULL) ON CONFLICT DO NOTHING",
    );
    this.#open = database.prepare<[], SecondLook>(
      `SELECT ${COLUMNS} WHERE closed_at IS NULL ORDER BY found_at, case_id, cause, subject`,
    );
    this.#ofCase = database.prepare<[string], SecondLook>(`SELECT ${COLUMNS} WHERE case_id = ?`);
    this.#closed = database.prepare<[number], SecondLook>(
      `SELECT ${COLUMNS} WHERE closed_at IS NOT NULL ORDER BY closed_at DESC, case_id LIMIT ?`,
    );
    this.#close = database.prepare(
      "UPDATE look_again SET closed_at = :at, closed_by = :by WHERE case_id = :caseId AND closed_at IS NULL AND found_at <= :before",
    );
  }

  /** False when it was known: each doubt about a case is told once. */
  add(look: Omit<SecondLook, "closedAt" | "closedBy">): boolean {
    return this.#add.run(look).changes > 0;
  }

  open(): SecondLook[] {
    return this.#open.all();
  }

  /** What somebody has looked at, the latest first. */
  closed(limit: number): SecondLook[] {
    return this.#closed.all(limit);
  }

  ofCase(caseId: string): SecondLook[] {
    return this.#ofCase.all(caseId);
  }

  /** How many doubts about the case were open; of those found until `before`, where only these were known. */
  close(caseId: string, by: string, at: string, before = at): number {
    return this.#close.run({ caseId, by, at, before }).changes;
  }
}
