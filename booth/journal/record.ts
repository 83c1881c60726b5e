/**
 * One record of the journal: what happened, and the pictures that came with it. docs/formats/journal.md
 *
 *     record   = u32 length of the rest ‖ nonce (12) ‖ AES-256-GCM ciphertext ‖ tag (16)
 *     content  = u32 length of head ‖ head (UTF-8 JSON) ‖ blobs in the head's order
 *     AAD      = "kabina-journal/1 " ‖ session id ‖ u64 index of the record
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import type { RandomBytes } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";

export const journalLimits = {
  /** Bytes of one record: a burst of five full-size stills. */
  recordBytes: 64 * 1024 * 1024,
  /** Bytes of the JSON of one record. */
  headBytes: 4 * 1024 * 1024,
  blobs: 64,
} as const;

const NONCE = 12;
const TAG = 16;
export const RECORD_PREFIX = 4;

export interface JournalRecord {
  /** JSON value. */
  readonly entry: unknown;
  readonly blobs: ReadonlyMap<string, Uint8Array>;
}

interface Head {
  readonly entry: unknown;
  readonly blobs: readonly { readonly id: string; readonly size: number }[];
}

/** Where a record stands: it opens nowhere else. */
export interface RecordPlace {
  readonly session: string;
  readonly index: number;
}

/** Encrypts a record. Throws `journal/record-too-large`. */
export function sealRecord(
  record: JournalRecord,
  key: Uint8Array,
  place: RecordPlace,
  random: RandomBytes,
): Uint8Array {
  const blobs = [...record.blobs].map(([id, bytes]) => ({ id, size: bytes.length }));
  const head = Buffer.from(JSON.stringify({ entry: record.entry, blobs } satisfies Head), "utf8");
  const bytes = 4 + head.length + blobs.reduce((sum, { size }) => sum + size, 0);
  if (bytes > journalLimits.recordBytes || head.length > journalLimits.headBytes || blobs.length > journalLimits.blobs)
    throw new KabinaError("journal/record-too-large", { bytes, limit: journalLimits.recordBytes });
  const nonce = random(NONCE);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(aad(place));
  const prefix = Buffer.alloc(RECORD_PREFIX);
  prefix.writeUInt32BE(NONCE + bytes + TAG);
  const headLength = Buffer.alloc(4);
  headLength.writeUInt32BE(head.length);
  const sealed = [
    cipher.update(headLength),
    cipher.update(head),
    ...[...record.blobs.values()].map((blob) => cipher.update(blob)),
  ];
  return Buffer.concat([prefix, nonce, ...sealed, cipher.final(), cipher.getAuthTag()]);
}

/** How long a record says it is, after its prefix; undefined when no record can be that long. */
export function recordLength(prefix: Uint8Array): number | undefined {
  const length = Buffer.from(prefix.buffer, prefix.byteOffset, RECORD_PREFIX).readUInt32BE();
  return length < NONCE + 4 + TAG || length > NONCE + journalLimits.recordBytes + TAG ? undefined : length;
}

/** Decrypts what follows a record's prefix; undefined when it is not whole or not of this place. */
export function openRecord(sealed: Uint8Array, key: Uint8Array, place: RecordPlace): JournalRecord | undefined {
  if (sealed.length < NONCE + 4 + TAG) return undefined;
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, NONCE), { authTagLength: TAG });
    decipher.setAAD(aad(place));
    decipher.setAuthTag(sealed.subarray(-TAG));
    const content = Buffer.concat([decipher.update(sealed.subarray(NONCE, -TAG)), decipher.final()]);
    return parseContent(content);
  } catch {
    return undefined;
  }
}

function parseContent(content: Buffer): JournalRecord {
  const headLength = content.readUInt32BE(0);
  const head = JSON.parse(content.toString("utf8", 4, 4 + headLength)) as Head;
  const blobs = new Map<string, Uint8Array>();
  let at = 4 + headLength;
  for (const { id, size } of head.blobs) {
    blobs.set(id, new Uint8Array(content.subarray(at, at + size)));
    at += size;
  }
  return { entry: head.entry, blobs };
}

function aad({ session, index }: RecordPlace): Buffer {
  const place = Buffer.alloc(8);
  place.writeBigUInt64BE(BigInt(index));
  return Buffer.concat([Buffer.from(`kabina-journal/1 ${session}`, "utf8"), place]);
}
