/** A scenario: who enrols, what goes wrong, what they do, and how it should end. docs/scenarios.md */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { heldPictures } from "../../biometrics/synthetic/held-picture.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { FingerPosition } from "../../crypto/package/enrolment.ts";
import { SessionPolicy } from "../../crypto/policy/session-policy.ts";
import { FaultPlan } from "../../devices/simulator/fault-plan.ts";
import { ScreenEvent } from "../api/messages.ts";

/** A step (`face`), or one of its phases (`face/choose`), as the screen shows them. */
const Moment = z.string().regex(/^[a-z]+(\/[a-z]+)?$/);

const Action = z.strictObject({
  at: Moment,
  /** At the so-many-th time that this moment comes. */
  time: z.int().min(1).max(20).default(1),
  do: z.union([
    /** What a person does at the screen. */
    z.strictObject({ event: ScreenEvent }),
    /** The power goes (SIGKILL), and comes back after a while. */
    z.strictObject({ kill: z.enum(["booth", "server"]), backAfterMs: z.int().min(0).max(120_000).default(500) }),
    /** A second browser opens the booth's page; it must be told that the booth is in use. */
    z.strictObject({ secondScreen: z.literal(true) }),
    /** Nothing, for a while. */
    z.strictObject({ waitMs: z.int().min(1).max(600_000) }),
  ]),
});
export type Action = z.infer<typeof Action>;

export const Scenario = z.strictObject({
  name: z.string().max(100).default("ordinary"),
  person: z
    .strictObject({
      sex: z.enum(["F", "M"]).optional(),
      age: z.int().min(18).max(90).optional(),
      /** Fingers that cannot be given. */
      missingFingers: z.array(FingerPosition).max(8).default([]),
      /** What is before the camera: the person, or a picture of them (docs/faces.md). */
      presents: z.enum(["self", ...heldPictures]).default("self"),
      /** −1 (dry) … 1 (wet) of every print; left out: as fingers are. */
      moisture: z.number().min(-1).max(1).optional(),
    })
    .prefault({}),
  /** False: no slip, the document alone opens the session. */
  slip: z.boolean().default(true),
  faults: FaultPlan.prefault({}),
  /** Parts of the session's policy that differ from the built-in one. */
  policy: SessionPolicy.partial().prefault({}),
  actions: z.array(Action).max(50).default([]),
  expect: z
    .strictObject({
      /** `queued`: the case waits for an operator; the others: why the session ended without a package. */
      end: z.enum(["queued", "left", "refused", "timed-out", "power-cut"]).default("queued"),
      /** Codes of problems that the screen must have shown. */
      problems: z.array(z.string()).max(20).default([]),
      /** The server's checks that must have failed, such as `quality/presentation`. */
      failed: z.array(z.string()).max(20).default([]),
      /** Exceptions that the review must have shown. */
      exceptions: z.array(z.string()).max(20).default([]),
    })
    .prefault({}),
});
export type Scenario = z.infer<typeof Scenario>;

/** Reads a scenario file. Throws `scenario/malformed`. */
export async function readScenario(file: string): Promise<Scenario> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new KabinaError("scenario/malformed", { file, reason: "not a JSON file" }, { cause });
  }
  const parsed = Scenario.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new KabinaError("scenario/malformed", { file, reason: z.prettifyError(parsed.error).replaceAll("\n", " ") });
}
