/** The booth and its devices: whose certificates stand behind the captures, when they were made, and whether all of them were to be believed then. */
import type { Certificate } from "../../crypto/certificate/certificate.ts";
import { judgeDevices } from "./device-trust.ts";
import type { Knowledge } from "./knowledge.ts";
import { checkPolicy, policyDoubt } from "./policy-time.ts";
import { checkClock, checkSealTime, sealOf } from "./seal-time.ts";
import type { PipelineStage } from "./stage.ts";

export function deviceStage(known: Knowledge, anchorsNow: () => readonly Certificate[]): PipelineStage {
  return {
    name: "device",
    async run(input) {
      const { package: received, record, store, clock } = input;
      const anchors = anchorsNow();
      const { seal, bounds } = sealOf(received, store.seals, known, anchors);
      const { check, doubt } = checkSealTime(seal, bounds, store.seals, known);
      const devices = await judgeDevices(input, bounds, known, anchors);
      const policies = await known.policies();
      const ofPolicy = policyDoubt(received.manifest.policyHash, bounds, known);
      const foundAt = clock.now().toISOString();
      return {
        checks: [devices.check, check, checkClock(bounds), checkPolicy(received.manifest.policyHash, bounds, policies)],
        commit: () => {
          store.seals.put(seal);
          store.devices.put(record.caseId, devices.devices);
          store.staff.put(record.caseId, devices.staff);
          for (const one of [...devices.doubts, ...(doubt ? [doubt] : []), ...(ofPolicy ? [ofPolicy] : [])])
            store.looks.add({ ...one, caseId: record.caseId, foundAt });
        },
      };
    },
  };
}
