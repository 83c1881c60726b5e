/** Slip: the number or QR code from the desk opens the session; where policy allows, the document alone does. */

import { SLIP_NUMBER_DIGITS } from "../../crypto/slip/number.ts";
import type { ViewOf } from "../api/messages.ts";
import type { SessionContext } from "./context.ts";
import { endAs } from "./ending.ts";
import { change, clearProblem, enter, given, problemOf, sessionSetup, when } from "./setup.ts";

export const slip = sessionSetup.createStateConfig({
  id: "slip",
  entry: enter("slip"),
  initial: "enter",
  states: {
    enter: {
      on: {
        "slip.enter": {
          target: "checking",
          actions: [change("slip.enter", (_context, { value }) => ({ slipEntered: value })), clearProblem],
        },
        "slip.none": { guard: given((context) => context.policy.slip === "optional"), target: "#document" },
        back: { target: "#consent" },
      },
    },
    checking: {
      on: {
        "slip.accepted": {
          target: "#document",
          actions: change("slip.accepted", (_context, { number, issuedAt, entered }) => ({
            slip: { number, issuedAt, entered },
            slipEntered: null,
          })),
        },
        "slip.refused": [
          {
            guard: when("slip.refused", (context) => context.slipRefusals + 1 >= context.policy.slipTries),
            target: "#wipe",
            actions: endAs("refused"),
          },
          {
            target: "enter",
            actions: [
              problemOf("slip.refused"),
              change("slip.refused", (context) => ({ slipRefusals: context.slipRefusals + 1, slipEntered: null })),
            ],
          },
        ],
      },
    },
  },
});

export function slipView(context: SessionContext, phase: string): ViewOf<"slip"> {
  return {
    step: "slip",
    phase: phase === "checking" ? "checking" : "enter",
    numberLength: SLIP_NUMBER_DIGITS,
    optional: context.policy.slip === "optional",
  };
}
