/**
 * The enrolment session: one explicit state machine, pure. Effects (devices, disk, time) live in `session-host.ts` and come
 * back as events; the same events give the same session, which is how the journal replays it.
 */
import { initialTransition, type SnapshotFrom, transition } from "xstate";
import type { SessionPolicy } from "../../crypto/policy/session-policy.ts";
import type { RedoTarget } from "../api/messages.ts";
import { confirm } from "./confirm.ts";
import { consent } from "./consent.ts";
import type { SessionContext } from "./context.ts";
import { document } from "./document.ts";
import { endAs } from "./ending.ts";
import type { SessionEvent, SessionInput } from "./events.ts";
import { face, mayTakeFaceAgain } from "./face.ts";
import { fingers } from "./fingers.ts";
import { mayRedo, redoHand, SIDES } from "./hands.ts";
import { receipt } from "./receipt.ts";
import { resume } from "./resume.ts";
import { review } from "./review.ts";
import { seal } from "./seal.ts";
import { change, clearProblem, given, initialContext, problemOf, sessionSetup, when } from "./setup.ts";
import { signature } from "./signature.ts";
import { slip } from "./slip.ts";
import { verdict } from "./verdict.ts";
import { welcome } from "./welcome.ts";
import { wipe } from "./wipe.ts";

/** After something is taken again from the review, the review comes next. */
const remember = change("redo", (context) => ({ returning: context.returning || context.step === "review" }));

/** May this be taken again now? Only what has been taken before, and while tries are left. */
export function mayTakeAgain(context: SessionContext, what: RedoTarget): boolean {
  switch (what) {
    case "slip":
      return context.slip !== null;
    case "document":
      return context.mrz !== null;
    case "face":
      return context.face.candidates.length > 0 && mayTakeFaceAgain(context);
    case "finger-right-index":
      return handTaken(context, "right") && mayRedo(context.hands, "right");
    case "finger-left-index":
      return handTaken(context, "left") && mayRedo(context.hands, "left");
    case "fingers":
      return SIDES.every((side) => handTaken(context, side) && mayRedo(context.hands, side));
    case "signature":
      return context.signature !== null || context.signatureUnable !== null;
  }
}

const handTaken = ({ hands }: SessionContext, side: "right" | "left") =>
  hands[side].tracks.length > 0 && hands[side].at === null;

const again = (...targets: RedoTarget[]) =>
  when("redo", (context, { what }) => targets.includes(what) && mayTakeAgain(context, what));

const redoHands = change("redo", (context, { what }) => {
  const sides = what === "fingers" ? SIDES : what === "finger-right-index" ? (["right"] as const) : (["left"] as const);
  return { hands: sides.reduce((hands, side) => redoHand(hands, side, context.policy), context.hands) };
});

export const sessionMachine = sessionSetup.createMachine({
  id: "session",
  context: initialContext,
  initial: "welcome",
  on: {
    language: {
      guard: when("language", ({ policy }, { language }) => policy.languages.includes(language)),
      actions: change("language", (_context, { language }) => ({ language })),
    },
    stay: { actions: sessionSetup.assign({}) },
  },
  states: {
    welcome,
    visit: {
      id: "visit",
      initial: "collect",
      on: {
        leave: { target: "#wipe", actions: endAs("left") },
        "time.out": { target: "#wipe", actions: endAs("timed-out") },
        help: { actions: change("help", (_context, { open }) => ({ helpOpen: open })) },
        trouble: { actions: problemOf("trouble") },
        "trouble.over": { actions: clearProblem },
        retry: { guard: given((context) => context.problem !== null), actions: clearProblem },
        "power.restored": {
          target: "#resume",
          actions: change("power.restored", (context, { interruptedAt }) => ({
            resumed: context.resumed + 1,
            interruptedAt,
            problem: null,
            helpOpen: false,
          })),
        },
      },
      states: {
        collect: {
          initial: "consent",
          on: {
            redo: [
              { guard: again("slip"), target: "#slip", actions: remember },
              { guard: again("document"), target: "#documentAgain", actions: remember },
              { guard: again("face"), target: "#faceAgain", actions: remember },
              {
                guard: again("fingers", "finger-right-index", "finger-left-index"),
                target: "#fingers",
                actions: [remember, redoHands],
              },
              { guard: again("signature"), target: "#signature", actions: remember },
            ],
          },
          states: { consent, slip, document, confirm, face, fingers, signature, review },
        },
        seal,
        receipt,
        verdict,
        where: { type: "history", history: "deep" },
      },
    },
    resume,
    wipe,
    over: { id: "over", type: "final" },
  },
});

export type SessionSnapshot = SnapshotFrom<typeof sessionMachine>;

/** A session that nobody has begun. */
export function newSession(input: SessionInput, policy: SessionPolicy): SessionSnapshot {
  return initialTransition(sessionMachine, { input, policy })[0];
}

/** What an event makes of a session. Pure. */
export function advance(session: SessionSnapshot, event: SessionEvent): SessionSnapshot {
  return transition(sessionMachine, session, event)[0];
}

/** Whether an event would be taken now. */
export function takes(session: SessionSnapshot, event: SessionEvent): boolean {
  return session.can(event);
}
