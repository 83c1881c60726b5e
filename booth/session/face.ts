/** Face: live guide, automatic burst, choice among the best. After the last try the best is taken and flagged. */
import type { ViewOf } from "../api/messages.ts";
import type { FaceCandidate } from "./captures.ts";
import type { SessionContext } from "./context.ts";
import type { Scene } from "./live.ts";
import { change, clearProblem, enter, given, onward, problemOf, sessionSetup, when } from "./setup.ts";
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
            guard: when("face.taken", (_context, { candidates }) => candidates.length > 0),
            target: "choose",
            actions: change("face.taken", (context, { candidates }) => addBurst(context, candidates)),
          },
          { target: "live" },
        ],
        trouble: { target: "live", actions: problemOf("trouble") },
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

function addBurst(context: SessionContext, taken: readonly FaceCandidate[]): Partial<SessionContext> {
  const candidates = [...context.face.candidates, ...taken];
  const best = candidates.reduce((a, b) => ((Number(b.passes) - Number(a.passes) || b.score - a.score) > 0 ? b : a));
  return {
    face: {
      ...context.face,
      candidates,
      tries: context.face.tries + 1,
      machineChoice: candidates.indexOf(best),
      personChoice: null,
    },
  };
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

export function faceView(context: SessionContext, phase: string, scene: Scene): ViewOf<"face"> {
  const { preview, ...seen } = scene.live.face;
  return {
    step: "face",
    phase: phase === "capturing" || phase === "choose" ? phase : "live",
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
