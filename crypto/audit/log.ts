/**
 * An append-only log that one process writes. An entry is on stable storage before `append` returns; a checkpoint signs the
 * head over all entries. A line that was cut off by a crash was never acknowledged and is removed at the next start; a log
 * that is shorter than, or differs from, what a checkpoint of it signed is refused.
 */
import { constants, writeSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import type { Certificate } from "../certificate/certificate.ts";
import { verificationKeyOf } from "../certificate/signature.ts";
import { syncFolder, writeFileDurably } from "../durable-file.ts";
import type { Clock } from "../environment.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import type { PrivateKeyHandle } from "../keys/key.ts";
import { signCheckpoint, verifyCheckpoint } from "./checkpoint.ts";
import { type AuditEntry, decodeEntry, entryLine } from "./entry.ts";
import { certificatesFile, checkpointsFile, readCertificates, readLines, readNotes } from "./file.ts";
import { HashTree } from "./hash-tree.ts";
import { consistencyProof, type Hash, inclusionProof, type LeafHashes, leafHash, rootOf } from "./merkle.ts";

export interface AuditLogOptions {
  /** Which log this is; the first line of its checkpoints. No spaces, no plus. */
  readonly origin: string;
  /** `server-audit`, or a booth's `booth-identity`. */
  readonly key: PrivateKeyHandle;
  readonly clock: Clock;
  /**
   * True: the caller's thread waits for the disk, as it does for its database, which makes an append twice as fast. A booth, whose
   * screen must live while a disk hangs, leaves it out, and another thread waits.
   */
  readonly mayBlock?: boolean;
}

interface Waiting {
  readonly kind: string;
  readonly data: AuditEntry["data"];
  readonly resolve: (added: { readonly index: number; readonly leaf: Hash }) => void;
  readonly reject: (error: unknown) => void;
}

const lineFeed = 0x0a;
/** So many entries are hashed while another thread waits for the disk; for fewer the way to that thread takes longer than the hashing. */
const manyTogether = 16;
/** A write is on stable storage when it returns: one call where a write and a sync would be two. */
const durableAppend = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_DSYNC;

export class AuditLog {
  readonly #entries: FileHandle;
  readonly #notes: FileHandle;
  readonly #path: string;
  readonly #options: AuditLogOptions;
  #key: PrivateKeyHandle;
  readonly #tree: HashTree;
  #waiting: Waiting[] = [];
  #work: Promise<unknown> = Promise.resolve();
  #broken = false;
  #head: { readonly note: string; readonly size: number } | undefined;

  private constructor(path: string, entries: FileHandle, notes: FileHandle, options: AuditLogOptions, tree: HashTree) {
    this.#path = path;
    this.#key = options.key;
    this.#entries = entries;
    this.#notes = notes;
    this.#options = options;
    this.#tree = tree;
  }

  /** Opens or makes the log. Throws `audit/entry-malformed`, `audit/checkpoint-*`, `audit/rewritten`. */
  static async open(path: string, options: AuditLogOptions): Promise<AuditLog> {
    const entries = await open(path, durableAppend, 0o600);
    const notes = await open(checkpointsFile(path), durableAppend, 0o600);
    try {
      const certificates = await keepCertificates(path, options.key);
      const kept = await readNotes(checkpointsFile(path));
      const keys = [verificationKeyOf(options.key), ...certificates.map((certificate) => certificate.verificationKey)];
      const heads = kept.notes.map((note) => verifyCheckpoint(note, keys));
      const tree = new HashTree();
      let whole = 0;
      const wanted = new Map(heads.map((head) => [head.size, head.root]));
      const compare = () => {
        const root = wanted.get(tree.size);
        if (root && Buffer.compare(root, tree.root()) !== 0)
          throw new KabinaError("audit/rewritten", { size: tree.size });
        wanted.delete(tree.size);
      };
      compare();
      // What a checkpoint covers is in its form, or its hash would not fit; only what came after the last one is read closely.
      const covered = heads.at(-1)?.size ?? 0;
      for await (const { line, end } of readLines(path)) {
        if (tree.size >= covered) decodeEntry(line, tree.size);
        tree.append(leafHash(line));
        whole = end;
        compare();
      }
      const beyond = [...wanted.keys()][0];
      if (beyond !== undefined) throw new KabinaError("audit/rewritten", { size: beyond });
      await entries.truncate(whole);
      await notes.truncate(kept.whole);
      await entries.sync();
      await notes.sync();
      await syncFolder(dirname(path));
      const log = new AuditLog(path, entries, notes, options, tree);
      if (heads.length > 0) log.#head = { note: kept.notes.at(-1)!, size: covered };
      return log;
    } catch (error) {
      await entries.close();
      await notes.close();
      throw error;
    }
  }

  /** Entries so far. */
  get size(): number {
    return this.#tree.size;
  }

  /** The last checkpoint and the entries that it covers; undefined before the first. */
  get head(): { readonly note: string; readonly size: number } | undefined {
    return this.#head;
  }

  /** What proofs under the last checkpoint are made of; undefined before the first. */
  get signed(): { readonly leaves: LeafHashes; readonly size: number; readonly root: Hash } | undefined {
    if (!this.#head) return undefined;
    const { leaves } = this.#tree;
    const { size } = this.#head;
    return { leaves, size, root: rootOf(leaves, 0, size) };
  }

  /** The root over the first `size` entries. */
  rootOf(size: number): Hash {
    return rootOf(this.#tree.leaves, 0, Math.min(size, this.size));
  }

  /**
   * Adds an entry; durable when this resolves. Calls are carried out in order; those that come while the disk is busy share its next
   * write. Throws `audit/entry-malformed`, `audit/closed`, `file/disk-full`.
   */
  append(kind: string, data: AuditEntry["data"]): Promise<{ readonly index: number; readonly leaf: Hash }> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ kind, data, resolve, reject });
      // Whoever comes first carries all that wait when its turn is there.
      if (this.#waiting.length === 1) this.#inOrder(() => this.#appendWaiting()).catch(() => undefined);
    });
  }

  async #appendWaiting(): Promise<void> {
    const group = this.#waiting;
    this.#waiting = [];
    const at = this.#options.clock.now().toISOString();
    const good: { readonly line: string; readonly waiting: Waiting }[] = [];
    for (const waiting of group) {
      try {
        const { kind, data } = waiting;
        good.push({ line: entryLine({ index: this.#tree.size + good.length, at, kind, data }), waiting });
      } catch (error) {
        waiting.reject(error);
      }
    }
    if (good.length === 0) return;
    const bytes = Buffer.allocUnsafe(good.reduce((sum, { line }) => sum + Buffer.byteLength(line) + 1, 0));
    /** Where each line ends, without its line end. */
    const ends: number[] = [];
    for (let at = 0; ends.length < good.length; ) {
      const end = at + bytes.write(good[ends.length]!.line, at);
      bytes[end] = lineFeed;
      ends.push(end);
      at = end + 1;
    }
    const hashed = () => ends.map((end, at) => leafHash(bytes.subarray(at === 0 ? 0 : ends[at - 1]! + 1, end)));
    let leaves: Hash[] | undefined;
    try {
      const blocks = this.#options.mayBlock === true && good.length < manyTogether;
      const written = this.#write(this.#entries, bytes, blocks);
      if (!blocks) leaves = hashed();
      await written;
    } catch (error) {
      for (const { waiting } of good) waiting.reject(error);
      return;
    }
    leaves ??= hashed();
    good.forEach(({ waiting }, at) => {
      const leaf = leaves[at]!;
      const index = this.#tree.size;
      this.#tree.append(leaf);
      waiting.resolve({ index, leaf });
    });
  }

  /** Signs the head over everything appended so far; durable when this resolves. Returns the signed note. */
  checkpoint(): Promise<string> {
    return this.#inOrder(async () => {
      const { origin } = this.#options;
      const size = this.#tree.size;
      const note = await signCheckpoint({ origin, size, root: this.#tree.root() }, this.#key);
      await this.#write(this.#notes, Buffer.from(`${note}\n`));
      this.#head = { note, size };
      return note;
    });
  }

  /** Another key signs from the next checkpoint on; its certificates are beside the log before it does. */
  signWith(key: PrivateKeyHandle): Promise<void> {
    return this.#inOrder(async () => {
      await keepCertificates(this.#path, key);
      this.#key = key;
    });
  }

  /** That an entry is in the log of its first `size` entries. */
  inclusionProof(index: number, size = this.size): Hash[] {
    return inclusionProof(this.#tree.leaves, index, Math.min(size, this.size));
  }

  /** That the log of `oldSize` entries is the beginning of the one of `size`. */
  consistencyProof(oldSize: number, size = this.size): Hash[] {
    return consistencyProof(this.#tree.leaves, oldSize, Math.min(size, this.size));
  }

  async close(): Promise<void> {
    await this.#inOrder(async () => {
      this.#broken = true;
      await this.#entries.close();
      await this.#notes.close();
    });
  }

  #inOrder<T>(task: () => Promise<T>): Promise<T> {
    const run = async () => {
      if (this.#broken) {
        const closed = new KabinaError("audit/closed", {});
        for (const { reject } of this.#waiting.splice(0)) reject(closed);
        throw closed;
      }
      return task();
    };
    const result = this.#work.then(run, run);
    this.#work = result.catch(() => undefined);
    return result;
  }

  /** After a failed write nobody knows what is on disk: this log stops, and the next `open` finds out. */
  async #write(file: FileHandle, bytes: Uint8Array, blocks = this.#options.mayBlock === true): Promise<void> {
    try {
      for (let at = 0; at < bytes.length; )
        at += blocks ? writeSync(file.fd, bytes, at) : (await file.write(bytes, at)).bytesWritten;
    } catch (cause) {
      this.#broken = true;
      if ((cause as NodeJS.ErrnoException).code === "ENOSPC")
        throw new KabinaError("file/disk-full", { path: "audit log" }, { cause });
      throw cause;
    }
  }
}

/** Keeps the certificates of every key that signed this log beside it, so that an export verifies by itself. */
async function keepCertificates(path: string, key: PrivateKeyHandle): Promise<readonly Certificate[]> {
  const kept = await readCertificates(path);
  const fresh = key.chain.filter((certificate) => !kept.some((known) => known.sha256 === certificate.sha256));
  const all = [...kept, ...fresh];
  if (fresh.length > 0)
    await writeFileDurably(certificatesFile(path), all.map((certificate) => certificate.toPem()).join(""));
  return all;
}
