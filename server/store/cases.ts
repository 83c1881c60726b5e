/** Cases: one per package, from its receipt to the operator's decision; and what the consoles hear of them. */
import type { CaseState, Check, HistoryEntry, Risk, Stage } from "../review/api.ts";
import type { Database } from "./database.ts";

export interface CaseRecord {
  readonly caseId: string;
  readonly packageSha256: string;
  readonly state: CaseState;
  readonly risk: Risk;
  readonly version: number;
  /** The case's data key, wrapped; null until the package has been opened. */
  readonly dataKey: Buffer | null;
  /** The same of its prints; null also where prints are under the data key. */
  readonly printsKey: Buffer | null;
  readonly changedAt: string;
}

export interface StageResult {
  readonly stage: Stage;
  readonly checks: readonly Check[];
  readonly finishedAt: string;
  readonly ms: number;
}

/** A stored check has no text: that is made in the reader's language when it is read. */
export type StoredCheck = Omit<Check, "text">;

const COLUMNS =
  "case_id AS caseId, package_sha256 AS packageSha256, state, risk, version, data_key AS dataKey, prints_key AS printsKey, changed_at AS changedAt";

export class Cases {
  readonly #insert;
  readonly #byId;
  readonly #byPackage;
  readonly #inStates;
  readonly #named;
  readonly #between;
  readonly #ofEndings;
  readonly #change;
  readonly #setKey;
  readonly #setPrintsKey;
  readonly #withKeys;
  readonly #putStage;
  readonly #stages;
  readonly #dropStages;
  readonly #addHistory;
  readonly #history;
  readonly #addEvent;
  readonly #events;
  readonly #lastEvent;

  constructor(database: Database) {
    this.#insert = database.prepare(
      "INSERT INTO enrolment_case (case_id, package_sha256, state, risk, version, changed_at) VALUES (?, ?, 'processing', 'low', 1, ?)",
    );
    this.#byId = database.prepare<[string], CaseRecord>(`SELECT ${COLUMNS} FROM enrolment_case WHERE case_id = ?`);
    this.#byPackage = database.prepare<[string], CaseRecord>(
      `SELECT ${COLUMNS} FROM enrolment_case WHERE package_sha256 = ?`,
    );
    this.#inStates = database.prepare<[string], CaseRecord>(
      `SELECT ${COLUMNS} FROM enrolment_case WHERE state IN (SELECT value FROM json_each(?)) ORDER BY changed_at DESC, case_id`,
    );
    const search = (condition: string, order: string) => `
      SELECT ${COLUMNS} FROM enrolment_case c
      JOIN package p ON p.sha256 = c.package_sha256 WHERE ${condition} ORDER BY ${order} LIMIT :limit`;
    const latest = "p.received_at DESC, c.case_id";
    this.#named = database.prepare<[{ text: string; limit: number }], CaseRecord>(
      search("instr(lower(c.case_id), :text) > 0 OR instr(lower(p.booth), :text) > 0 OR p.package_id = :text", latest),
    );
    this.#between = database.prepare<[{ from: string; to: string; limit: number }], CaseRecord>(
      search("p.received_at >= :from AND p.received_at < :to", latest),
    );
    this.#ofEndings = database.prepare<[{ endings: string; limit: number }], CaseRecord>(
      search("substr(p.package_id, -12) IN (SELECT value FROM json_each(:endings))", latest),
    );
    this.#change = database.prepare(
      `UPDATE enrolment_case SET state = coalesce(:state, state), risk = coalesce(:risk, risk), version = version + 1,
       changed_at = :changedAt WHERE case_id = :caseId`,
    );
    this.#setKey = database.prepare("UPDATE enrolment_case SET data_key = ? WHERE case_id = ?");
    this.#setPrintsKey = database.prepare("UPDATE enrolment_case SET prints_key = ? WHERE case_id = ?");
    this.#withKeys = database
      .prepare<[], string>(
        "SELECT case_id FROM enrolment_case WHERE data_key IS NOT NULL OR prints_key IS NOT NULL ORDER BY case_id",
      )
      .pluck();
    this.#putStage = database.prepare("INSERT OR REPLACE INTO stage_result VALUES (?, ?, ?, ?, ?)");
    this.#stages = database.prepare<[string], { stage: Stage; checks: string; finishedAt: string; ms: number }>(
      "SELECT stage, checks, finished_at AS finishedAt, ms FROM stage_result WHERE case_id = ?",
    );
    this.#dropStages = database.prepare("DELETE FROM stage_result WHERE case_id = ?");
    this.#addHistory = database.prepare("INSERT INTO history (case_id, at, by, event, detail) VALUES (?, ?, ?, ?, ?)");
    this.#history = database.prepare<[string], HistoryEntry>(
      "SELECT at, by, event, detail FROM history WHERE case_id = ? ORDER BY id",
    );
    this.#addEvent = database.prepare("INSERT INTO queue_event (case_id, kind) VALUES (?, ?)");
    this.#events = database.prepare<[number, number], { sequence: number; caseId: string; kind: "added" | "changed" }>(
      "SELECT sequence, case_id AS caseId, kind FROM queue_event WHERE sequence > ? ORDER BY sequence LIMIT ?",
    );
    this.#lastEvent = database.prepare<[], number>("SELECT coalesce(max(sequence), 0) FROM queue_event").pluck();
  }

  insert(caseId: string, packageSha256: string, at: string): void {
    this.#insert.run(caseId, packageSha256, at);
  }

  find(caseId: string): CaseRecord | undefined {
    return this.#byId.get(caseId);
  }

  ofPackage(sha256: string): CaseRecord | undefined {
    return this.#byPackage.get(sha256);
  }

  /** Latest change first. */
  inStates(...states: CaseState[]): CaseRecord[] {
    return this.#inStates.all(JSON.stringify(states));
  }

  /** Cases whose number or booth has the text in it, whatever its case, or whose package has it for its number; latest first. */
  named(text: string, limit: number): CaseRecord[] {
    return this.#named.all({ text: text.toLowerCase(), limit });
  }

  /** Cases received from one instant to before another, latest first. */
  receivedBetween(from: string, to: string, limit: number): CaseRecord[] {
    return this.#between.all({ from, to, limit });
  }

  /** Cases whose package's UUID ends in one of these. */
  ofPackageEndings(endings: readonly string[], limit: number): CaseRecord[] {
    return this.#ofEndings.all({ endings: JSON.stringify(endings), limit });
  }

  /** Changes a case and tells the consoles; every change makes a new version. */
  change(caseId: string, changedAt: string, to: { state?: CaseState; risk?: Risk }, kind: "added" | "changed"): void {
    this.#change.run({ caseId, changedAt, state: to.state ?? null, risk: to.risk ?? null });
    this.#addEvent.run(caseId, kind);
  }

  /** Cases whose captures, or whose prints, are here. */
  withKeys(): string[] {
    return this.#withKeys.all();
  }

  /** Null destroys the key. */
  setDataKey(caseId: string, wrapped: Buffer | null): void {
    this.#setKey.run(wrapped, caseId);
  }

  /** Null destroys the key. */
  setPrintsKey(caseId: string, wrapped: Buffer | null): void {
    this.#setPrintsKey.run(wrapped, caseId);
  }

  /** Idempotent: a stage that is done again replaces its result. */
  putStage(caseId: string, result: Omit<StageResult, "checks"> & { checks: readonly StoredCheck[] }): void {
    this.#putStage.run(caseId, result.stage, JSON.stringify(result.checks), result.finishedAt, result.ms);
  }

  stages(caseId: string): (Omit<StageResult, "checks"> & { checks: StoredCheck[] })[] {
    return this.#stages.all(caseId).map((row) => ({ ...row, checks: JSON.parse(row.checks) as StoredCheck[] }));
  }

  dropStages(caseId: string): void {
    this.#dropStages.run(caseId);
  }

  addHistory(caseId: string, entry: HistoryEntry): void {
    this.#addHistory.run(caseId, entry.at, entry.by, entry.event, entry.detail);
  }

  history(caseId: string): HistoryEntry[] {
    return this.#history.all(caseId);
  }

  eventsAfter(sequence: number, limit: number): { sequence: number; caseId: string; kind: "added" | "changed" }[] {
    return this.#events.all(sequence, limit);
  }

  lastEvent(): number {
    return this.#lastEvent.get() ?? 0;
  }
}
