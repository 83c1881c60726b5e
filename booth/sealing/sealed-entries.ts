/**
 * A package is in the outbox before the audit log says that it was sealed; a power cut in between would leave it without its
 * entry. So each start looks for packages that the log does not know, and notes them; done again it adds nothing.
 */
import { decodeEntry } from "../../crypto/audit/entry.ts";
import { readLines } from "../../crypto/audit/file.ts";
import type { OutboxItem } from "../outbox/outbox.ts";

export const SEALED = "package.sealed";

/** Packages of the outbox that the audit log at `path` has no entry of. Reads the log only when the outbox holds any. */
export async function unnotedPackages(
  path: string,
  items: readonly Pick<OutboxItem, "packageId">[],
): Promise<readonly Pick<OutboxItem, "packageId">[]> {
  if (items.length === 0) return [];
  const noted = new Set<string>();
  let index = 0;
  for await (const { line } of readLines(path)) {
    const { kind, data } = decodeEntry(line, index++);
    if (kind === SEALED) noted.add(String(data.package));
  }
  return items.filter(({ packageId }) => !noted.has(packageId));
}
