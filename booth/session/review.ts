/** Review: everything that will be sent, before it is sealed; each thing can be taken again from here. */
import type { ViewOf } from "../api/messages.ts";
import { compareFields } from "./confirm.ts";
import type { SessionContext } from "./context.ts";
import { exceptionsOf } from "./exceptions.ts";
import { chosenFace } from "./face.ts";
import { fingerResults } from "./fingers.ts";
import type { Scene } from "./live.ts";
import { enter, sessionSetup } from "./setup.ts";

export const review = sessionSetup.createStateConfig({
  id: "review",
  entry: [enter("review"), sessionSetup.assign({ returning: false })],
  on: {
    "review.accept": { target: "#seal" },
    back: { target: "#signature" },
  },
});

export function reviewView(context: SessionContext, scene: Scene): ViewOf<"review"> {
  const portrait = chosenFace(context);
  return {
    step: "review",
    fields: compareFields(context),
    chipRead: context.chip !== null,
    portraitUrl: portrait === null ? null : scene.url(portrait.cut?.blob ?? portrait.blob),
    fingers: fingerResults(context, scene),
    signature: context.signatureUnable === null ? context.signature : null,
    exceptions: exceptionsOf(context).map(({ code }) => code),
  };
}
