/**
 * One upload's bytes on their way to the disk. What a request brings is gathered, checked against the hashes of the offer, written
 * and made durable; and checked against the manifest on the way, so that nothing is read again when the last byte has come.
 * A state that went wrong (a block that differs, a disk that is full) is given up: the file is the truth, `recover` reads it.
 */
import { createHash, type Hash, hash } from "node:crypto";
import { closeSync, constants, fdatasync, ftruncate, openSync, read, write } from "node:fs";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { readHead } from "../../crypto/delivery/head.ts";
import { blockHash } from "../../crypto/delivery/offer.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { BodyScan, type PlacedStretch, placedStretches } from "../../crypto/package/body-scan.ts";
import { decodeManifest, type Manifest } from "../../crypto/package/manifest.ts";
import type { UploadRecord } from "../store/uploads.ts";
import type { FolderSync } from "./folder-sync.ts";
import { gather } from "./gather.ts";
import { PackageBuffer } from "./package-buffer.ts";

/** Bytes of one read of a file that is looked at again. */
const READ_BYTES = 512 << 10;

// Opened and closed in this thread: what waits for the disk is writing and syncing, and a thread of the pool costs more than both.
const syncFile = promisify(fdatasync);
const truncateFile = promisify(ftruncate);
const readFile = promisify(read);
const writeFile = promisify(write);

export class UploadFile {
  readonly record: UploadRecord;
  readonly #path: string;
  readonly #folder: FolderSync;
  readonly #scan: BodyScan | undefined;
  #file: number | undefined;
  #isNew = true;
  /** Each write to the open file is durable when it returns. */
  #writesThrough = false;
  #named: Promise<void> | undefined;
  /** SHA-256 of the package up to `#offset`; a package that comes at once needs none that runs along. */
  #running: Hash | undefined;
  /** Bytes in the file; those of whole blocks are what was offered. */
  #offset = 0;
  /** Bytes that survive a power cut. */
  #durable = 0;

  /** `manifest` as verified with the offer; without it the package is judged from its file in the end. */
  constructor(path: string, record: UploadRecord, manifest: Manifest | undefined, folder: FolderSync) {
    this.#path = path;
    this.record = record;
    this.#folder = folder;
    this.#scan = manifest && new BodyScan(manifest);
  }

  /** The durable offset; the head came with the offer and need not be sent again. */
  get offset(): number {
    return Math.max(this.#durable, this.record.head.length);
  }

  get whole(): boolean {
    return this.#durable === this.record.packageBytes;
  }

  /** True when every byte has been seen to be what the verified manifest says. */
  get agrees(): boolean {
    return this.#scan?.complete ?? false;
  }

  /**
   * Takes in what a request brings, to its end or to where it breaks off; resolves when all of it is durable. `implied`: what the
   * manifest fixes is left out of it, and is written here.
   * @throws KabinaError `intake/block-mismatch`, `intake/protocol` when more comes than `room`; or what the disk says. Then this
   * state is of no more use.
   */
  async take(source: Readable, room: number, implied = false): Promise<void> {
    const stretches = implied ? this.#stretches() : undefined;
    const gathered = new PackageBuffer(this.#offset, stretches, this.#offset === 0 ? this.record.head : undefined);
    try {
      await gather(source, room, gathered, (bytes) => this.#write(bytes));
      await this.#sync();
    } finally {
      this.#close();
    }
  }

  /**
   * Looks at a file that was there before, and keeps what agrees: every whole block, and the tail after them. False when it
   * had to be cut back: then the file must be looked at again, with a new state.
   */
  async recover(): Promise<boolean> {
    const { record } = this;
    this.#isNew = false;
    const file = this.#open();
    try {
      const buffer = Buffer.allocUnsafe(READ_BYTES);
      while (this.#offset < record.packageBytes) {
        const { bytesRead } = await readFile(file, buffer, 0, buffer.length, this.#offset);
        if (bytesRead === 0) break;
        const left = record.packageBytes - this.#offset;
        if (this.#take(buffer.subarray(0, Math.min(bytesRead, left)))) continue;
        await truncateFile(file, this.#offset - (this.#offset % record.blockBytes));
        return false;
      }
      await truncateFile(file, this.#offset);
      if (this.#offset < record.head.length) await this.#write(record.head.subarray(this.#offset));
      this.#named = this.#folder.sync();
      await this.#sync();
      return true;
    } finally {
      this.#close();
    }
  }

  /** Checks bytes against the offer and writes them; nothing of a block that differs is kept. */
  async #write(bytes: Buffer): Promise<void> {
    const start = this.#offset;
    if (!this.#take(bytes)) {
      const good = this.#offset - (this.#offset % this.record.blockBytes);
      await this.#cutBack(start, bytes, good);
      throw new KabinaError("intake/block-mismatch", { offset: good });
    }
    try {
      // What is all of a package needs no sync of its own after this: one trip to the disk.
      await writeAll(this.#open(bytes.length === this.record.packageBytes), bytes, start);
    } catch (error) {
      await this.#cutBack(start, bytes, start).catch(ignore);
      throw error;
    }
  }

  /** Accounts for bytes, block by block; false when one differs: the offset is then within it. */
  #take(bytes: Buffer): boolean {
    const { blockBytes, packageBytes } = this.record;
    if (bytes.length === packageBytes && this.#offset === 0) {
      const whole = Buffer.from(hash("sha256", bytes, "buffer"));
      if (whole.equals(this.#expected(packageBytes)) && this.#pass(bytes)) return true;
    } else if (this.#offset + bytes.length === packageBytes) {
      // The last block's hash is of all bytes before it too: where it agrees, none of them needs to be looked at by itself.
      const before = this.#hash.copy();
      this.#hash.update(bytes);
      if (this.#agreesAt(packageBytes) && this.#pass(bytes)) return true;
      this.#running = before;
    }
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + blockBytes - (this.#offset % blockBytes));
      if (!this.#account(piece)) return false;
      at += piece.length;
    }
    return true;
  }

  get #hash(): Hash {
    this.#running ??= createHash("sha256");
    return this.#running;
  }

  /** Leaves the file with its first `good` bytes, of which those from `start` on are in `bytes`. */
  async #cutBack(start: number, bytes: Buffer, good: number): Promise<void> {
    const file = this.#open();
    if (good > start) await writeAll(file, bytes.subarray(0, good - start), start);
    else await truncateFile(file, good);
    await syncFile(file);
  }

  /** Moves the offset over bytes of one block; false, and the offset before them, when they complete it and it differs. */
  #account(piece: Buffer): boolean {
    const end = this.#offset + piece.length;
    this.#hash.update(piece);
    if ((end % this.record.blockBytes === 0 || end === this.record.packageBytes) && !this.#agreesAt(end)) return false;
    return this.#pass(piece);
  }

  /** Whether the bytes so far, up to the end of a block, are those that were offered. */
  #agreesAt(end: number): boolean {
    return digestOf(this.#hash).equals(this.#expected(end));
  }

  /** What was offered of the bytes up to the end of a block. */
  #expected(end: number): Buffer {
    return blockHash(this.record, Math.ceil(end / this.record.blockBytes) - 1);
  }

  /** By a manifest that is no longer trusted or in time too: its body comes to an end all the same, and is then refused. */
  #stretches(): readonly PlacedStretch[] {
    const { head } = this.record;
    if (this.#scan) return this.#scan.placed(head.length);
    return placedStretches(decodeManifest(readHead(head)?.manifest ?? Buffer.alloc(0)), head.length);
  }

  /** Moves the offset over bytes that were hashed; false, and the offset before them, where they are not the head that was judged. */
  #pass(piece: Buffer): boolean {
    const { record } = this;
    const inHead = Math.max(0, Math.min(record.head.length - this.#offset, piece.length));
    // The manifest that was judged is the one in the offer: the file must begin with it.
    if (inHead > 0 && !piece.subarray(0, inHead).equals(record.head.subarray(this.#offset, this.#offset + inHead))) {
      return false;
    }
    if (inHead < piece.length) this.#scan?.push(inHead > 0 ? piece.subarray(inHead) : piece);
    this.#offset += piece.length;
    return true;
  }

  #open(writesThrough = false): number {
    if (this.#file !== undefined) return this.#file;
    const { O_RDWR, O_CREAT, O_DSYNC } = constants;
    this.#file = openSync(this.#path, O_RDWR | (this.#isNew ? O_CREAT : 0) | (writesThrough ? O_DSYNC : 0), 0o600);
    this.#writesThrough = writesThrough;
    // A new file's name must be durable too: an offset is worth nothing if the file it counts can vanish.
    if (this.#isNew) this.#named = this.#folder.sync();
    this.#named?.catch(() => undefined);
    this.#isNew = false;
    return this.#file;
  }

  async #sync(): Promise<void> {
    const reached = this.#offset;
    if (this.#file === undefined || reached === this.#durable) return;
    if (!this.#writesThrough) await syncFile(this.#file);
    await this.#named;
    this.#named = undefined;
    this.#durable = reached;
  }

  #close(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) closeSync(file);
  }
}

/** The digest so far; the hash goes on. */
const digestOf = (hash: Hash): Buffer => hash.copy().digest();

async function writeAll(file: number, bytes: Buffer, start: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    at += (await writeFile(file, bytes, at, bytes.length - at, start + at)).bytesWritten;
  }
}

const ignore = (): void => undefined;
