/**
 * The rule of the fingers, as pure changes of two hands: index first, then thumb, middle, ring (never the little finger);
 * up to three tries of each; the print that agrees best with the others is kept; a reason for each finger that gives none.
 */
import type { FingerExceptionReason, FingerPosition } from "../../crypto/package/enrolment.ts";
import type { SessionPolicy } from "../../crypto/policy/session-policy.ts";
import type { Approval, FingerTrack, HandState, SessionContext } from "./context.ts";
import type { SessionEventOf } from "./events.ts";
import { bestPrint, type Impression, judgeFingers } from "./finger-evidence.ts";

const FALLBACK = ["index", "thumb", "middle", "ring"] as const;
export const SIDES = ["right", "left"] as const;
export type Side = (typeof SIDES)[number];
type Hands = SessionContext["hands"];

const freshTrack = (position: FingerPosition, policy: SessionPolicy): FingerTrack => ({
  position,
  tries: [],
  kept: null,
  verdicts: [],
  missing: null,
  approval: null,
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

/** One hand is enough to tell whether a passport is this person's. */
export function beginOneHand(hands: Hands, policy: SessionPolicy): Hands {
  return { right: hands.right.tracks.length === 0 ? firstFinger("right", policy) : hands.right, left: hands.left };
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
export function takePrint(given: Hands, event: SessionEventOf<"finger.taken">, policy: SessionPolicy): Hands {
  const asked = fingerInHand(given)?.track;
  const added = onTracks(given, (track) =>
    track === asked ? { ...track, tries: [...track.tries, event.taken], triesLeft: track.triesLeft - 1 } : track,
  );
  const hands = onFingerInHand(judged(added, policy), policy, (track) => {
    if (confirmed(track, policy)) return settle(track);
    if (track.triesLeft > 0) return { track, next: "again" };
    return hasPrint(track, policy)
      ? settle(track)
      : { track: { ...track, missing: "not-readable" }, next: "other-finger" };
  });
  return stopConfirmed(hands, policy);
}

/** What the scores say now, of every print of both hands: a new print can show that an earlier one was of another finger. */
function judged(hands: Hands, policy: SessionPolicy): Hands {
  const verdicts = judgeFingers(impressionsOf(hands));
  return onTracks(hands, (track) => ({
    ...track,
    verdicts: track.tries.map(({ blob }) => verdicts.get(blob) ?? { kind: "single", position: null, score: null }),
    kept: bestPrint(track.tries, verdicts, policy.fingers.wanted),
  }));
}

/** All prints, in the order in which the fingers were asked for. */
export function impressionsOf(hands: Hands): Impression[] {
  return SIDES.flatMap((side) => hands[side].tracks).flatMap(({ position, tries }) =>
    tries.map((print) => ({ position, print })),
  );
}

/** Whether no further try is needed: good enough, and as many prints of this finger agree as policy asks for. */
function confirmed(track: FingerTrack, policy: SessionPolicy): boolean {
  const kept = track.kept === null ? undefined : track.tries[track.kept];
  const verdict = track.kept === null ? undefined : track.verdicts[track.kept];
  if (kept === undefined || verdict === undefined || kept.quality < policy.fingers.wanted) return false;
  if (policy.fingers.agreeing > 1) return verdict.kind === "own";
  return ["own", "single"].includes(track.verdicts.at(-1)?.kind ?? "");
}

/** A print of one hand may be what the other hand waited for. */
function stopConfirmed(hands: Hands, policy: SessionPolicy): Hands {
  const stop = (hand: HandState): HandState => {
    const track = hand.at === null ? undefined : hand.tracks[hand.at];
    return track !== undefined && track.tries.length > 0 && confirmed(track, policy) ? { ...hand, at: null } : hand;
  };
  return { right: stop(hands.right), left: stop(hands.left) };
}

function onTracks(hands: Hands, what: (track: FingerTrack) => FingerTrack): Hands {
  const on = (hand: HandState): HandState => ({ ...hand, tracks: hand.tracks.map(what) });
  return { right: on(hands.right), left: on(hands.left) };
}

/** The finger in hand cannot be given. A print that it already has stays. */
export function skipFinger(
  hands: Hands,
  reason: FingerExceptionReason,
  approval: Approval | null,
  policy: SessionPolicy,
): Hands {
  return onFingerInHand(hands, policy, (track) =>
    hasPrint(track, policy) ? settle(track) : { track: { ...track, missing: reason, approval }, next: "other-finger" },
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
      ? { ...track, missing: null, approval: null, triesLeft: policy.fingers.maxTries, redosLeft: track.redosLeft - 1 }
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
