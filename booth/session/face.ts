/**
 * Face: live guide, automatic burst, one random thing to do before the camera, choice among the best. After the last try the best is taken
 * and flagged. What was done or not done before the camera is recorded; it keeps nobody from going on.
 */
import { faceLimits } from "../../biometrics/face/limits.ts";
import { challengeSignal } from "../../biometrics/face/presentation/signals.ts";
import type { AskedChallenge, PresentationSignal } from "../../crypto/package/enrolment.ts";
import type { ViewOf } from "../api/messages.ts";
import type { BurstEvidence, FaceCandidate } from "./captures.ts";
import type { SessionContext } from "./context.ts";
import type { SessionEventOf } from "./events.ts";
import type { Scene } from "./live.ts";
import { change, clearProblem, deviceTrouble, enter, given, onward, problemOf, sessionSetup, when } from "./setup.ts";
import { isPickup } from "./verdict.ts";

const take = (type: "face.take" | "face.capture", trigger: "guide" | "person") =>
  ({
    target: "capturing",
    actions: [change(type, (context) => ({ face: { ...context.face, trigger } })), clearProblem],
  }) as const;

export const face = sessionSetup.createStateConfig({
  id: "face",
  entry: enter("face"),
  initial: "arriving",
  states: {
    arriving: {
      always: [{ guard: given((context) => context.face.candidates.length > 0), target: "choose" }, { target: "live" }],
    },
    live: {
      id: "faceAgain",
      on: {
        "face.take": take("face.take", "guide"),
        "face.capture": take("face.capture", "person"),
        "face.camera": {
          actions: [
            change("face.camera", (context, { source }) => ({ face: { ...context.face, source } })),
            clearProblem,
          ],
        },
        "face.calm": {
          actions: change("face.calm", (context, { calm }) => ({ face: { ...context.face, calm } })),
        },
        back: [
          { guard: given((context) => context.face.candidates.length > 0), target: "choose", actions: clearProblem },
          { guard: given(isPickup), target: "#document" },
          { target: "#confirm" },
        ],
      },
    },
    capturing: {
      on: {
        "face.taken": [
          {
            guard: when("face.taken", (_context, { candidates, ask }) => candidates.length > 0 && ask !== null),
            target: "answering",
            actions: change("face.taken", addBurst),
          },
          {
            guard: when("face.taken", (_context, { candidates }) => candidates.length > 0),
            target: "choose",
            actions: change("face.taken", addBurst),
          },
          { target: "live" },
        ],
        trouble: [
          { guard: deviceTrouble, target: "live", actions: problemOf("trouble") },
          { actions: problemOf("trouble") },
        ],
      },
    },
    answering: {
      on: {
        "face.answered": {
          target: "choose",
          actions: change("face.answered", (context, { challenge, signals }) => answered(context, challenge, signals)),
        },
        "face.cannot": { target: "choose", actions: change("face.cannot", declined) },
      },
    },
    choose: {
      on: {
        "face.choose": {
          guard: when("face.choose", (context, { candidate }) => candidate < context.face.candidates.length),
          actions: change("face.choose", (context, { candidate }) => ({
            face: { ...context.face, personChoice: candidate },
          })),
        },
        "face.accept": onward("#fingers").map((where) => ({
          ...where,
          guard: given((context) => acceptable(context) && (where.target === "#fingers" || context.returning)),
        })),
        back: [
          { guard: given((context) => context.returning), target: "#review" },
          { guard: given(isPickup), target: "#document" },
          { target: "#confirm" },
        ],
      },
    },
  },
});

function addBurst(context: SessionContext, event: SessionEventOf<"face.taken">): Partial<SessionContext> {
  const { colours, signals, ask } = event;
  const candidates = [...context.face.candidates, ...event.candidates];
  const [first, count] = [context.face.candidates.length, event.candidates.length];
  const best = candidates.reduce((a, b) => ((Number(b.passes) - Number(a.passes) || b.score - a.score) > 0 ? b : a));
  return {
    face: {
      ...context.face,
      candidates,
      tries: context.face.tries + 1,
      machineChoice: candidates.indexOf(best),
      personChoice: null,
      asked: ask,
      bursts: [...context.face.bursts, { first, count, challenge: null, colours, signals }],
    },
  };
}

/** What came of the challenge of the last burst. Of a sign that was seen before, the later word holds. */
function answered(
  { face }: SessionContext,
  challenge: AskedChallenge,
  signals: readonly PresentationSignal[],
): Partial<SessionContext> {
  const last = face.bursts.at(-1);
  if (last === undefined) return {};
  const before = last.signals.filter(({ name }) => !signals.some((signal) => signal.name === name));
  const evidence = { ...last, challenge, signals: [...before, ...signals] };
  return { face: { ...face, asked: null, bursts: [...face.bursts.slice(0, -1), evidence] } };
}

/** The person says that they cannot: recorded as not done, and they go on. */
function declined(context: SessionContext): Partial<SessionContext> {
  const { asked } = context.face;
  if (asked === null) return {};
  const nothing = { fault: null, reactionMs: null, yaw: null, eyesLeast: null };
  const result = { kind: asked, met: false, reactionMs: null, fault: "late" as const };
  return answered(context, { asked, outcome: "declined", ...nothing }, [
    challengeSignal([result], faceLimits.presentation),
  ]);
}

/** The burst that a candidate is of; undefined in a session begun by an older booth. */
export function burstOf({ face }: SessionContext, candidate: FaceCandidate): BurstEvidence | undefined {
  const at = face.candidates.indexOf(candidate);
  return face.bursts.find(({ first, count }) => at >= first && at < first + count);
}

/** The person's choice, or else the machine's; null before the first burst. */
export function chosenFace(context: SessionContext): FaceCandidate | null {
  const index = context.face.personChoice ?? context.face.machineChoice;
  return index === null ? null : (context.face.candidates[index] ?? null);
}

/** Good enough, or the tries are used up (then the record says "forced"). */
function acceptable(context: SessionContext): boolean {
  const chosen = chosenFace(context);
  return chosen !== null && (chosen.passes || context.face.tries >= context.policy.face.maxTries);
}

export function mayTakeFaceAgain(context: SessionContext): boolean {
  return context.face.tries < context.policy.face.maxTries;
}

/** Where the face should be, as fractions of the frame: eyes a little above the middle. */
const TARGET = { x: 0.32, y: 0.18, width: 0.36, height: 0.62 } as const;

/** Whether signs of a picture instead of a face are looked for by asking and showing; at pick-up nothing is sealed that could tell of them. */
export const asksChallenge = ({ policy, purpose }: SessionContext): boolean =>
  policy.face.challenge && purpose === "enrol";
export const asksColours = ({ policy, purpose }: SessionContext): boolean => policy.face.colours && purpose === "enrol";

export function faceView(context: SessionContext, phase: string, scene: Scene): ViewOf<"face"> {
  const { preview, challenge, ...seen } = scene.live.face;
  const { asked, calm } = context.face;
  return {
    step: "face",
    phase: phase === "capturing" || phase === "answering" || phase === "choose" ? phase : "live",
    challenge:
      phase !== "answering" || asked === null ? null : { ...(challenge ?? { phase: "settle", left: 1 }), kind: asked },
    colours: !asksColours(context) ? "none" : calm === null ? "shown" : "declined",
    preview: { ...preview, mirror: true },
    ...seen,
    target: TARGET,
    candidates: context.face.candidates.map((candidate, index) => ({
      index,
      url: scene.url(candidate.blob),
      score: candidate.score,
      passes: candidate.passes,
      hints: [...candidate.hints],
    })),
    machineChoice: context.face.machineChoice,
    personChoice: context.face.personChoice,
    tries: context.face.tries,
    maxTries: context.policy.face.maxTries,
  };
}
