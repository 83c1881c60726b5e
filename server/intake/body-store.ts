/**
 * The bodies of uploads, each in `uploads/<sha256>.kab`, where it stays when it is complete. Keeps the state of those that
 * move, so that a cut does not make the server read a file again.
 */
import { statSync } from "node:fs";
import { readdir, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { Manifest } from "../../crypto/package/manifest.ts";
import type { UploadRecord, Uploads } from "../store/uploads.ts";
import { FolderSync } from "./folder-sync.ts";
import { UploadFile } from "./upload-file.ts";

/** Uploads whose state is kept; one that is let go costs reading its file when it goes on. */
const KEPT_STATES = 1024;
const ENDING = ".kab";

export interface BodyStoreOptions {
  readonly folder: string;
  readonly uploads: Uploads;
  /** The manifest of an upload's head, when it passes now. */
  readonly manifestOf: (record: UploadRecord) => Manifest | undefined;
}

export class BodyStore {
  readonly #options: BodyStoreOptions;
  readonly #folder: FolderSync;
  readonly #states = new Map<string, Promise<UploadFile>>();

  constructor(options: BodyStoreOptions) {
    this.#options = options;
    this.#folder = new FolderSync(options.folder);
  }

  path(sha256: string): string {
    return join(this.#options.folder, `${sha256}${ENDING}`);
  }

  /** An upload with what is durable of it. @throws KabinaError `intake/upload-unknown` */
  open(sha256: string): Promise<UploadFile> {
    const known = this.#states.get(sha256);
    if (known) return known;
    const record = this.#options.uploads.find(sha256);
    if (!record) return Promise.reject(new KabinaError("intake/upload-unknown"));
    const opening = this.#look(record);
    this.#states.set(sha256, opening);
    opening.catch(() => this.forget(sha256));
    if (this.#states.size > KEPT_STATES) this.forget(this.#states.keys().next().value as string);
    return opening;
  }

  /** Forgets an upload's state: the file is looked at anew when it goes on. */
  forget(sha256: string): void {
    this.#states.delete(sha256);
  }

  /** Removes an upload's bytes. */
  async discard(sha256: string): Promise<void> {
    this.forget(sha256);
    await unlink(this.path(sha256)).catch(ignoreMissing);
  }

  /** Files that belong to nobody and have not changed since an instant. */
  async *orphans(since: Date, belongs: (sha256: string) => boolean): AsyncGenerator<string> {
    for (const name of await readdir(this.#options.folder)) {
      const sha256 = name.slice(0, -ENDING.length);
      if (!name.endsWith(ENDING) || belongs(sha256)) continue;
      if ((await stat(this.path(sha256))).mtime < since) yield sha256;
    }
  }

  close(): Promise<void> {
    return this.#folder.close();
  }

  async #look(record: UploadRecord): Promise<UploadFile> {
    const path = this.path(record.sha256);
    const fresh = () => new UploadFile(path, record, this.#options.manifestOf(record), this.#folder);
    // Asked in this thread: the answer is in the system's memory, and a thread of the pool costs ten times as much.
    if (!statSync(path, { throwIfNoEntry: false })) return fresh();
    for (;;) {
      const upload = fresh();
      if (await upload.recover()) return upload;
    }
  }
}

function ignoreMissing(error: unknown): void {
  if ((error as { code?: unknown }).code !== "ENOENT") throw error;
}
