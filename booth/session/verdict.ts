/** Verdict: at pick-up, what came of the finished passport and of whoever came for it. Nothing of it is kept but the answer. */
import { explain } from "../../crypto/errors/catalogue.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { PickupVerdict, ViewOf } from "../api/messages.ts";
import type { PickupCheck } from "./captures.ts";
import type { SessionContext } from "./context.ts";
import { endAs } from "./ending.ts";
import { change, clearProblem, enter, sessionSetup } from "./setup.ts";

const finished = { target: "#wipe", actions: endAs("answered") } as const;

export const isPickup = (context: SessionContext): boolean => context.purpose === "pickup";

export const verdict = sessionSetup.createStateConfig({
  id: "verdict",
  entry: enter("verdict"),
  initial: "checking",
  states: {
    checking: {
      on: {
        "pickup.checked": {
          target: "shown",
          actions: [change("pickup.checked", (_context, { checks }) => ({ pickup: checks })), clearProblem],
        },
      },
    },
    shown: { on: { "verdict.done": finished, leave: finished, "time.out": finished } },
  },
});

/** Failed when one failed, not checked when one could not be made. */
export function pickupVerdict(checks: readonly Pick<PickupCheck, "verdict">[]): PickupVerdict {
  if (checks.some((check) => check.verdict === "failed")) return "failed";
  return checks.length === 0 || checks.some((check) => check.verdict === "not-checked") ? "not-checked" : "passed";
}

export function verdictView(context: SessionContext): ViewOf<"verdict"> {
  const checks = context.pickup ?? [];
  return {
    step: "verdict",
    phase: context.pickup === null ? "checking" : "done",
    verdict: pickupVerdict(checks),
    checks: checks.map(({ check, verdict: one, reasons }) => ({
      check,
      verdict: one,
      reasons: reasons.map(({ code, details }) => explain(new KabinaError(code, details), context.language)),
    })),
  };
}
