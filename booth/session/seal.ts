/**
 * Seal: the package is made, encrypted and stored. A full disk loses nothing: the session waits and tries again. A disk that does
 * not answer keeps nobody: the person may go with the package's number, and the booth finishes by itself.
 */
import type { ViewOf } from "../api/messages.ts";
import type { SessionContext } from "./context.ts";
import { endAs } from "./ending.ts";
import type { Scene } from "./live.ts";
import { change, clearProblem, enter, given, problemOf, sessionSetup } from "./setup.ts";

/** The power came back while nobody had to be asked anything. */
const goOn = change("power.restored", (context) => ({ resumed: context.resumed + 1, sealSlow: false }));
const sealed = change("seal.done", (_context, { qrText }) => ({ sealed: { qrText } }));
const present = given((context) => !context.sealParked);
const park = change("seal.park", () => ({ sealParked: true }));

export const seal = sessionSetup.createStateConfig({
  id: "seal",
  entry: enter("seal"),
  initial: "working",
  states: {
    working: {
      on: {
        "seal.done": [
          { guard: present, target: "#receipt", actions: sealed },
          { target: "#wipe", actions: [sealed, endAs("finished")] },
        ],
        "seal.failed": { target: "failed", actions: problemOf("seal.failed") },
        "seal.slow": {
          actions: [problemOf("seal.slow"), change("seal.slow", () => ({ sealSlow: true }))],
        },
        "seal.park": { guard: given((context) => context.sealSlow && !context.sealParked), actions: park },
        // The person asked for it to be sealed, and a package may be on its way already: there is nothing to take back.
        leave: {},
        "time.out": {},
        "power.restored": { actions: goOn },
      },
    },
    failed: {
      on: {
        retry: {
          target: "working",
          actions: [clearProblem, change("retry", () => ({ sealSlow: false }))],
        },
        "seal.park": { guard: present, actions: park },
        // Nobody who comes after may look at it or throw it away.
        back: { guard: present, target: "#review" },
        leave: [{ guard: present, target: "#wipe", actions: endAs("left") }, {}],
        "time.out": {},
        "power.restored": { target: "working", actions: [goOn, clearProblem] },
      },
    },
  },
});

export function sealView(context: SessionContext, phase: string, scene: Scene): ViewOf<"seal"> {
  const { sealParked, sealSlow, packageId } = context;
  const packageNumber = sealParked || sealSlow || phase === "failed" ? packageId : null;
  const view = { step: "seal", packageNumber } as const;
  if (sealParked) return { ...view, phase: "parked", progress: 0 };
  return phase === "failed" ? { ...view, phase: "failed", progress: 0 } : { ...view, ...scene.live.seal };
}
