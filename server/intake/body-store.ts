/**
 * Where the bodies of uploads go: the data store behind `@tus/server`. Bytes are written as they arrive, each block is checked
 * against its SHA-256 as soon as it is whole, and an offset is given out only after `fdatasync`: what the booth is told
 * to have sent survives a power cut. The file `uploads/<sha256>.kab` stays where it is when the upload is complete.
 */
import { createHash, type Hash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { DataStore, Upload } from "@tus/server";
import { blockHash } from "../../crypto/delivery/offer.ts";
import { syncFolder } from "../../crypto/durable-file.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { UploadRecord, Uploads } from "../store/uploads.ts";

/** An upload that this process has looked at: where its file is good up to, and the hash of the block it is in. */
interface OpenUpload {
  readonly record: UploadRecord;
  readonly file: FileHandle;
  /** Bytes written and, as far as their blocks are whole, verified. */
  offset: number;
  /** Hash over the bytes of the block that `offset` is in. */
  block: Hash;
  /** Writes ended so far, and how many of them an fdatasync has covered that began after their end. */
  writes: number;
  syncedWrites: number;
}

export class BodyStore extends DataStore {
  readonly #folder: string;
  readonly #uploads: Uploads;
  readonly #open = new Map<string, Promise<OpenUpload>>();

  constructor(folder: string, uploads: Uploads) {
    super();
    this.#folder = folder;
    this.#uploads = uploads;
  }

  path(sha256: string): string {
    return join(this.#folder, `${sha256}.kab`);
  }

  /** What tus asks before it continues an upload: the offset that is durable. */
  override async getUpload(sha256: string): Promise<Upload> {
    const upload = await this.#load(sha256);
    // A writer may be at work: what it adds meanwhile is not yet durable, what it takes back is gone.
    const before = upload.offset;
    await sync(upload);
    return new Upload({ id: sha256, size: upload.record.packageBytes, offset: Math.min(before, upload.offset) });
  }

  /** Appends what the stream brings; ends with the bytes durable, also when the stream ends early. */
  override async write(stream: Readable, sha256: string, offset: number): Promise<number> {
    const upload = await this.#load(sha256);
    if (upload.offset !== offset) throw new KabinaError("intake/failed");
    try {
      await appendAll(upload, stream);
    } finally {
      await sync(upload);
    }
    return upload.offset;
  }

  /** The bytes of an upload, in large pieces. */
  async *read(sha256: string): AsyncGenerator<Uint8Array> {
    const { file, record } = await this.#load(sha256);
    for (let at = 0; at < record.packageBytes; ) {
      const piece = Buffer.allocUnsafe(Math.min(LARGEST_READ, record.packageBytes - at));
      const { bytesRead } = await file.read(piece, 0, piece.length, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield piece.subarray(0, bytesRead);
    }
  }

  /** Lets go of an upload's file and forgets it; with `discard` the bytes go too. */
  async release(sha256: string, { discard = false } = {}): Promise<void> {
    const loading = this.#open.get(sha256);
    this.#open.delete(sha256);
    const upload = await loading?.catch(() => undefined);
    await upload?.file.close();
    if (discard) await unlink(this.path(sha256)).catch(ignoreMissing);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((sha256) => this.release(sha256)));
  }

  #load(sha256: string): Promise<OpenUpload> {
    const known = this.#open.get(sha256);
    if (known) return known;
    const record = this.#uploads.find(sha256);
    if (!record) return Promise.reject(new KabinaError("intake/upload-unknown"));
    const loading = recover(this.path(sha256), record);
    this.#open.set(sha256, loading);
    loading.catch(() => this.#open.delete(sha256));
    return loading;
  }
}

/** Opens an upload's file after a restart: keeps every whole block whose hash agrees, and the tail after them. */
async function recover(path: string, record: UploadRecord): Promise<OpenUpload> {
  const { file, size: found } = await openOrCreate(path);
  try {
    const upload: OpenUpload = { record, file, offset: 0, block: createHash("sha256"), writes: 1, syncedWrites: 0 };
    const size = Math.min(found, record.packageBytes);
    const buffer = Buffer.alloc(record.blockBytes);
    for (let at = 0; at < size; at += record.blockBytes) {
      const wanted = Math.min(record.blockBytes, size - at);
      const { bytesRead } = await file.read(buffer, 0, wanted, at);
      if (bytesRead !== wanted) break;
      try {
        account(upload, buffer.subarray(0, bytesRead));
      } catch (error) {
        if (error instanceof KabinaError) break;
        throw error;
      }
    }
    if (found !== upload.offset) await file.truncate(upload.offset);
    // The head came with the offer and is durable in the store.
    if (upload.offset < record.head.length) await append(upload, [record.head.subarray(upload.offset)]);
    return upload;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** A new file's name is made durable at once: an offset is worth nothing if the file it counts can vanish. */
async function openOrCreate(path: string): Promise<{ file: FileHandle; size: number }> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  try {
    const { size } = await file.stat();
    if (size === 0) await syncFolder(dirname(path));
    return { file, size };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Bytes of one read. */
const LARGEST_READ = 512 << 10;
/** Bytes gathered for one write: what arrived while the write before was under way. */
const LARGEST_WRITE = 256 << 10;

/** Writes what the stream brings, as it comes; chunks that come faster than the disk takes them go together. */
async function appendAll(upload: OpenUpload, stream: Readable): Promise<void> {
  let gathered: Buffer[] = [];
  let bytes = 0;
  let writing: Promise<void> | undefined;
  const flush = (): void => {
    const chunks = gathered;
    [gathered, bytes] = [[], 0];
    writing = append(upload, chunks).then(() => {
      writing = undefined;
      if (bytes > 0) flush();
    });
    // Awaited below; until then a failure must not count as unhandled.
    writing.catch(() => undefined);
  };
  try {
    for await (const chunk of stream) {
      gathered.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (!writing) flush();
      else if (bytes >= LARGEST_WRITE) await writing;
    }
  } finally {
    // Also when the stream broke off: what has arrived is written.
    while (writing) await writing;
  }
}

/** Writes chunks; when a block turns out wrong, or the disk is full, the file ends where it was last known to be good. */
async function append(upload: OpenUpload, chunks: readonly Buffer[]): Promise<void> {
  const start = upload.offset;
  try {
    await writeAll(upload.file, chunks, start);
  } catch (error) {
    await upload.file.truncate(start).catch(() => undefined);
    throw error;
  }
  upload.writes++;
  try {
    for (const chunk of chunks) account(upload, chunk);
  } catch (error) {
    await upload.file.truncate(upload.offset);
    throw error;
  }
}

async function writeAll(file: FileHandle, chunks: readonly Buffer[], start: number): Promise<void> {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  let written = (await file.writev(chunks as Buffer[], start)).bytesWritten;
  if (written === length) return;
  // Some systems write less than asked for; the rest goes piece by piece.
  const rest = Buffer.concat(chunks).subarray(written);
  for (let at = 0; at < rest.length; at += written) {
    written = (await file.write(rest, at, rest.length - at, start + length - rest.length + at)).bytesWritten;
  }
}

/** Moves the offset over bytes, checking each block that they complete; on a mismatch the offset is the wrong block's start. */
function account(upload: OpenUpload, bytes: Buffer): void {
  const { record } = upload;
  for (let at = 0; at < bytes.length; ) {
    const index = Math.floor(upload.offset / record.blockBytes);
    const end = Math.min((index + 1) * record.blockBytes, record.packageBytes);
    const piece = bytes.subarray(at, at + end - upload.offset);
    if (piece.length === 0) throw new KabinaError("intake/failed");
    upload.block.update(piece);
    upload.offset += piece.length;
    at += piece.length;
    if (upload.offset < end) continue;
    const agrees = upload.block.digest().equals(blockHash(record, index));
    upload.block = createHash("sha256");
    if (!agrees) {
      upload.offset = index * record.blockBytes;
      throw new KabinaError("intake/block-mismatch", { offset: upload.offset });
    }
  }
}

async function sync(upload: OpenUpload): Promise<void> {
  const { writes } = upload;
  if (upload.syncedWrites === writes) return;
  await upload.file.datasync();
  upload.syncedWrites = Math.max(upload.syncedWrites, writes);
}

function ignoreMissing(error: unknown): void {
  if ((error as { code?: unknown }).code !== "ENOENT") throw error;
}
