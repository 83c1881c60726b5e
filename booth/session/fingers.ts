/** Fingers: right then left. The screen goes on only after the finger has been lifted, and to the next step only when asked. */

import type { z } from "zod";
import { FingerExceptionReason } from "../../crypto/package/enrolment.ts";
import type { FingerHint, FingerResult, ViewOf } from "../api/messages.ts";
import type { FingerTrack, SessionContext } from "./context.ts";
import {
  beginHands,
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
import { change, clearProblem, enter, given, onward, problemOf, sessionSetup, when } from "./setup.ts";

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
const unable = {
  target: "next",
  actions: [
    change("finger.unable", (context, { reason }) => ({
      hands: skipFinger(context.hands, reason, context.policy),
      fingerShown: null,
    })),
    clearProblem,
  ],
} as const;
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
    sessionSetup.assign(({ context }) => ({ hands: beginHands(context.hands, context.policy), fingerShown: null })),
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
        trouble: { target: "place", actions: problemOf("trouble") },
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
    done: {
      on: {
        "fingers.accept": onward("#signature"),
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
  };
}

export function fingersView(context: SessionContext, phase: string, scene: Scene): ViewOf<"fingers"> {
  const { policy, hands, fingerShown } = context;
  const all = [...hands.right.tracks, ...hands.left.tracks];
  const current = fingerInHand(hands)?.track;
  const shown = phase === "captured" ? all.find(({ position }) => position === fingerShown) : current;
  const last = shown?.tries.at(-1);
  return {
    step: "fingers",
    phase: phase === "hold" || phase === "captured" || phase === "done" ? phase : "place",
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
          ? ((last?.hints[0] as FingerHint | undefined) ?? "lift-finger")
          : scene.live.finger.hint,
    previewUrl: last === undefined ? null : scene.url(last.blob),
    results: fingerResults(context, scene),
    reasons: FingerExceptionReason.options,
  };
}
