/**
 * The proof that what was erased is gone: every byte of every file (database, its log and free pages, packages, backups) is looked through for
 * the traces of what was erased, and the database is asked for rows that should not be there.
 */
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Store } from "../store/store.ts";
import { TraceFinder, WINDOW } from "./traces.ts";

export interface Found {
  readonly file: string;
  readonly case: string;
  readonly at: number;
  readonly places: number;
}

export interface Rescan {
  readonly erasures: number;
  readonly traces: number;
  readonly files: number;
  readonly bytes: number;
  /** What was found again: of which case, in which file, from which byte on, and at how many places of it. */
  readonly found: readonly Found[];
  /** Cases that are called erased and still have rows. */
  readonly rows: readonly string[];
  /** Files that could not be read: of those nothing is proved. */
  readonly unread: readonly string[];
}

const CHUNK = 1 << 20;

export async function rescan(store: Store, folders: readonly string[]): Promise<Rescan> {
  const finder = new TraceFinder();
  let erasures = 0;
  for (const { caseId, traces } of store.erasures.all()) {
    finder.add(traces, caseId);
    erasures++;
  }
  const rows = store.database
    .prepare<[], string>(
      `SELECT DISTINCT e.case_id FROM erasure e JOIN enrolment_case c USING (case_id) WHERE c.prints_key IS NOT NULL
         OR (e.scope = 'captures' AND (c.data_key IS NOT NULL OR EXISTS (SELECT 1 FROM part p WHERE p.case_id = e.case_id)
           OR EXISTS (SELECT 1 FROM note n WHERE n.case_id = e.case_id)))
         OR EXISTS (SELECT 1 FROM part p WHERE p.case_id = e.case_id AND (p.name LIKE 'finger-%' OR p.name LIKE 'template-%' OR p.name IN ('chip-dg3', 'chip-dg4')))`,
    )
    .pluck()
    .all();
  const found: Found[] = [];
  const unread: string[] = [];
  let files = 0;
  let bytes = 0;
  for (const folder of folders)
    for await (const file of filesIn(folder)) {
      // A copy holds hundreds of samples: one line tells of it, however many copies there are.
      const here = new Map<string, Found>();
      try {
        bytes += await scanFile(file, finder, (at, owner) => {
          const before = here.get(owner);
          here.set(owner, { file, case: owner, at: before?.at ?? at, places: (before?.places ?? 0) + 1 });
        });
        files++;
      } catch (error) {
        // Gone meanwhile is gone.
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") unread.push(file);
      }
      found.push(...here.values());
    }
  return { erasures, traces: finder.size, files, bytes, found, rows, unread };
}

async function scanFile(path: string, finder: TraceFinder, tell: (at: number, owner: string) => void): Promise<number> {
  const file = await open(path, "r");
  try {
    const buffer = Buffer.alloc(CHUNK + WINDOW - 1);
    let kept = 0;
    let offset = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, kept, CHUNK, offset);
      if (bytesRead === 0) return offset;
      const length = kept + bytesRead;
      for (const { at, owner } of finder.find(buffer.subarray(0, length))) tell(offset - kept + at, owner);
      offset += bytesRead;
      // A sample may lie over the seam.
      kept = Math.min(WINDOW - 1, length);
      buffer.copyWithin(0, length - kept, length);
    }
  } finally {
    await file.close();
  }
}

async function* filesIn(folder: string): AsyncGenerator<string> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else if (entry.isFile()) yield path;
  }
}
