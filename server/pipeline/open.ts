/** Opens the package: signature and hashes again, then each part decrypted and put away under the case's own key. */
import type { Certificate } from "../../crypto/certificate/certificate.ts";
import type { KeyRing } from "../../crypto/keys/key-ring.ts";
import { openPackage } from "../../crypto/package/open.ts";
import type { StoredPart } from "../store/parts.ts";
import { checksOf, type PipelineStage } from "./stage.ts";

const { passed } = checksOf("open");

export function openStage(keys: {
  readonly anchors: () => readonly Certificate[];
  readonly recipients: KeyRing;
}): PipelineStage {
  return {
    name: "open",
    async run({ record, package: received, packagePath, store }) {
      // A case that has a key keeps it: what else is under it (an operator's note) must stay readable.
      const { seal, newKeys } = await store.parts.sealer(record);
      const parts: (StoredPart & { sealed: Buffer })[] = [];
      let bytes = 0;
      // Judged as of its receipt: a replay years later opens what was in time then.
      const now = new Date(received.receivedAt);
      const named = new Set(received.manifest.parts.flatMap((part) => part.recipients));
      const recipients = await keys.recipients.among([...named]);
      await openPackage(packagePath, { anchors: keys.anchors(), recipients, now }, ({ name, mediaType, plaintext }) => {
        bytes += plaintext.length;
        parts.push({ name, mediaType, sealed: seal(name, plaintext) });
      });
      return {
        checks: [
          passed("package/signature", { booth: received.booth }),
          passed("package/parts", { parts: parts.length, bytes }),
        ],
        commit: () => {
          store.parts.drop(record.caseId);
          if (newKeys.data) store.cases.setDataKey(record.caseId, newKeys.data);
          if (newKeys.prints) store.cases.setPrintsKey(record.caseId, newKeys.prints);
          for (const part of parts) store.parts.insert(record.caseId, part);
        },
      };
    },
  };
}
