/** Signature: drawn on the screen or the pad, or a reason why not. */
import type { ViewOf } from "../api/messages.ts";
import type { SessionContext } from "./context.ts";
import { change, enter, given, sessionSetup } from "./setup.ts";

export const signature = sessionSetup.createStateConfig({
  id: "signature",
  entry: [enter("signature"), sessionSetup.assign({ padRead: false })],
  on: {
    "signature.done": {
      target: "#review",
      actions: change("signature.done", (_context, event) => ({ signature: event.signature, signatureUnable: null })),
    },
    "signature.drawn": {
      actions: change("signature.drawn", (_context, { signature }) => ({
        signature,
        signatureUnable: null,
        padRead: true,
      })),
    },
    "signature.unable": {
      target: "#review",
      actions: change("signature.unable", (_context, { reason }) => ({ signatureUnable: reason })),
    },
    back: [{ guard: given((context) => context.returning), target: "#review" }, { target: "#fingers" }],
  },
});

/** Width : height of the field to draw in. */
const SIGNATURE_ASPECT = 3;

export function signatureView(context: SessionContext): ViewOf<"signature"> {
  return { step: "signature", aspect: SIGNATURE_ASPECT, signature: context.signature };
}
