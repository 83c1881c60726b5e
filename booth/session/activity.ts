/** What has to be done for a session in its present state: the effects of the pure machine, one at a time. */

import type { BlobId } from "./captures.ts";
import type { SessionContext } from "./context.ts";
import type { Unstamped } from "./events.ts";
import { fingerInHand } from "./hands.ts";
import type { Live } from "./live.ts";
import type { SessionSnapshot } from "./machine.ts";

export type ActivityName =
  | "slip"
  | "scan"
  | "sign"
  | "chip"
  | "face"
  | "burst"
  | "challenge"
  | "finger"
  | "lift"
  | "staff"
  | "seal"
  | "sealAgain"
  | "print"
  | "pickup"
  | "erase";

/** What an activity works with. It ends when its signal aborts: the session no longer needs it. */
export interface Stage {
  /** The session as it was when the activity began. */
  readonly session: SessionContext;
  readonly signal: AbortSignal;
  /**
   * Tells the session what happened, with the pictures that came with it; resolves when it is in the journal. A full disk is
   * shown as a problem and tried again until it works or the activity is no longer needed: nothing captured is dropped.
   */
  emit(event: Unstamped, blobs?: ReadonlyMap<BlobId, Uint8Array>): Promise<void>;
  /** Changes what moves on the screen. */
  live(change: (live: Live) => void): void;
  blob(id: BlobId): Uint8Array;
  /** Resolves after so many milliseconds, or sooner when the person presses "try again" or the activity ends. */
  pause(milliseconds: number): Promise<void>;
}

export type Activity = (stage: Stage) => Promise<void>;

/** The activity that a state needs. The same key means: let the one that runs go on. */
export function activityOf(session: SessionSnapshot): { readonly name: ActivityName; readonly key: string } | null {
  const context = session.context;
  const at = (path: string): boolean => matches(session.value, path.split("."));
  if (at("visit.collect.slip.checking")) return { name: "slip", key: `slip ${context.slipRefusals}` };
  if (at("visit.collect.document.place") || at("visit.collect.document.reading"))
    return { name: "chip", key: `chip ${context.mrz?.lines.join("") ?? ""}` };
  if (at("visit.collect.document.scanning")) return { name: "scan", key: "scan" };
  if (at("visit.collect.signature") && !context.padRead) return { name: "sign", key: "sign" };
  if (at("visit.collect.face.live"))
    return { name: "face", key: `face ${context.face.source} ${context.face.candidates.length}` };
  if (at("visit.collect.face.capturing")) return { name: "burst", key: `burst ${context.face.candidates.length}` };
  if (at("visit.collect.face.answering")) return { name: "challenge", key: `challenge ${context.face.bursts.length}` };
  if (at("visit.collect.fingers.place") || at("visit.collect.fingers.hold"))
    return { name: "finger", key: fingerKey(context) };
  if (at("visit.collect.fingers.captured")) return { name: "lift", key: `lift ${triesSoFar(context)}` };
  if (at("visit.collect.fingers.approving")) return { name: "staff", key: `staff ${context.staffRefusals}` };
  if (at("visit.seal.working")) return { name: "seal", key: "seal" };
  if (at("visit.seal.failed")) return { name: "sealAgain", key: "seal again" };
  if (at("visit.receipt") && context.printed === "printing") return { name: "print", key: "print" };
  if (at("visit.verdict.checking")) return { name: "pickup", key: "pickup" };
  if (at("wipe.erasing")) return { name: "erase", key: "erase" };
  return null;
}

function fingerKey(context: SessionContext): string {
  const track = fingerInHand(context.hands)?.track;
  return `finger ${track?.position ?? ""} ${triesSoFar(context)}`;
}

const triesSoFar = ({ hands }: SessionContext): number =>
  [...hands.right.tracks, ...hands.left.tracks].reduce((sum, track) => sum + track.tries.length, 0);

/** Whether a state value lies on a path of state names. */
export function matches(value: unknown, path: readonly string[]): boolean {
  const [first, ...rest] = path;
  if (first === undefined) return true;
  if (typeof value === "string") return value === first && rest.length === 0;
  if (typeof value !== "object" || value === null) return false;
  return matches((value as Record<string, unknown>)[first] ?? Number.NaN, rest) && first in value;
}

/** The innermost state's name: the phase of the step. */
export function phaseOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  return phaseOf(Object.values(value)[0]);
}
