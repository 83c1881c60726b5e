/**
 * One writer per upload. Who comes later takes over: the writer before is stopped, writes down what it has, and lets go; only then
 * does the next one see the offset. So a booth whose old connection is dead and does not know it yet goes on at once, and two
 * connections never write the same upload.
 */
interface Holder {
  readonly stop: () => void;
  readonly done: Promise<void>;
}

export class WriterLocks {
  /** For each upload, who came last. */
  readonly #last = new Map<string, Holder>();

  /** Resolves when all who came before are done; the caller must release. `stop` is called when somebody comes later. */
  async acquire(sha256: string, stop: () => void): Promise<{ release(): void }> {
    const before = this.#last.get(sha256);
    let finish: () => void = () => undefined;
    const mine: Holder = {
      stop,
      done: new Promise((resolve) => {
        finish = resolve;
      }),
    };
    this.#last.set(sha256, mine);
    if (before) {
      before.stop();
      await before.done;
    }
    return {
      release: () => {
        if (this.#last.get(sha256) === mine) this.#last.delete(sha256);
        finish();
      },
    };
  }
}
