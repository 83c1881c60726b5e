/**
 * One upload's bytes on their way to the disk. What a request brings is gathered, checked against the hashes of the offer, written
 * and made durable; and checked against the manifest on the way, so that nothing is read again when the last byte has come.
 * A state that went wrong (a block that differs, a disk that is full) is given up: the file is the truth, `recover` reads it.
 */
import { createHash, type Hash } from "node:crypto";
import { close, constants, fdatasync, ftruncate, open, read, write } from "node:fs";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { DELIVERY_LIMITS } from "../../crypto/delivery/limits.ts";
import { blockHash } from "../../crypto/delivery/offer.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { BodyScan } from "../../crypto/package/body-scan.ts";
import type { Manifest } from "../../crypto/package/manifest.ts";
import type { UploadRecord } from "../store/uploads.ts";
import type { FolderSync } from "./folder-sync.ts";

/** Bytes gathered before they are written: a package of a usual size is one write. */
const GATHERED_BYTES = 512 << 10;
/** Milliseconds that bytes of a thin link wait for more; what is not written is lost when this process dies. */
const GATHERED_MS = 200;
/** Bytes of one read of a file that is looked at again. */
const READ_BYTES = 512 << 10;

/** Room for what is gathered, and for the head of a package or the chunk that was one too many. */
const BUFFER_BYTES = GATHERED_BYTES + DELIVERY_LIMITS.headBytes;
/** Buffers that are kept for the next upload: making one anew costs more than filling it. */
const KEPT_BUFFERS = 16;
const buffers: Buffer[] = [];

const openFile = promisify(open);
const closeFile = promisify(close);
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
  #named: Promise<void> | undefined;
  /** SHA-256 of the package up to `#offset`. */
  #hash = createHash("sha256");
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
   * Takes in what a request brings, to its end or to where it breaks off; resolves when all of it is durable.
   * @throws KabinaError `intake/block-mismatch`, `intake/protocol` when more comes than `room`; or what the disk says. Then this
   * state is of no more use.
   */
  async take(source: Readable, room: number): Promise<void> {
    try {
      const head = this.record.head.subarray(this.#offset);
      await gather(source, room, (chunks) => this.#append(this.#offset > 0 ? chunks : [head, ...chunks]));
      await this.#sync();
    } finally {
      await this.#close();
    }
  }

  /**
   * Looks at a file that was there before, and keeps what agrees: every whole block, and the tail after them. False when it
   * had to be cut back: then the file must be looked at again, with a new state.
   */
  async recover(): Promise<boolean> {
    const { record } = this;
    this.#isNew = false;
    const file = await this.#open();
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
      if (this.#offset < record.head.length) await this.#append([record.head.subarray(this.#offset)]);
      this.#named = this.#folder.sync();
      await this.#sync();
      return true;
    } finally {
      await this.#close();
    }
  }

  /** Checks chunks against the offer and writes them; nothing of a block that differs is kept. */
  async #append(chunks: readonly Buffer[]): Promise<void> {
    const buffer = buffers.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
    try {
      for (let at = 0; at < chunks.length; ) {
        let length = 0;
        for (let chunk = chunks[at]; chunk && length + chunk.length <= buffer.length; chunk = chunks[++at]) {
          length += chunk.copy(buffer, length);
        }
        await this.#write(buffer.subarray(0, length));
      }
    } finally {
      if (buffers.length < KEPT_BUFFERS) buffers.push(buffer);
    }
  }

  async #write(bytes: Buffer): Promise<void> {
    const start = this.#offset;
    if (!this.#take(bytes)) {
      const good = this.#offset - (this.#offset % this.record.blockBytes);
      await this.#cutBack(start, bytes, good);
      throw new KabinaError("intake/block-mismatch", { offset: good });
    }
    try {
      await writeAll(await this.#open(), bytes, start);
    } catch (error) {
      await this.#cutBack(start, bytes, start).catch(ignore);
      throw error;
    }
  }

  /** Accounts for bytes, block by block; false when one differs: the offset is then within it. */
  #take(bytes: Buffer): boolean {
    const { blockBytes } = this.record;
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + blockBytes - (this.#offset % blockBytes));
      if (!this.#account(piece)) return false;
      at += piece.length;
    }
    return true;
  }

  /** Leaves the file with its first `good` bytes, of which those from `start` on are in `bytes`. */
  async #cutBack(start: number, bytes: Buffer, good: number): Promise<void> {
    const file = await this.#open();
    if (good > start) await writeAll(file, bytes.subarray(0, good - start), start);
    else await truncateFile(file, good);
    await syncFile(file);
  }

  /** Moves the offset over bytes of one block; false, and the offset before them, when they complete it and it differs. */
  #account(piece: Buffer): boolean {
    const { record } = this;
    const end = this.#offset + piece.length;
    this.#hash.update(piece);
    if (end % record.blockBytes === 0 || end === record.packageBytes) {
      const expected = blockHash(record, Math.ceil(end / record.blockBytes) - 1);
      if (!digestOf(this.#hash).equals(expected)) return false;
    }
    const inHead = Math.max(0, Math.min(record.head.length - this.#offset, piece.length));
    // The manifest that was judged is the one in the offer: the file must begin with it.
    if (inHead > 0 && !piece.subarray(0, inHead).equals(record.head.subarray(this.#offset, this.#offset + inHead))) {
      return false;
    }
    if (inHead < piece.length) this.#scan?.push(inHead > 0 ? piece.subarray(inHead) : piece);
    this.#offset = end;
    return true;
  }

  async #open(): Promise<number> {
    if (this.#file !== undefined) return this.#file;
    this.#file = await openFile(this.#path, constants.O_RDWR | (this.#isNew ? constants.O_CREAT : 0), 0o600);
    // A new file's name must be durable too: an offset is worth nothing if the file it counts can vanish.
    if (this.#isNew) this.#named = this.#folder.sync();
    this.#named?.catch(() => undefined);
    this.#isNew = false;
    return this.#file;
  }

  async #sync(): Promise<void> {
    const reached = this.#offset;
    if (this.#file === undefined || reached === this.#durable) return;
    await syncFile(this.#file);
    await this.#named;
    this.#named = undefined;
    this.#durable = reached;
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) await closeFile(file);
  }
}

/** The digest so far; the hash goes on. */
const digestOf = (hash: Hash): Buffer => hash.copy().digest();

async function writeAll(file: number, bytes: Buffer, start: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    at += (await writeFile(file, bytes, at, bytes.length - at, start + at)).bytesWritten;
  }
}

/**
 * Hands on what a stream brings, in large pieces, one after the other; resolves at its end, also where it breaks off. A
 * stream faster than the disk waits; one that brings more than there is room for is refused.
 */
function gather(source: Readable, room: number, hand: (chunks: Buffer[]) => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let bytes = 0;
    let left = room;
    let ended = false;
    let handing = false;
    let timer: NodeJS.Timeout | undefined;
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      source.removeListener("data", onData).removeListener("end", onEnd).removeListener("close", onEnd);
      settle();
    };
    const handOn = () => {
      const full = chunks;
      [chunks, bytes, handing] = [[], 0, true];
      clearTimeout(timer);
      timer = undefined;
      hand(full).then(
        () => {
          handing = false;
          // Where the time was up meanwhile, no timer is left.
          if (ended || bytes >= GATHERED_BYTES || (bytes > 0 && !timer)) onward();
          source.resume();
        },
        (error) => finish(() => reject(error)),
      );
    };
    const onward = () => {
      if (handing) return;
      if (bytes > 0) handOn();
      else if (ended) finish(resolve);
    };
    const onData = (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) return finish(() => reject(new KabinaError("intake/protocol", { status: 413 })));
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= GATHERED_BYTES) {
        source.pause();
        onward();
      } else timer ??= setTimeout(onTime, GATHERED_MS);
    };
    const onTime = () => {
      timer = undefined;
      onward();
    };
    const onEnd = () => {
      ended = true;
      onward();
    };
    source.on("data", onData).on("end", onEnd).on("close", onEnd).on("error", ignore);
    if (source.destroyed) onEnd();
  });
}

const ignore = (): void => undefined;
