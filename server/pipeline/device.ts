/** The booth and its devices: whose certificates stand behind the captures, when they were made, and whether all of them were to be believed then. */
import type { Certificate } from "../../crypto/certificate/certificate.ts";
import type { Knowledge } from "./knowledge.ts";
import { checkClock, checkSealTime, sealOf } from "./seal-time.ts";
import { checksOf, type PipelineStage } from "./stage.ts";

const { notChecked } = checksOf("device");

export function deviceStage(known: Knowledge, anchors: readonly Certificate[]): PipelineStage {
  return {
    name: "device",
    async run({ package: received, record, store, clock }) {
      const { seal, bounds } = sealOf(received, store.seals, known, anchors);
      const { check, doubt } = checkSealTime(seal, bounds, store.seals, known);
      return {
        checks: [notChecked("device/trust", "review/device-trust-absent"), check, checkClock(bounds)],
        commit: () => {
          store.seals.put(seal);
          if (doubt) store.looks.add({ ...doubt, caseId: record.caseId, foundAt: clock.now().toISOString() });
        },
      };
    },
  };
}
