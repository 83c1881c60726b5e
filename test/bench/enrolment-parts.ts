/** Parts of a package as an enrolment of ours has them, 400 KB together, and their bytes. */
import type { SealPart } from "../../crypto/package/seal.ts";
import { systemRandom } from "../../crypto/system-environment.ts";

const PARTS: Readonly<Record<string, number>> = {
  enrolment: 12_000,
  portrait: 110_000,
  "portrait-burst-1": 60_000,
  "portrait-burst-2": 60_000,
  "finger-right-index": 62_000,
  "finger-left-index": 62_000,
  signature: 6_000,
  "chip-com": 100,
  "chip-sod": 1_900,
  "chip-dg1": 100,
  "chip-dg2": 15_900,
};

export const ENROLMENT_PARTS = Object.keys(PARTS).length;

/** With contents that nobody can compress; `share`: of the usual bytes. */
export function enrolmentParts(recipients: SealPart["recipients"], share = 1): SealPart[] {
  return Object.entries(PARTS).map(([name, bytes]) => {
    const content = systemRandom(Math.ceil(bytes * share));
    return { name, mediaType: "image/jpeg", content, recipients };
  });
}
