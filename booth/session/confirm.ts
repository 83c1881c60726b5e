/** Confirm: the typed zone beside the chip's own data; the person says whether they are right. */

import type { z } from "zod";
import type { MrzFields } from "../../crypto/package/enrolment.ts";
import type { ConfirmField, ViewOf } from "../api/messages.ts";
import type { SessionContext } from "./context.ts";
import type { Scene } from "./live.ts";
import { change, enter, onward, sessionSetup, when } from "./setup.ts";

/** In the order of the screen. */
const FIELDS = [
  "surname",
  "givenNames",
  "documentNumber",
  "nationality",
  "dateOfBirth",
  "sex",
  "dateOfExpiry",
  "issuer",
] as const satisfies readonly (keyof MrzFields)[];

const [whenReturning, whenFirst] = onward("#face");
const known = when("confirm.dispute", (_context, { fields }) =>
  fields.every((field) => (FIELDS as readonly string[]).includes(field)),
);

export const confirm = sessionSetup.createStateConfig({
  id: "confirm",
  entry: enter("confirm"),
  on: {
    "confirm.accept": [whenReturning, whenFirst].map((where) => ({
      ...where,
      actions: change("confirm.accept", () => ({ disputed: [] })),
    })),
    "confirm.dispute": [
      {
        guard: ({ context, event }) => context.returning && known({ context, event }),
        target: "#review",
        actions: change("confirm.dispute", (_context, { fields }) => ({ disputed: [...new Set(fields)] })),
      },
      {
        guard: known,
        target: "#face",
        actions: change("confirm.dispute", (_context, { fields }) => ({ disputed: [...new Set(fields)] })),
      },
    ],
    back: { target: "#document" },
  },
});

/** Zone against chip, field by field. */
export function compareFields(context: SessionContext): z.infer<typeof ConfirmField>[] {
  return FIELDS.map((name) => {
    const mrz = context.mrz?.fields[name] ?? null;
    const chip = context.chip?.fields[name] ?? null;
    const match = mrz === null || chip === null ? "one-source" : mrz === chip ? "same" : "different";
    return { name, mrz, chip, match, disputed: context.disputed.includes(name) };
  });
}

export function confirmView(context: SessionContext, scene: Scene): ViewOf<"confirm"> {
  const portrait = context.chip?.portrait ?? null;
  return {
    step: "confirm",
    fields: compareFields(context),
    chipPortraitUrl: portrait === null ? null : scene.url(portrait),
    document: {
      type: context.chip?.fields.documentCode ?? context.mrz?.fields.documentCode ?? "",
      expired: context.mrz?.expired ?? false,
    },
  };
}
