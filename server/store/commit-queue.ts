/**
 * Group commit: changes asked for in the same turn of the event loop share one transaction, so that many uploads that
 * finish together wait for one write to the disk and not for one each. A change that fails takes only itself back.
 */
import type { Database } from "./database.ts";

interface Waiting {
  readonly change: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

export class CommitQueue {
  readonly #database: Database;
  #waiting: Waiting[] = [];

  constructor(database: Database) {
    this.#database = database;
  }

  /** Runs a synchronous change; resolves to its value once it is durable. */
  commit<T>(change: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#flush());
      this.#waiting.push({ change, resolve: resolve as (value: never) => void, reject });
    });
  }

  #flush(): void {
    const group = this.#waiting;
    this.#waiting = [];
    const settled: (() => void)[] = [];
    try {
      this.#database
        .transaction(() => {
          for (const { change, resolve, reject } of group) {
            try {
              // A transaction inside a transaction is a savepoint.
              const value = this.#database.transaction(change)();
              settled.push(() => resolve(value as never));
            } catch (error) {
              // A full disk may have ended the whole transaction: then nothing of the group may be called durable.
              if (!this.#database.inTransaction) throw error;
              settled.push(() => reject(error));
            }
          }
        })
        .immediate();
    } catch (error) {
      for (const { reject } of group) reject(error);
      return;
    }
    for (const settle of settled) settle();
  }
}
