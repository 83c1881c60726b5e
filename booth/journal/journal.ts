/**
 * The journal of one session: everything that happened, encrypted, on disk before anything else follows from it. Its key
 * lives wrapped in a file beside it, which only the booth's own `booth-journal` key unwraps; when that file is
 * destroyed, the journal is noise.
 *
 *     <sessions>/<session id>/key.json   the wrapped session key
 *     <sessions>/<session id>/journal    records, see record.ts
 */
import { type FileHandle, mkdir, open, readdir, readFile, rm, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { RandomBytes } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { KeyRing } from "../../crypto/keys/key-ring.ts";
import { unwrapSessionKey, WrappedSessionKey, wrapSessionKey } from "../../crypto/keys/session-key.ts";
import { type JournalRecord, openRecord, RECORD_PREFIX, recordLength, sealRecord } from "./record.ts";

export interface JournalTools {
  /** `<data>/booth/sessions`. */
  readonly folder: string;
  /** The `booth-journal` key, and those before it. */
  readonly keys: Pick<KeyRing, "current" | "among">;
  readonly random: RandomBytes;
}

/** What was destroyed. */
export interface Erasure {
  readonly records: number;
  readonly keyDestroyed: boolean;
}

/** How long a writer waits for a disk that does not answer. */
export interface Patience {
  readonly ms: number;
  /** True: a record that comes to the disk later than that is taken off it again; false: it stays. */
  readonly takeBack: boolean;
}

/** Milliseconds to wait for a disk that has kept somebody waiting already. */
const SILENT_MS = 250;
export const KEY_FILE = "key.json";
const JOURNAL_FILE = "journal";
const KEY_BYTES = 32;

export class Journal {
  readonly session: string;
  readonly #tools: JournalTools;
  readonly #key: Uint8Array;
  readonly #file: FileHandle;
  #size: number;
  #count: number;
  #tail: Promise<unknown> = Promise.resolve();
  #closed = false;
  /** The disk has kept somebody waiting too long and has not answered since. */
  #silent = false;

  private constructor(
    session: string,
    tools: JournalTools,
    key: Uint8Array,
    file: FileHandle,
    size: number,
    count: number,
  ) {
    this.session = session;
    this.#tools = tools;
    this.#key = key;
    this.#file = file;
    this.#size = size;
    this.#count = count;
  }

  /** Records that are durable. */
  get records(): number {
    return this.#count;
  }

  /** Begins the journal of a new session. Throws `journal/disk-full`, `journal/disk`; nothing is left behind then. */
  static async create(session: string, tools: JournalTools): Promise<Journal> {
    const folder = join(tools.folder, session);
    const key = tools.random(KEY_BYTES);
    try {
      await mkdir(tools.folder, { recursive: true, mode: 0o700 });
      await mkdir(folder, { mode: 0o700 });
      const wrapped = wrapSessionKey(key, tools.keys.current.publicKeyInfo, session, tools.random);
      await writeSynced(join(folder, KEY_FILE), Buffer.from(JSON.stringify(wrapped)));
      const file = await open(join(folder, JOURNAL_FILE), "wx+", 0o600);
      await syncFolder(folder);
      await syncFolder(tools.folder);
      return new Journal(session, tools, key, file, 0, 0);
    } catch (cause) {
      await rm(folder, { recursive: true, force: true }).catch(() => {});
      throw diskFailure(cause);
    }
  }

  /**
   * Opens the journal of a session that was cut off, with every record that is whole; a torn tail is cut. Resolves with undefined
   * when its key is gone, damaged or not this booth's: then nothing of it can be read by anybody.
   */
  static async reopen(
    session: string,
    tools: JournalTools,
  ): Promise<{ journal: Journal; records: JournalRecord[] } | undefined> {
    const folder = join(tools.folder, session);
    const key = await readKey(folder, session, tools).catch(() => undefined);
    if (key === undefined) return undefined;
    const file = await open(join(folder, JOURNAL_FILE), "r+").catch(() => undefined);
    if (file === undefined) return undefined;
    try {
      const { records, size } = await readRecords(file, key, session);
      await file.truncate(size);
      await file.sync();
      return { journal: new Journal(session, tools, key, file, size, records.length), records };
    } catch (cause) {
      await file.close();
      throw diskFailure(cause);
    }
  }

  /** Whether a session's key opens; nothing of the session is read. */
  static async opens(session: string, tools: JournalTools): Promise<boolean> {
    const key = await readKey(join(tools.folder, session), session, tools).catch(() => undefined);
    key?.fill(0);
    return key !== undefined;
  }

  /** The sessions whose folders are on disk, whole or not. */
  static async list(folder: string): Promise<string[]> {
    return readdir(folder).catch(() => []);
  }

  /**
   * Appends a record and resolves when it is on the disk. When it cannot be written whole nothing of it stays, and the journal is
   * as before. Throws `journal/disk-full`, `journal/disk`, `journal/record-too-large`, `journal/closed`, and when the disk does
   * not answer in time `journal/disk-silent`.
   */
  append(record: JournalRecord, patience?: Patience): Promise<void> {
    const place = { withdrawn: false };
    const work = this.#tail.then(() => this.#append(record, place));
    this.#tail = work.catch(() => {});
    if (patience === undefined) return work;
    return within(work, this.#silent ? Math.min(SILENT_MS, patience.ms) : patience.ms, () => {
      this.#silent = true;
      place.withdrawn = patience.takeBack;
      return new KabinaError("journal/disk-silent");
    });
  }

  async #append(record: JournalRecord, given: { readonly withdrawn: boolean }): Promise<void> {
    if (this.#closed) throw new KabinaError("journal/closed");
    if (given.withdrawn) return;
    const place = { session: this.session, index: this.#count };
    const bytes = sealRecord(record, this.#key, place, this.#tools.random);
    try {
      await writeAll(this.#file, bytes, this.#size);
      await this.#file.sync();
    } catch (cause) {
      await this.#file.truncate(this.#size).catch(() => {});
      throw diskFailure(cause);
    } finally {
      this.#silent = false;
    }
    if (given.withdrawn) {
      await this.#file.truncate(this.#size);
      return;
    }
    this.#size += bytes.length;
    this.#count += 1;
  }

  /** Destroys the key, then deletes the journal. What follows a power cut in the middle is done by `eraseRemains`. */
  async destroy(): Promise<Erasure> {
    this.#closed = true;
    await this.#tail;
    this.#key.fill(0);
    await this.#file.close().catch(() => {});
    const keyDestroyed = await eraseRemains(this.session, this.#tools);
    return { records: this.#count, keyDestroyed };
  }

  /** Lets the file go without erasing anything: the process ends, the session does not. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#tail;
    this.#key.fill(0);
    await this.#file.close().catch(() => {});
  }
}

/** Overwrites and unlinks a session's key, then removes its folder. True when there was a key to destroy. */
export async function eraseRemains(session: string, tools: Pick<JournalTools, "folder" | "random">): Promise<boolean> {
  const folder = join(tools.folder, session);
  const path = join(folder, KEY_FILE);
  let destroyed = false;
  const file = await open(path, "r+").catch(() => undefined);
  if (file !== undefined) {
    try {
      const { size } = await file.stat();
      await writeAll(file, tools.random(Math.max(1, Math.min(size, 64 * 1024))), 0);
      await file.sync();
      destroyed = true;
    } finally {
      await file.close();
    }
    await unlink(path);
    await syncFolder(folder);
  }
  await rm(folder, { recursive: true, force: true });
  await syncFolder(tools.folder);
  return destroyed;
}

async function readKey(folder: string, session: string, tools: JournalTools): Promise<Uint8Array> {
  const wrapped = WrappedSessionKey.parse(JSON.parse(await readFile(join(folder, KEY_FILE), "utf8")));
  const [key] = await tools.keys.among([wrapped.keyId]);
  if (key === undefined) throw new KabinaError("key/unwrap", { reason: "wrapped for another key" });
  return unwrapSessionKey(wrapped, key, session);
}

/** Every whole record from the start, and where the last one ends. */
async function readRecords(
  file: FileHandle,
  key: Uint8Array,
  session: string,
): Promise<{ records: JournalRecord[]; size: number }> {
  const records: JournalRecord[] = [];
  const total = (await file.stat()).size;
  let at = 0;
  for (;;) {
    const prefix = await readExactly(file, at, RECORD_PREFIX, total);
    const length = prefix === undefined ? undefined : recordLength(prefix);
    const sealed = length === undefined ? undefined : await readExactly(file, at + RECORD_PREFIX, length, total);
    const record = sealed === undefined ? undefined : openRecord(sealed, key, { session, index: records.length });
    if (record === undefined || sealed === undefined) return { records, size: at };
    records.push(record);
    at += RECORD_PREFIX + sealed.length;
  }
}

async function readExactly(file: FileHandle, at: number, length: number, total: number): Promise<Buffer | undefined> {
  if (at + length > total) return undefined;
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, at);
  return bytesRead === length ? buffer : undefined;
}

async function writeAll(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done);
    done += bytesWritten;
  }
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await writeAll(file, bytes, 0);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** What the work comes to, or the error when it takes longer than that; the work itself goes on. */
export function within<T>(work: Promise<T>, milliseconds: number, late: () => Error): Promise<T> {
  work.catch(() => {});
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), milliseconds);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function diskFailure(cause: unknown): KabinaError {
  if (cause instanceof KabinaError) return cause;
  const code = (cause as NodeJS.ErrnoException | null)?.code;
  return code === "ENOSPC" || code === "EDQUOT"
    ? new KabinaError("journal/disk-full", {}, { cause })
    : new KabinaError("journal/disk", { reason: code ?? "unknown" }, { cause });
}
