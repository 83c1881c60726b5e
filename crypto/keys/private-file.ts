/** Small files that only their owner reads. */
import { lstat, readFile, stat } from "node:fs/promises";
import type { z } from "zod";
import { KabinaError } from "../errors/kabina-error.ts";

/** Permission bits that nobody but the owner may hold. */
const othersMask = 0o077;
const largestFile = 64 * 1024; // bytes

/** Refuses what is not a regular file of the running user or root, closed to group and others. Throws `missingCode` or `key/permissions`. */
export async function checkPrivate(path: string, missingCode: string): Promise<void> {
  const found = await lstat(path).catch((cause: unknown) => {
    throw new KabinaError(missingCode, { path }, { cause });
  });
  const owners = [0, process.getuid?.() ?? found.uid];
  if (!found.isFile() || (found.mode & othersMask) !== 0 || !owners.includes(found.uid))
    throw new KabinaError("key/permissions", { path, mode: (found.mode & 0o777).toString(8).padStart(4, "0") });
}

/** Reads a JSON file of the key folder. Throws `key/missing`, `key/permissions`, `key/damaged`. */
export async function readPrivateJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  await checkPrivate(path, "key/missing");
  if ((await stat(path)).size > largestFile) throw new KabinaError("key/damaged", { path });
  try {
    return schema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (cause) {
    throw new KabinaError("key/damaged", { path }, { cause });
  }
}

export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
