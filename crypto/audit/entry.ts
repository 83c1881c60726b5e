/** One entry of an audit log: a line of canonical JSON. It never holds a person's data; what it says of a case is its package id. */
import canonicalize from "canonicalize";
import { z } from "zod";
import { KabinaError } from "../errors/kabina-error.ts";

/** Bytes of one line, at most. */
export const largestEntry = 16 * 1024;

export const AuditEntry = z.strictObject({
  /** Its place in the log, from 0. */
  index: z.int().nonnegative(),
  /** UTC, milliseconds. */
  at: z.iso.datetime({ precision: 3 }),
  /** What happened, in dotted words: `package.stored`, `case.decided`. */
  kind: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+){0,3}$/)
    .max(64),
  /** Facts of it, flat. */
  data: z.record(z.string().max(64), z.union([z.string().max(1024), z.number(), z.boolean(), z.null()])),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

/** The bytes that are hashed: the line without its line end. Throws `audit/entry-malformed`. */
export function encodeEntry(entry: AuditEntry): Uint8Array {
  const parsed = AuditEntry.safeParse(entry);
  if (!parsed.success) throw new KabinaError("audit/entry-malformed", { index: entry.index });
  const bytes = new TextEncoder().encode(canonicalize(parsed.data) as string);
  if (bytes.length > largestEntry) throw new KabinaError("audit/entry-malformed", { index: entry.index });
  return bytes;
}

/** Reads a line in its one form, at its place. Throws `audit/entry-malformed`. */
export function decodeEntry(line: Uint8Array, index: number): AuditEntry {
  try {
    const entry = AuditEntry.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(line)));
    if (entry.index === index && Buffer.from(encodeEntry(entry)).equals(line)) return entry;
  } catch (cause) {
    throw new KabinaError("audit/entry-malformed", { index }, { cause });
  }
  throw new KabinaError("audit/entry-malformed", { index });
}
