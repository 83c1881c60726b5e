/**
 * Changes that are asked for in one turn of the event loop share a commit: each costs a write to the disk, and many booths renew at once. Who fails fails
 * alone.
 */

/** A change may be done twice, the first time undone. */
interface Waiting {
  readonly change: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export interface TransactionTools {
  /** Runs in a transaction: durable when it returns, and not done at all when it throws. */
  readonly commit: <T>(change: () => T) => T;
  /** Runs within the transaction that stands, in a savepoint: undone alone when it throws. */
  readonly nested: (change: () => unknown) => unknown;
  /** Whether the transaction still stands. */
  readonly standing: () => boolean;
}

export class ChangesTogether {
  readonly #tools: TransactionTools;
  /** They wait for the end of this turn. */
  #waiting: Waiting[] = [];

  constructor(tools: TransactionTools) {
    this.#tools = tools;
  }

  /** Resolves when the change is durable. */
  add<T>(change: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#commit());
      this.#waiting.push({ change, resolve: (value) => resolve(value as T), reject });
    });
  }

  #commit(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      const values = this.#tools.commit(() => waiting.map(({ change }) => change()));
      for (const [at, { resolve }] of waiting.entries()) resolve(values[at]);
    } catch (error) {
      if (waiting.length > 1) this.#commitApart(waiting);
      else waiting[0]?.reject(error);
    }
  }

  /** One of them threw: all are undone, and done again, each in a savepoint of its own. */
  #commitApart(waiting: readonly Waiting[]): void {
    const { commit, nested, standing } = this.#tools;
    const settle: (() => void)[] = [];
    try {
      commit(() => {
        for (const { change, resolve, reject } of waiting)
          try {
            const value = nested(change);
            settle.push(() => resolve(value));
          } catch (error) {
            if (!standing()) throw error; // the disk is full: SQLite has undone all of it
            settle.push(() => reject(error));
          }
      });
    } catch (error) {
      for (const { reject } of waiting) reject(error);
      return;
    }
    for (const tell of settle) tell();
  }
}
