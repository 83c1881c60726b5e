/** One rotation at a time per installation: of two officers who begin at once, the second is told, and nothing of theirs is begun. */
import { claimFolder } from "../../crypto/folder-claim.ts";

/** @param data `<data>`. Throws `rotation/under-way`. */
export async function oneAtATime<T>(data: string, task: () => Promise<T>): Promise<T> {
  const claim = await claimFolder(data, "rotation");
  try {
    return await task();
  } finally {
    claim.close();
  }
}
