/** Fingers: right then left. The screen goes on only after the finger has been lifted, and to the next step only when asked. */

import type { z } from "zod";
import { FingerExceptionReason } from "../../crypto/package/enrolment.ts";
import type { FingerHint, FingerResult, ViewOf } from "../api/messages.ts";
import type { Approval, FingerTrack, SessionContext } from "./context.ts";
import {
  beginHands,
  beginOneHand,
  fingerInHand,
  hasPrint,
  keepWhatThereIs,
  mayTryAgain,
  settledTracks,
  skipFinger,
  takePrint,
  tryAgain,
} from "./hands.ts";
import type { Scene } from "./live.ts";
import { change, clearProblem, deviceTrouble, enter, given, onward, problemOf, sessionSetup, when } from "./setup.ts";
import { isPickup } from "./verdict.ts";

const done = given((context) => fingerInHand(context.hands) === null);
const asked = when("finger.taken", (context, { position }) => fingerInHand(context.hands)?.track.position === position);
const taken = {
  guard: asked,
  target: "captured",
  actions: [
    change("finger.taken", (context, event) => ({
      hands: takePrint(context.hands, event, context.policy),
      fingerShown: event.position,
    })),
    clearProblem,
  ],
} as const;
/** A second person looks at it first, where there is one. */
const unable = {
  target: "approve",
  actions: [change("finger.unable", (_context, { reason }) => ({ fingerReason: reason })), clearProblem],
} as const;

function skip(context: SessionContext, approval: Approval | null): Partial<SessionContext> {
  const { fingerReason, hands, policy } = context;
  return {
    hands: fingerReason === null ? hands : skipFinger(hands, fingerReason, approval, policy),
    fingerShown: null,
    fingerReason: null,
    staffEntered: null,
  };
}
const back = [
  {
    guard: given((context) => fingerInHand(keepWhatThereIs(context.hands, context.policy)) === null),
    target: "done",
    actions: [change("back", (context) => ({ hands: keepWhatThereIs(context.hands, context.policy) })), clearProblem],
  },
  { target: "#face" },
] as const;

export const fingers = sessionSetup.createStateConfig({
  id: "fingers",
  entry: [
    enter("fingers"),
    sessionSetup.assign(({ context }) => ({
      hands: isPickup(context)
        ? beginOneHand(context.hands, context.policy)
        : beginHands(context.hands, context.policy),
      fingerShown: null,
      fingerReason: null,
      staffEntered: null,
    })),
  ],
  initial: "next",
  states: {
    next: { always: [{ guard: done, target: "done" }, { target: "place" }] },
    place: {
      on: {
        "finger.placed": { target: "hold" },
        "finger.taken": taken,
        "finger.unable": unable,
        back,
      },
    },
    hold: {
      on: {
        "finger.lifted": { target: "place" },
        "finger.taken": taken,
        "finger.unable": unable,
        trouble: [
          { guard: deviceTrouble, target: "place", actions: problemOf("trouble") },
          { actions: problemOf("trouble") },
        ],
        back,
      },
    },
    captured: {
      on: {
        "finger.lifted": { target: "next" },
        "finger.again": {
          guard: given((context) => mayTryAgain(context.hands, context.fingerShown)),
          actions: change("finger.again", (context) =>
            context.fingerShown === null ? {} : { hands: tryAgain(context.hands, context.fingerShown) },
          ),
        },
        back,
      },
    },
    approve: {
      on: {
        "finger.approve": {
          guard: given((context) => context.staffRefusals < context.policy.fingers.staffTries),
          target: "approving",
          actions: [
            change("finger.approve", (_context, { staff, pin }) => ({ staffEntered: { staff, pin } })),
            clearProblem,
          ],
        },
        "finger.unapproved": {
          target: "next",
          actions: [change("finger.unapproved", (context) => skip(context, null)), clearProblem],
        },
        back: { target: "place", actions: [change("back", () => ({ fingerReason: null })), clearProblem] },
      },
    },
    approving: {
      on: {
        "staff.approved": {
          target: "next",
          actions: [
            change("staff.approved", (context, { staff, at }) =>
              skip(context, { staff, at: new Date(at).toISOString() }),
            ),
            clearProblem,
          ],
        },
        "staff.refused": {
          target: "approve",
          actions: [
            problemOf("staff.refused"),
            change("staff.refused", (context) => ({ staffEntered: null, staffRefusals: context.staffRefusals + 1 })),
          ],
        },
      },
    },
    done: {
      on: {
        "fingers.accept": [{ guard: given(isPickup), target: "#verdict" }, ...onward("#signature")],
        back: [{ guard: given((context) => context.returning), target: "#review" }, { target: "#face" }],
      },
    },
  },
});

export function fingerResults(context: SessionContext, scene: Scene): z.infer<typeof FingerResult>[] {
  return settledTracks(context.hands, context.policy).map((track) => resultOf(track, context, scene));
}

function resultOf(track: FingerTrack, context: SessionContext, scene: Scene): z.infer<typeof FingerResult> {
  const captured = hasPrint(track, context.policy);
  const kept = captured && track.kept !== null ? track.tries[track.kept] : undefined;
  return {
    position: track.position,
    state: captured ? "captured" : "missing",
    quality: kept?.quality ?? null,
    passes: (kept?.quality ?? 0) >= context.policy.fingers.wanted,
    tries: track.tries.length,
    url: kept === undefined ? null : scene.url(kept.blob),
    reason: track.missing,
    approved: track.approval !== null,
  };
}

const PHASES = ["hold", "captured", "approve", "approving", "done"] as const;

/** What to say of the print just taken: first whose finger it is, then what was wrong with it, then that another is needed. */
function hintOf(track: FingerTrack | undefined, context: SessionContext): FingerHint | null {
  const verdict = track?.verdicts.at(-1);
  const last = track?.tries.at(-1);
  if (track === undefined || verdict === undefined || last === undefined) return null;
  if (verdict.position !== null)
    return verdict.position.split("-")[0] === track.position.split("-")[0] ? "another-finger" : "other-hand";
  const wrong = last.hints[0] as FingerHint | undefined;
  if (wrong !== undefined) return wrong;
  if (verdict.kind === "unlike" || (verdict.kind === "single" && track.verdicts.some(({ kind }) => kind === "unlike")))
    return "unlike-before";
  const inHand = fingerInHand(context.hands)?.track.position === track.position;
  return inHand && verdict.kind === "single" ? "once-more" : null;
}

export function fingersView(context: SessionContext, phase: string, scene: Scene): ViewOf<"fingers"> {
  const { policy, hands, fingerShown } = context;
  const all = [...hands.right.tracks, ...hands.left.tracks];
  const current = fingerInHand(hands)?.track;
  const shown = phase === "captured" ? all.find(({ position }) => position === fingerShown) : current;
  const last = shown?.tries.at(-1);
  return {
    step: "fingers",
    phase: PHASES.find((name) => name === phase) ?? "place",
    position: shown?.position ?? null,
    attempt: Math.min(
      policy.fingers.maxTries,
      policy.fingers.maxTries - (shown?.triesLeft ?? 0) + (phase === "captured" ? 0 : 1),
    ),
    maxAttempts: policy.fingers.maxTries,
    quality: last?.quality ?? null,
    qualityWanted: policy.fingers.wanted,
    hint:
      phase === "done"
        ? null
        : phase === "captured"
          ? (hintOf(shown, context) ?? "lift-finger")
          : scene.live.finger.hint,
    sameAs: phase === "captured" ? (shown?.verdicts.at(-1)?.position ?? null) : null,
    live: phase === "place" || phase === "hold" ? scene.live.finger.seen : null,
    reason: context.fingerReason,
    previewUrl: last === undefined ? null : scene.url(last.blob),
    results: fingerResults(context, scene),
    reasons: FingerExceptionReason.options,
  };
}
