/** One entry of an audit log: a line of canonical JSON. It never holds a person's data; what it says of a case is its package id. */
import { z } from "zod";
import { KabinaError } from "../errors/kabina-error.ts";

/** Bytes of one line, at most. */
export const largestEntry = 16 * 1024;

/** Characters of a kind or of a fact's name, and of a fact. */
const longestName = 64;
const longestText = 1024;
const kindForm = /^[a-z0-9-]+(\.[a-z0-9-]+){0,3}$/;

export const AuditEntry = z.strictObject({
  /** Its place in the log, from 0. */
  index: z.int().nonnegative(),
  /** UTC, milliseconds. */
  at: z.iso.datetime({ precision: 3 }),
  /** What happened, in dotted words: `package.stored`, `case.decided`. */
  kind: z.string().regex(kindForm).max(longestName),
  /** Facts of it, flat. */
  data: z.record(
    z.string().max(longestName),
    z.union([z.string().max(longestText), z.number(), z.boolean(), z.null()]),
  ),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

/** The bytes that are hashed: the line without its line end, canonical JSON (RFC 8785). Throws `audit/entry-malformed`. */
export function encodeEntry(entry: AuditEntry): Uint8Array {
  return Buffer.from(entryLine(entry), "utf8");
}

/** The same as text, for one who writes many of them into one buffer. Throws `audit/entry-malformed`. */
export function entryLine(entry: AuditEntry): string {
  const { index, at, kind, data } = entry;
  // By hand, because a busy server writes thousands a second; reading goes through the schema, and a test compares the two.
  const fields = Object.keys(data).sort();
  const good =
    Number.isSafeInteger(index) &&
    index >= 0 &&
    instant.test(at) &&
    kindForm.test(kind) &&
    kind.length <= longestName &&
    // No reader keeps a member of that name: a log with it could never be read again.
    fields.every((field) => field.length <= longestName && field !== "__proto__" && isFact(data[field]));
  if (!good) throw new KabinaError("audit/entry-malformed", { index });
  let facts = "";
  for (const field of fields) facts += `${facts === "" ? "" : ","}${json(field)}:${json(data[field]!)}`;
  const line = `{"at":"${at}","data":{${facts}},"index":${index},"kind":"${kind}"}`;
  if (Buffer.byteLength(line, "utf8") > largestEntry) throw new KabinaError("audit/entry-malformed", { index });
  return line;
}

/** JSON escapes nothing in text of these characters: looking is three times as quick as letting `JSON.stringify` look. */
const nothingToEscape = /^[ !#-[\]-~]*$/;
const json = (fact: AuditEntry["data"][string]): string =>
  typeof fact === "string" && nothingToEscape.test(fact) ? `"${fact}"` : JSON.stringify(fact);

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function isFact(value: AuditEntry["data"][string] | undefined): boolean {
  if (typeof value === "string") return value.length <= longestText && value.isWellFormed();
  return typeof value === "number" ? Number.isFinite(value) : value === null || typeof value === "boolean";
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
