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

/** Milliseconds after a commit in which the store counts as busy, and that changes are gathered for while it is. */
const BUSY_MS = 20;
const GATHER_MS = 3;

export class CommitQueue {
  readonly #database: Database;
  /** Runs a change in a transaction; within another one, in a savepoint. */
  readonly #inTransaction;
  #waiting: Waiting[] = [];

  /** When the last group was written, on the clock of `performance.now()`. */
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(database: Database) {
    this.#database = database;
    this.#inTransaction = database.transaction((change: () => unknown) => change());
  }

  /**
   * Runs a synchronous change at once, without waiting for the disk: it survives the end of the process, and a power cut only
   * with the next `commit`. For what can be had again by asking again.
   */
  note(change: () => void): void {
    this.#database.pragma("synchronous = NORMAL");
    try {
      this.#inTransaction.immediate(change);
    } finally {
      this.#database.pragma("synchronous = FULL");
    }
  }

  /** Runs a synchronous change; resolves to its value once it is durable. */
  commit<T>(change: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#waiting.length === 0) this.#plan();
      this.#waiting.push({ change, resolve: resolve as (value: never) => void, reject });
    });
  }

  /** At once when the store was idle; under load a little later, so that more share the wait for the disk. */
  #plan(): void {
    const busy = performance.now() - this.#lastMs < BUSY_MS;
    if (busy) setTimeout(() => this.#flush(), GATHER_MS);
    else setImmediate(() => this.#flush());
  }

  #flush(): void {
    const group = this.#waiting;
    this.#waiting = [];
    const settled: (() => void)[] = [];
    try {
      this.#inTransaction.immediate(() => {
        for (const { change, resolve, reject } of group) {
          try {
            // By itself it needs no savepoint: the transaction is its own.
            const value = group.length === 1 ? change() : this.#inTransaction(change);
            settled.push(() => resolve(value as never));
          } catch (error) {
            // A full disk may have ended the whole transaction: then nothing of the group may be called durable.
            if (group.length === 1 || !this.#database.inTransaction) throw error;
            settled.push(() => reject(error));
          }
        }
      });
    } catch (error) {
      for (const { reject } of group) reject(error);
      return;
    }
    this.#lastMs = performance.now();
    for (const settle of settled) settle();
  }
}
