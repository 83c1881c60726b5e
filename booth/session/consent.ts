/** Consent: given to exactly the text that was shown, or the session ends. */
import type { ViewOf } from "../api/messages.ts";
import { CONSENT_VERSION, consentText } from "./consent-text.ts";
import type { SessionContext } from "./context.ts";
import { endAs } from "./ending.ts";
import { change, enter, sessionSetup, when } from "./setup.ts";

const record = change("consent.give", (context, { textVersion, at }) => ({
  consent: { textVersion, language: context.language, givenAt: new Date(at).toISOString() },
}));
const shown = (textVersion: string) => textVersion === CONSENT_VERSION;

export const consent = sessionSetup.createStateConfig({
  id: "consent",
  entry: enter("consent"),
  on: {
    "consent.give": [
      {
        guard: when("consent.give", (context, event) => shown(event.textVersion) && context.slip !== null),
        target: "#document",
        actions: record,
      },
      { guard: when("consent.give", (_context, event) => shown(event.textVersion)), target: "#slip", actions: record },
    ],
    "consent.refuse": { target: "#wipe", actions: endAs("refused") },
  },
});

export function consentView(context: SessionContext): ViewOf<"consent"> {
  return {
    step: "consent",
    textVersion: CONSENT_VERSION,
    paragraphs: [...consentText[context.language]],
    fees: [...context.policy.fees],
  };
}
