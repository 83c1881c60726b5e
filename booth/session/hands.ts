/**
 * The rule of the fingers, as pure changes of two hands: index first, then thumb, middle, ring (never the little finger);
 * up to three tries of each; the print that agrees best with the others is kept; a reason for each finger that gives none.
 */
import type { FingerExceptionReason, FingerPosition } from "../../crypto/package/enrolment.ts";
import type { FingerTrack, HandState, SessionContext } from "./context.ts";
import type { SessionEventOf } from "./events.ts";
import type { SessionPolicy } from "./policy.ts";

const FALLBACK = ["index", "thumb", "middle", "ring"] as const;
export const SIDES = ["right", "left"] as const;
export type Side = (typeof SIDES)[number];
type Hands = SessionContext["hands"];

const freshTrack = (position: FingerPosition, policy: SessionPolicy): FingerTrack => ({
  position,
  tries: [],
  kept: null,
  scoreMatrix: [],
  missing: null,
  triesLeft: policy.fingers.maxTries,
  redosLeft: policy.fingers.redos,
});

const firstFinger = (side: Side, policy: SessionPolicy): HandState => ({
  tracks: [freshTrack(`${side}-index`, policy)],
  at: 0,
});

/** Both hands, each waiting for its index finger unless it has begun. */
export function beginHands(hands: Hands, policy: SessionPolicy): Hands {
  const begun = (side: Side) => (hands[side].tracks.length === 0 ? firstFinger(side, policy) : hands[side]);
  return { right: begun("right"), left: begun("left") };
}

/** The finger that is asked for now; null when both hands are settled. */
export function fingerInHand(hands: Hands): { side: Side; track: FingerTrack } | null {
  for (const side of SIDES) {
    const { at, tracks } = hands[side];
    const track = at === null ? undefined : tracks[at];
    if (track !== undefined) return { side, track };
  }
  return null;
}

/** A print that counts: kept, and good enough to be read. */
export function hasPrint(track: FingerTrack, policy: SessionPolicy): boolean {
  return (
    track.missing === null && track.kept !== null && (track.tries[track.kept]?.quality ?? 0) >= policy.fingers.least
  );
}

/** Every finger that was asked for and is settled, right hand first. */
export function settledTracks(hands: Hands, policy: SessionPolicy): FingerTrack[] {
  return SIDES.flatMap((side) => hands[side].tracks).filter(
    (track) => hasPrint(track, policy) || track.missing !== null,
  );
}

/** A print was taken of the finger in hand. */
export function takePrint(hands: Hands, event: SessionEventOf<"finger.taken">, policy: SessionPolicy): Hands {
  return onFingerInHand(hands, policy, (track) => {
    const triesLeft = track.triesLeft - 1;
    const grown: FingerTrack = {
      ...track,
      tries: [...track.tries, event.taken],
      kept: event.kept,
      scoreMatrix: event.scoreMatrix,
      triesLeft,
    };
    const best = event.kept === null ? undefined : grown.tries[event.kept];
    if (event.taken.sameAs === null && best !== undefined && best.quality >= policy.fingers.wanted)
      return settle(grown);
    if (triesLeft > 0) return { track: grown, next: "again" };
    return hasPrint(grown, policy)
      ? settle(grown)
      : { track: { ...grown, missing: "not-readable" }, next: "other-finger" };
  });
}

/** The finger in hand cannot be given. A print that it already has stays. */
export function skipFinger(hands: Hands, reason: FingerExceptionReason, policy: SessionPolicy): Hands {
  return onFingerInHand(hands, policy, (track) =>
    hasPrint(track, policy) ? settle(track) : { track: { ...track, missing: reason }, next: "other-finger" },
  );
}

/** Stops taking again what already has a print. */
export function keepWhatThereIs(hands: Hands, policy: SessionPolicy): Hands {
  const stop = (hand: HandState): HandState =>
    hand.tracks.some((track) => hasPrint(track, policy)) ? { ...hand, at: null } : hand;
  return { right: stop(hands.right), left: stop(hands.left) };
}

export function mayRedo(hands: Hands, side: Side): boolean {
  return (hands[side].tracks[0]?.redosLeft ?? 0) > 0;
}

/** Asks for a hand's index finger again; its earlier prints stay among those to choose from. */
export function redoHand(hands: Hands, side: Side, policy: SessionPolicy): Hands {
  const hand = hands[side];
  const tracks = hand.tracks.map((track, index) =>
    index === 0
      ? { ...track, missing: null, triesLeft: policy.fingers.maxTries, redosLeft: track.redosLeft - 1 }
      : track,
  );
  return { ...hands, [side]: { tracks, at: 0 } };
}

/** One more try of a finger just settled. */
export function tryAgain(hands: Hands, position: FingerPosition): Hands {
  const side: Side = position.startsWith("right") ? "right" : "left";
  const at = hands[side].tracks.findIndex((track) => track.position === position);
  return { ...hands, [side]: { ...hands[side], at } };
}

export function mayTryAgain(hands: Hands, position: FingerPosition | null): boolean {
  const track = SIDES.flatMap((side) => hands[side].tracks).find((one) => one.position === position);
  return track !== undefined && track.triesLeft > 0;
}

type Outcome = { readonly track: FingerTrack; readonly next: "again" | "other-finger" | "settled" };
const settle = (track: FingerTrack): Outcome => ({ track, next: "settled" });

function onFingerInHand(hands: Hands, policy: SessionPolicy, what: (track: FingerTrack) => Outcome): Hands {
  const current = fingerInHand(hands);
  if (current === null) return hands;
  const { side } = current;
  const hand = hands[side];
  const at = hand.at as number;
  const { track, next } = what(current.track);
  const tracks = hand.tracks.map((one, index) => (index === at ? track : one));
  if (next === "again") return { ...hands, [side]: { tracks, at } };
  if (next === "settled") return { ...hands, [side]: { tracks, at: null } };
  return { ...hands, [side]: otherFinger(side, tracks, at, policy) };
}

function otherFinger(side: Side, tracks: readonly FingerTrack[], at: number, policy: SessionPolicy): HandState {
  const existing = tracks.findIndex((track, index) => index > at && track.missing === null);
  if (existing >= 0) return { tracks, at: hasPrint(tracks[existing] as FingerTrack, policy) ? null : existing };
  const name = FALLBACK[tracks.length];
  if (name === undefined) return { tracks, at: null };
  return { tracks: [...tracks, freshTrack(`${side}-${name}`, policy)], at: tracks.length };
}
