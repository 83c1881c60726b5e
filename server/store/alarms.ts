/** What a security officer must see: replays, foreign packages, contents that do not fit their manifest. */
import type { ErrorDetail } from "../../crypto/errors/kabina-error.ts";
import type { Database } from "./database.ts";

export interface Alarm {
  readonly at: string;
  readonly booth: string;
  readonly code: string;
  readonly details: Readonly<Record<string, ErrorDetail>>;
}

export class Alarms {
  readonly #insert;
  readonly #latest;

  constructor(database: Database) {
    this.#insert = database.prepare("INSERT INTO alarm (at, booth, code, details) VALUES (?, ?, ?, ?)");
    this.#latest = database.prepare<[number], { at: string; booth: string; code: string; details: string }>(
      "SELECT at, booth, code, details FROM alarm ORDER BY id DESC LIMIT ?",
    );
  }

  insert(alarm: Alarm): void {
    this.#insert.run(alarm.at, alarm.booth, alarm.code, JSON.stringify(alarm.details));
  }

  /** The newest first. */
  latest(limit: number): Alarm[] {
    return this.#latest
      .all(limit)
      .map((row) => ({ ...row, details: JSON.parse(row.details) as Record<string, ErrorDetail> }));
  }
}
