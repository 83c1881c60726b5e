/** `kabina booth rotate`: the journals' key of a booth that stands still is replaced by hand; a running one does it by itself when the office asks. */
import { join } from "node:path";
import { readInstallation } from "../../crypto/authority/installation.ts";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import { claimFolder } from "../../crypto/folder-claim.ts";
import { openKeyStore } from "../../crypto/keys/open-store.ts";
import type { placeSecrets } from "../../crypto/keys/place-secrets.ts";
import { AuditTrail } from "../audit-trail.ts";
import { keysName } from "../booth-past.ts";
import { KEY_REPLACED } from "../office/trust-keeper.ts";
import { type JournalKeyRotated, JournalKeys } from "./journal-keys.ts";

/** @param folder `<data>/booth`. Throws `booth/already-running`, `rotation/rehearsal-failed`, `key/…`. */
export async function rotateByHand(
  folder: string,
  rehearsal: boolean,
  tools: { readonly secrets: ReturnType<typeof placeSecrets>; readonly clock: Clock; readonly random: RandomBytes },
): Promise<JournalKeyRotated> {
  const { secrets, clock, random } = tools;
  const { boothId } = await readInstallation(folder);
  const claim = await claimFolder(folder, "booth");
  try {
    const store = await openKeyStore(join(folder, "keys"), secrets, random);
    const keys = await JournalKeys.open({ store, folder: join(folder, "sessions"), random });
    if (rehearsal) return await keys.rehearse();
    const identity = await store.load("booth-identity");
    let fault: unknown;
    const trail = await AuditTrail.open({ folder, boothId, key: identity, clock, onFault: (error) => (fault = error) });
    try {
      const done = await keys.rotate();
      const { before, after } = done;
      // The next start compares the keys with those that the log names.
      trail.note(KEY_REPLACED, { purpose: "booth-journal", before, after, keys: keysName([identity.keyId, after]) });
      await trail.settled();
      if (fault !== undefined) throw fault;
      return done;
    } finally {
      await trail.close();
    }
  } finally {
    claim.close();
  }
}
