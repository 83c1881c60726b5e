/** How long a step may last without anything happening, with a warning before the end. */

import type { SessionPolicy } from "../../crypto/policy/session-policy.ts";
import type { StepName } from "../api/messages.ts";

export interface Deadline {
  /** On the clock that never goes back, milliseconds. */
  readonly warnAt: number;
  readonly endAt: number;
}

/**
 * The deadline of a step in which something last happened at `since`; null where time does not run: nobody is here, or a
 * package is being sealed, which nobody needs to wait for.
 */
export function deadlineOf(step: StepName, since: number, helpOpen: boolean, policy: SessionPolicy): Deadline | null {
  if (step === "welcome" || step === "seal") return null;
  const lasts = policy.stepMs[step] * (helpOpen ? policy.helpFactor : 1);
  return { warnAt: since + Math.max(0, lasts - policy.warningMs), endAt: since + lasts };
}
