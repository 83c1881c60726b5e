/** What went wrong with a chip, in the few kinds that differ in what a person should do; the code itself is for the staff. */
import type { Problem } from "../../api/messages.ts";

export type ChipTrouble = "removed" | "lines" | "not-passport" | "silent" | "broken";

const KINDS: Readonly<Record<string, ChipTrouble>> = {
  "device/card-removed": "removed",
  "card/removed": "removed",
  "mrtd/access-denied": "lines",
  "mrtd/not-a-passport": "not-passport",
  "device/card-mute": "silent",
};

/** Null: not the chip's doing (the reader, the disk), which has words of its own. */
export function chipTrouble(problem: Problem | null): ChipTrouble | null {
  if (problem === null) return null;
  return KINDS[problem.code] ?? (/^(mrtd|card)\//.test(problem.code) ? "broken" : null);
}
