/** Wipe: the key is destroyed, the journal deleted, memory let go; the erase receipt stays on the screen for a moment. */
import type { ViewOf } from "../api/messages.ts";
import type { SessionContext } from "./context.ts";
import { change, clearProblem, enter, problemOf, sessionSetup } from "./setup.ts";

export const wipe = sessionSetup.createStateConfig({
  id: "wipe",
  entry: enter("wipe"),
  initial: "erasing",
  states: {
    erasing: {
      on: {
        trouble: { actions: problemOf("trouble") },
        erased: {
          target: "erased",
          actions: [
            clearProblem,
            change("erased", (_context, { erasedAt, records, keyDestroyed }) => ({
              erase: { erasedAt, records, keyDestroyed },
            })),
          ],
        },
      },
    },
    erased: {
      on: { begin: { target: "#over" }, "time.out": { target: "#over" } },
    },
  },
});

export function wipeView(context: SessionContext, phase: string): ViewOf<"wipe"> {
  return {
    step: "wipe",
    phase: phase === "erased" ? "erased" : "erasing",
    reason: context.end,
    erase: context.erase === null ? null : { session: context.id, ...context.erase },
    packageNumber: context.sealed === null ? null : context.packageId,
  };
}
