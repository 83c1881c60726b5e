/** What an operator must look at, derived from what the session knows. */
import { compareFields } from "./confirm.ts";
import type { SessionContext } from "./context.ts";
import { chosenFace } from "./face.ts";
import { hasPrint, SIDES } from "./hands.ts";

export interface SessionException {
  readonly code: string;
  readonly reason: string | null;
}

export function exceptionsOf(context: SessionContext): SessionException[] {
  const found: SessionException[] = [];
  const add = (code: string, reason: string | null = null) => found.push({ code, reason });
  if (context.slip === null) add("slip/none");
  if (context.chipSkipped !== null) add("chip/skipped", context.chipSkipped);
  if (context.mrz?.expired === true) add("document/expired");
  for (const field of compareFields(context)) if (field.match === "different") add("data/different", field.name);
  for (const field of context.disputed) add("data/disputed", field);
  const face = chosenFace(context);
  if (face !== null && !face.passes) add("face/forced", face.hints[0] ?? null);
  for (const side of SIDES) {
    for (const track of context.hands[side].tracks) {
      if (track.missing !== null) {
        add("finger/missing", `${track.position} ${track.missing}`);
        if (track.missing !== "not-readable" && track.approval === null) add("finger/unapproved", track.position);
      }
      const kept = track.kept === null ? undefined : track.tries[track.kept];
      const verdict = track.kept === null ? undefined : track.verdicts[track.kept];
      if (kept === undefined || verdict === undefined || !hasPrint(track, context.policy)) continue;
      if (kept.quality < context.policy.fingers.wanted) add("finger/forced", track.position);
      if (verdict.position !== null) add("finger/same-as-other", `${track.position} ${verdict.position}`);
      else if (verdict.kind !== "own" && context.policy.fingers.agreeing > 1) add("finger/unconfirmed", track.position);
    }
  }
  if (context.signatureUnable !== null) add("signature/unable", context.signatureUnable);
  if (context.resumed > 0) add("session/resumed");
  return found;
}
