/** Receipt: the number that the person keeps, on screen and on paper. The session's data go when it is left. */
import type { ViewOf } from "../api/messages.ts";
import type { SessionContext } from "./context.ts";
import { endAs } from "./ending.ts";
import { change, enter, sessionSetup } from "./setup.ts";

const finished = { target: "#wipe", actions: endAs("finished") } as const;

export const receipt = sessionSetup.createStateConfig({
  id: "receipt",
  entry: enter("receipt"),
  on: {
    printed: { actions: change("printed", (_context, { printed }) => ({ printed })) },
    "receipt.done": finished,
    leave: finished,
    "time.out": finished,
  },
});

export function receiptView(context: SessionContext): ViewOf<"receipt"> {
  return {
    step: "receipt",
    packageNumber: context.packageId,
    qrText: context.sealed?.qrText ?? "",
    printed: context.printed,
  };
}
