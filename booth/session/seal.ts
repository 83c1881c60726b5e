/** Seal: the package is made, encrypted and stored. A full disk loses nothing: the session waits and tries again. */
import type { ViewOf } from "../api/messages.ts";
import type { SessionContext } from "./context.ts";
import { endAs } from "./ending.ts";
import type { Scene } from "./live.ts";
import { change, clearProblem, enter, problemOf, sessionSetup } from "./setup.ts";

/** The power came back while nobody had to be asked anything. */
const goOn = change("power.restored", (context) => ({ resumed: context.resumed + 1 }));

export const seal = sessionSetup.createStateConfig({
  id: "seal",
  entry: enter("seal"),
  initial: "working",
  states: {
    working: {
      on: {
        "seal.done": {
          target: "#receipt",
          actions: change("seal.done", (_context, { qrText }) => ({ sealed: { qrText } })),
        },
        "seal.failed": { target: "failed", actions: problemOf("seal.failed") },
        // Seconds at most, and what the person asked for; after it nothing readable is left to erase but the journal.
        leave: {},
        "time.out": {},
        "power.restored": { actions: goOn },
      },
    },
    failed: {
      on: {
        retry: { target: "working", actions: clearProblem },
        back: { target: "#review" },
        leave: { target: "#wipe", actions: endAs("left") },
        "time.out": {},
        "power.restored": { target: "working", actions: [goOn, clearProblem] },
      },
    },
  },
});

export function sealView(_context: SessionContext, phase: string, scene: Scene): ViewOf<"seal"> {
  return phase === "failed" ? { step: "seal", phase: "failed", progress: 0 } : { step: "seal", ...scene.live.seal };
}
