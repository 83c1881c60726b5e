/** Signed decision notices for booths, in order; they are kept, a booth may ask for them again. */
import type { Database } from "./database.ts";

export interface Notice {
  readonly sequence: number;
  readonly packageId: string;
  /** As signed. */
  readonly notice: Buffer;
}

export class Notices {
  readonly #insert;
  readonly #after;
  readonly #deliver;
  readonly #undelivered;

  constructor(database: Database) {
    this.#insert = database.prepare(
      "INSERT INTO notice (booth, package_id, notice, made_at) VALUES (:booth, :packageId, :notice, :madeAt)",
    );
    this.#after = database.prepare<[string, number, number], Notice>(
      "SELECT sequence, package_id AS packageId, notice FROM notice WHERE booth = ? AND sequence > ? ORDER BY sequence LIMIT ?",
    );
    this.#deliver = database.prepare(
      "UPDATE notice SET delivered_at = ? WHERE booth = ? AND sequence <= ? AND delivered_at IS NULL",
    );
    this.#undelivered = database
      .prepare<[string, number], number>(
        "SELECT count(*) FROM notice WHERE booth = ? AND sequence <= ? AND delivered_at IS NULL",
      )
      .pluck();
  }

  /** Whether there is something to mark: a booth that asks again and again costs no write. */
  undelivered(booth: string, upTo: number): boolean {
    return (this.#undelivered.get(booth, upTo) ?? 0) > 0;
  }

  insert(notice: { booth: string; packageId: string; notice: Buffer; madeAt: string }): void {
    this.#insert.run(notice);
  }

  /** Notices of one booth after a sequence number, oldest first. */
  after(booth: string, sequence: number, limit: number): Notice[] {
    return this.#after.all(booth, sequence, limit);
  }

  /** A booth that asks for what came after `sequence` has what came up to it. */
  markDelivered(booth: string, sequence: number, at: string): void {
    this.#deliver.run(at, booth, sequence);
  }
}
