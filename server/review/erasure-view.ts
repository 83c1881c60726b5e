/** What was erased of a case, as the certificate says it, and that certificate as a proof out of the signed log. */
import type { AuditEntry } from "../../crypto/audit/entry.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { ERASED, type ErasureInventory } from "../retention/eraser.ts";
import type { Store } from "../store/store.ts";
import type { Erasure } from "./api.ts";

/** What is asked of the server's signed log. */
interface SearchedLog {
  search(text: string, limit: number): Promise<{ readonly entries: readonly AuditEntry[] }>;
  prove(index: number): Promise<string>;
}

/** Entries of the log about one case, at most. */
const ENTRIES = 200;

export function erasuresOf(caseId: string, store: Store, packageSha256: string): Erasure[] {
  return store.erasures.of(caseId).map(({ scope, reason, policy, by, begunAt, doneAt, inventory }) => {
    const { keys, parts } = JSON.parse(inventory) as ErasureInventory;
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    return { scope, reason, policy, by, begunAt, doneAt, keys: keys.length, parts: parts.length, bytes, packageSha256 };
  });
}

/** The latest certificate of a case: verifies without this server (`kabina audit verify`). Throws `retention/no-certificate`. */
export async function erasureProof(caseId: string, log: SearchedLog): Promise<string> {
  const { entries } = await log.search(caseId, ENTRIES);
  const [latest] = entries
    .filter(({ kind, data }) => kind === ERASED && data.subject === caseId)
    .sort((a, b) => b.index - a.index);
  if (!latest) throw new KabinaError("retention/no-certificate", { case: caseId });
  return log.prove(latest.index);
}
