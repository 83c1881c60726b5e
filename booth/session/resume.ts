/** Resume: the power was cut. Nothing personal is shown before somebody says that they are still the same person. */
import type { ViewOf } from "../api/messages.ts";
import type { SessionContext } from "./context.ts";
import { endAs } from "./ending.ts";
import { change, sessionSetup } from "./setup.ts";

export const resume = sessionSetup.createStateConfig({
  id: "resume",
  on: {
    "resume.continue": { target: "#visit.where" },
    help: { actions: change("help", (_context, { open }) => ({ helpOpen: open })) },
    leave: { target: "#wipe", actions: endAs("left") },
    "time.out": { target: "#wipe", actions: endAs("power-cut") },
  },
});

export function resumeView(context: SessionContext): ViewOf<"resume"> {
  return {
    step: "resume",
    at: context.step,
    interruptedAt: new Date(context.interruptedAt ?? context.startedAt).toISOString(),
  };
}
