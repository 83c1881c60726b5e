/** What the booth's own log says of before this start: on which machine and with which keys it ran, and what was noticed at its cabinet. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { decodeEntry } from "../crypto/audit/entry.ts";
import { readLines } from "../crypto/audit/file.ts";
import { TAMPER_EVENTS_TOLD, TAMPERED, TamperEvent } from "../crypto/device/tamper.ts";

export interface BoothPast {
  /** `machineName`, `keysName` as last noted; null where they never were. */
  readonly machine: string | null;
  readonly keys: string | null;
  readonly tampered: readonly TamperEvent[];
  /** When the last entry was made. */
  readonly lastAt: Date | null;
}

/** Reads the log at `path`, which need not be there. It was verified when it was opened. */
export async function readBoothPast(path: string): Promise<BoothPast> {
  let past: { machine: string | null; keys: string | null } = { machine: null, keys: null };
  const tampered: TamperEvent[] = [];
  let lastAt: string | null = null;
  let index = 0;
  for await (const { line } of readLines(path)) {
    const { at, kind, data } = decodeEntry(line, index++);
    lastAt = at;
    if (typeof data.keys === "string") past = { ...past, keys: data.keys };
    if (typeof data.machine === "string") past = { ...past, machine: data.machine };
    if (kind !== TAMPERED) continue;
    const event = TamperEvent.safeParse({ kind: data.what, at: data.happened });
    if (event.success) tampered.push(event.data);
  }
  return { ...past, tampered: tampered.slice(-TAMPER_EVENTS_TOLD), lastAt: lastAt === null ? null : new Date(lastAt) };
}

/** This machine by its own name, which stays on it: hashed with the booth's, so that the log tells nobody of the machine. Null where there is none. */
export async function machineName(boothId: string, file = "/etc/machine-id"): Promise<string | null> {
  const id = (await readFile(file, "utf8").catch(() => "")).trim();
  return id === "" ? null : named(`kabina machine\n${boothId}\n${id}`);
}

/** The booth's keys, by the hashes of their public halves. */
export const keysName = (keyIds: readonly string[]): string => named(`kabina keys\n${[...keyIds].sort().join("\n")}`);

const named = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32);
