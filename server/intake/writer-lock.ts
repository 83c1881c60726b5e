/**
 * One writer per upload. Who comes later takes over: the writer before is asked to stop, writes down what it has, and lets
 * go; only then does the next one see the offset. So a booth whose old connection is dead and does not know it yet goes on at
 * once, and two connections never write the same upload.
 */
import type { Lock, Locker } from "@tus/server";

export class WriterLocks implements Locker {
  /** For each upload: how to ask its present holder to stop, and when it and all who wait before us are done. */
  readonly #holders = new Map<string, { stop: () => void; done: Promise<void> }>();

  newLock(sha256: string): Lock {
    let release: () => void = () => undefined;
    return {
      lock: async (_signal, requestRelease) => {
        const before = this.#holders.get(sha256);
        const mine = {
          stop: () => void requestRelease(),
          done: new Promise<void>((resolve) => {
            release = () => {
              if (this.#holders.get(sha256) === mine) this.#holders.delete(sha256);
              resolve();
            };
          }),
        };
        this.#holders.set(sha256, mine);
        before?.stop();
        await before?.done;
      },
      unlock: async () => release(),
    };
  }
}
