/** Welcome: nobody is here, or somebody chooses a language. Nothing is recorded before `begin`. */
import type { ViewOf } from "../api/messages.ts";
import type { Scene } from "./live.ts";
import { change, sessionSetup } from "./setup.ts";

export const welcome = sessionSetup.createStateConfig({
  id: "welcome",
  on: {
    begin: {
      target: "visit",
      actions: change("begin", (_context, { at, mono }) => ({ startedAt: at, stepSince: mono })),
    },
    pickup: {
      target: "#document",
      actions: change("pickup", (_context, { at, mono }) => ({ startedAt: at, stepSince: mono, purpose: "pickup" })),
    },
  },
});

export function welcomeView(scene: Scene): ViewOf<"welcome"> {
  return { step: "welcome", languages: [...scene.languages], open: scene.open };
}
