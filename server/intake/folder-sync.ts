/** Makes new names in a folder durable; all who ask while the disk is at work share the next turn. */
import { type FileHandle, open } from "node:fs/promises";

export class FolderSync {
  readonly #path: string;
  #folder: Promise<FileHandle> | undefined;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Resolves when every name that is in the folder now is durable. */
  sync(): Promise<void> {
    if (!this.#running) {
      this.#running = this.#once();
      return this.#running;
    }
    // The turn under way may have begun before the name was there: the one after it covers it.
    this.#next ??= this.#running.then(
      () => this.#follow(),
      () => this.#follow(),
    );
    return this.#next;
  }

  async close(): Promise<void> {
    await this.#running?.catch(() => undefined);
    const folder = this.#folder;
    this.#folder = undefined;
    await (await folder)?.close();
  }

  #follow(): Promise<void> {
    this.#next = undefined;
    this.#running = this.#once();
    return this.#running;
  }

  async #once(): Promise<void> {
    try {
      this.#folder ??= open(this.#path, "r");
      await (await this.#folder).sync();
    } finally {
      if (!this.#next) this.#running = undefined;
    }
  }
}
