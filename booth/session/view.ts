/** The view of the state that a session is in: each step's own file says how it looks. */
import type { View } from "../api/messages.ts";
import { matches, phaseOf } from "./activity.ts";
import { confirmView } from "./confirm.ts";
import { consentView } from "./consent.ts";
import { documentView } from "./document.ts";
import { faceView } from "./face.ts";
import { fingersView } from "./fingers.ts";
import type { Scene } from "./live.ts";
import type { SessionSnapshot } from "./machine.ts";
import { receiptView } from "./receipt.ts";
import { resumeView } from "./resume.ts";
import { reviewView } from "./review.ts";
import { sealView } from "./seal.ts";
import { signatureView } from "./signature.ts";
import { slipView } from "./slip.ts";
import { verdictView } from "./verdict.ts";
import { welcomeView } from "./welcome.ts";
import { wipeView } from "./wipe.ts";

export function viewOf(session: SessionSnapshot, scene: Scene): View {
  const { context, value } = session;
  const phase = phaseOf(value);
  if (matches(value, ["welcome"]) || matches(value, ["over"])) return welcomeView(scene);
  if (matches(value, ["resume"])) return resumeView(context);
  switch (context.step) {
    case "consent":
      return consentView(context);
    case "slip":
      return slipView(context, phase);
    case "document":
      return documentView(context, phase, scene);
    case "confirm":
      return confirmView(context, scene);
    case "face":
      return faceView(context, phase, scene);
    case "fingers":
      return fingersView(context, phase, scene);
    case "signature":
      return signatureView(context);
    case "review":
      return reviewView(context, scene);
    case "seal":
      return sealView(context, phase, scene);
    case "receipt":
      return receiptView(context);
    case "verdict":
      return verdictView(context);
    case "wipe":
      return wipeView(context, phase);
    default:
      return welcomeView(scene);
  }
}
