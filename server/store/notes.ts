/** What an operator has written about a case, under the case's data key: it may speak of the person. Who erases the key erases it. */

import type { CaseRecord } from "./cases.ts";
import type { Database } from "./database.ts";
import type { Parts } from "./parts.ts";

/** Binds the text to its place; no part has such a name. */
const NAME = "/note";

export class Notes {
  readonly #parts: Parts;
  readonly #put;
  readonly #find;
  readonly #remove;

  constructor(database: Database, parts: Parts) {
    this.#parts = parts;
    this.#put = database.prepare("INSERT OR REPLACE INTO note VALUES (?, ?)");
    this.#find = database.prepare<[string], Buffer>("SELECT sealed FROM note WHERE case_id = ?").pluck();
    this.#remove = database.prepare("DELETE FROM note WHERE case_id = ?");
  }

  /** Encrypts a note; `wrapped` is the key that the case gets with it where it has none yet (its package was never opened). */
  async seal(of: CaseRecord, note: string): Promise<{ sealed: Buffer; wrapped: Buffer | null }> {
    const text = Buffer.from(note, "utf8");
    if (of.dataKey) return { sealed: (await this.#parts.resealer(of))(NAME, text), wrapped: null };
    const { seal, newKeys } = await this.#parts.sealer(of);
    return { sealed: seal(NAME, text), wrapped: newKeys.data };
  }

  put(caseId: string, sealed: Buffer): void {
    this.#put.run(caseId, sealed);
  }

  /** As it rests: encrypted. */
  sealed(caseId: string): Buffer | undefined {
    return this.#find.get(caseId);
  }

  remove(caseId: string): void {
    this.#remove.run(caseId);
  }

  /** Decrypts a case's note; null when it has none. @throws KabinaError `store/part-damaged`, `key/unwrap` */
  async read(of: CaseRecord): Promise<string | null> {
    const sealed = this.#find.get(of.caseId);
    return sealed ? (await this.#parts.unseal(of, NAME, sealed)).toString("utf8") : null;
  }
}
