/** Files that are whole or not there: written beside their place, synced, renamed, and the folder synced. */
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { KabinaError } from "./errors/kabina-error.ts";

/** Gives the file its bytes through `write`; nothing of it stays when anything fails. Throws `file/disk-full`, or the system's error. */
export async function writeDurably<T>(
  path: string,
  mode: number,
  fill: (write: (chunk: Uint8Array) => Promise<void>) => Promise<T>,
): Promise<T> {
  const unfinished = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    const file = await open(unfinished, "w", mode);
    let result: T;
    try {
      result = await fill(async (chunk) => {
        for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten;
      });
      await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
    await syncFolder(dirname(path));
    return result;
  } catch (cause) {
    await rm(unfinished, { force: true });
    const system = (cause as NodeJS.ErrnoException).code;
    if (system === "ENOSPC" || system === "EDQUOT" || system === "EFBIG")
      throw new KabinaError("file/disk-full", { path }, { cause });
    throw cause;
  }
}

/** The same for bytes or text that are at hand. */
export function writeFileDurably(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return writeDurably(path, mode, (write) => write(bytes));
}

/** Makes a rename, a creation or a removal in the folder survive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
