/** Changes that share a commit: one that fails must take back itself alone, and all of itself, or a case is lost or half there. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { CommitQueue } from "../../server/store/commit-queue.ts";
import { type Database, openDatabase } from "../../server/store/database.ts";

let database: Database;
let queue: CommitQueue;

beforeEach(() => {
  database = openDatabase(":memory:", ["CREATE TABLE line (change INTEGER NOT NULL, part INTEGER NOT NULL) STRICT;"]);
  queue = new CommitQueue(database);
});
afterEach(() => {
  database.close();
});

/** Writes two lines; a failing one falls between them. */
function change(number: number, fails: boolean): () => number {
  const insert = database.prepare("INSERT INTO line VALUES (?, ?)");
  return () => {
    insert.run(number, 1);
    if (fails) throw new Error(`change ${number}`);
    insert.run(number, 2);
    return number;
  };
}

const written = () => database.prepare("SELECT change FROM line ORDER BY change, part").pluck().all();

describe("changes", () => {
  test("that fail take back themselves alone, by themselves and in company", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }), async (fails) => {
        database.exec("DELETE FROM line");
        const settled = await Promise.allSettled(fails.map((fail, i) => queue.commit(change(i, fail))));
        expect(settled.map(({ status }) => status === "rejected")).toEqual(fails);
        expect(written()).toEqual(fails.flatMap((fail, i) => (fail ? [] : [i, i])));
        expect(database.inTransaction).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  test("that are noted are taken back whole as well, and the next commit waits for the disk again", () => {
    expect(() => queue.note(change(1, true))).toThrow("change 1");
    queue.note(change(2, false));
    expect(written()).toEqual([2, 2]);
    expect(database.pragma("synchronous", { simple: true })).toBe(2);
  });
});
