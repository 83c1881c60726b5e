/** Every duration, count and threshold of a session, with its unit, in one place; a signed policy will replace it whole. */
import { createHash } from "node:crypto";
import { z } from "zod";

const seconds = (n: number) => n * 1000;
const Ms = z.number().int().positive();

export const SessionPolicy = z.strictObject({
  version: z.string().max(40),
  /** Milliseconds a step may last without anything happening; `stay` gives them again. */
  stepMs: z.strictObject({
    resume: Ms,
    consent: Ms,
    slip: Ms,
    document: Ms,
    confirm: Ms,
    face: Ms,
    fingers: Ms,
    signature: Ms,
    review: Ms,
    receipt: Ms,
    wipe: Ms,
  }),
  /** Milliseconds before the end at which the screen asks "are you still here?". */
  warningMs: Ms,
  /** How many times longer a step lasts while help is open. */
  helpFactor: z.number().min(1).max(10),
  /** `required`: no session without a slip; `optional`: the document alone opens it too. */
  slip: z.enum(["required", "optional"]),
  /** Slips that may be refused in one session before it ends. */
  slipTries: z.number().int().min(1),
  face: z.strictObject({
    /** Stills in one burst. */
    burst: z.number().int().min(1).max(5),
    /** Bursts in one session. */
    maxTries: z.number().int().min(1).max(5),
  }),
  fingers: z.strictObject({
    /** Tries of one finger in one go. */
    maxTries: z.number().int().min(1).max(10),
    /** How often one finger may be taken again after that. */
    redos: z.number().int().min(0).max(5),
    /** Quality (0–100) at which no further try is asked for. */
    wanted: z.number().min(0).max(100),
    /** Quality under which, after all tries, the finger counts as not readable. */
    least: z.number().min(0).max(100),
    /** Prints of one finger that must agree before no further try is asked for. */
    agreeing: z.number().int().min(1).max(3),
    /** How often staff may mistype in one session. */
    staffTries: z.number().int().min(1).max(10),
    /** Days after which a finger that was bandaged or injured is asked for again. */
    temporaryDays: z.number().int().min(1).max(3650),
  }),
  resume: z.strictObject({
    /** What becomes of a session that the power cut off. */
    afterPowerCut: z.enum(["resume", "erase"]),
    /** Milliseconds after its last record in which it may be resumed. */
    withinMs: Ms,
  }),
  /** Milliseconds between automatic tries to seal when the disk was full. */
  sealRetryMs: Ms,
  /** Milliseconds of sealing after which the person may go: the booth finishes by itself. */
  sealSlowMs: Ms,
  /** Milliseconds to wait for a disk that does not answer before the screen says so. */
  diskPatienceMs: Ms,
  /** Days that a server may take the package. */
  packageDays: z.number().int().min(1).max(180),
});
export type SessionPolicy = z.infer<typeof SessionPolicy>;

export const defaultPolicy: SessionPolicy = {
  version: "2026-11",
  stepMs: {
    resume: seconds(60),
    consent: seconds(180),
    slip: seconds(120),
    document: seconds(180),
    confirm: seconds(120),
    face: seconds(120),
    fingers: seconds(120),
    signature: seconds(120),
    review: seconds(180),
    receipt: seconds(60),
    wipe: seconds(15),
  },
  warningMs: seconds(30),
  helpFactor: 3,
  slip: "optional",
  slipTries: 5,
  face: { burst: 3, maxTries: 3 },
  fingers: { maxTries: 3, redos: 2, wanted: 60, least: 20, agreeing: 2, staffTries: 3, temporaryDays: 30 },
  resume: { afterPowerCut: "resume", withinMs: seconds(15 * 60) },
  sealRetryMs: seconds(15),
  sealSlowMs: seconds(15),
  diskPatienceMs: seconds(5),
  packageDays: 60,
};

/** Lower-case hex SHA-256 of a policy's JSON; goes into every package made under it. */
export function policyHash(policy: SessionPolicy): string {
  return createHash("sha256")
    .update(JSON.stringify(SessionPolicy.parse(policy)))
    .digest("hex");
}
