/** The hot-list as the form holds it: what was typed, which may be no list yet. */
import { HotListEntry as Entry, type HotListEntry } from "../../../crypto/device/hot-list.ts";

export const patternParts = ["kind", "maker", "model", "serial", "certificateSha256"] as const;
export const hotListReasons = Entry.shape.reason.options;

export interface HotListRow {
  readonly id: string;
  readonly pattern: Readonly<Record<(typeof patternParts)[number], string>>;
  readonly reason: HotListEntry["reason"];
  /** In the reader's own time, as a browser's field for date and time has it; empty for none. */
  readonly since: string;
  readonly until: string;
  readonly note: string;
  /** In force: it ends by a date and is not left out. */
  readonly standing: boolean;
}

export function rowsOf(entries: readonly HotListEntry[], standing: readonly HotListEntry[]): HotListRow[] {
  return entries.map(({ id, devices, reason, since, until, note }) => ({
    id,
    pattern: Object.fromEntries(patternParts.map((part) => [part, devices[part] ?? ""])) as HotListRow["pattern"],
    reason,
    since: fieldOf(since),
    until: until === null ? "" : fieldOf(until),
    note,
    standing: standing.some((entry) => entry.id === id),
  }));
}

export function newRow(now: Date, rows: readonly HotListRow[]): HotListRow {
  const taken = new Set(rows.map(({ id }) => id));
  const day = now.toISOString().slice(0, 10);
  let number = 1;
  while (taken.has(`${day}-${number}`)) number++;
  const pattern = { kind: "", maker: "", model: "", serial: "", certificateSha256: "" };
  const since = fieldOf(now.toISOString());
  return { id: `${day}-${number}`, pattern, reason: "stolen", since, until: "", note: "", standing: false };
}

/** The entries as typed, for `hotListFaults` to judge. */
export function entriesOf(rows: readonly HotListRow[]): unknown[] {
  return rows.map(({ id, pattern, reason, since, until, note }) => ({
    id: id.trim(),
    devices: Object.fromEntries(
      patternParts.map((part) => [part, pattern[part].trim()]).filter(([, text]) => text !== ""),
    ),
    reason,
    since: instantOf(since) ?? "",
    until: instantOf(until),
    note: note.trim(),
  }));
}

/** `2026-11-28T06:20:00`, in the browser's own time. */
function fieldOf(instant: string): string {
  const at = new Date(instant);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

function instantOf(field: string): string | null {
  const at = new Date(field);
  return Number.isNaN(at.getTime()) ? null : `${at.toISOString().slice(0, 19)}Z`;
}
