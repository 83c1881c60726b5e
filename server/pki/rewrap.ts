/** Brings the records at rest after the key that they are wrapped for: each case's keys are opened with the key they were wrapped for, and wrapped for the current one. */
import { join } from "node:path";
import type { RandomBytes } from "../../crypto/environment.ts";
import type { KeyStore } from "../../crypto/keys/key.ts";
import { KeyRing } from "../../crypto/keys/key-ring.ts";
import { openStore } from "../store/store.ts";

/**
 * A record at a time, each durable by itself: cut off anywhere, every record opens with one of the keys at hand. Returns how many were under
 * an older key. Throws `key/unwrap`, and has then changed nothing of that record. `rehearsal`: opens all and changes none.
 */
export async function rewrapRecords(
  data: string,
  keys: KeyStore,
  { random }: { readonly random: RandomBytes },
  rehearsal: boolean,
): Promise<number> {
  const store = openStore(join(data, "server", "kabina.sqlite"), await KeyRing.of(keys, "server-recipient"), random);
  const { cases, parts, commits } = store;
  try {
    let count = 0;
    for (const caseId of cases.withKeys()) {
      const before = cases.find(caseId);
      const again = async (wrapped: Buffer | null | undefined) => wrapped && parts.rewrapped(wrapped, caseId);
      const [captures, prints] = [await again(before?.dataKey), await again(before?.printsKey)];
      if (!captures && !prints) continue;
      count++;
      if (rehearsal) continue;
      await commits.commit(() => {
        // Erased, or opened anew, meanwhile: what is there now stands, and what is gone stays gone.
        const now = cases.find(caseId);
        if (captures && now?.dataKey?.equals(before!.dataKey!)) cases.setDataKey(caseId, captures);
        if (prints && now?.printsKey?.equals(before!.printsKey!)) cases.setPrintsKey(caseId, prints);
      });
    }
    return count;
  } finally {
    store.close();
  }
}
