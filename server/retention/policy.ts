/** How long what is kept (`docs/formats/retention.md`): signed by the officers like the booths' policy, under the name `retention.json`. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";

export const RETENTION_TARGET = "retention.json";

const Days = z.int().min(0).max(36_500);

export const RetentionPolicy = z.strictObject({
  format: z.literal("kabina-retention/1"),
  /** Days after the order for the document was made, after which the prints go. */
  printsAfterOrderDays: Days,
  /** Days without a change after which the captures of a case go that led to nothing: not decided, to be retaken, escalated, failed. */
  unclaimedDays: Days,
  /** Days after the order after which all captures go. */
  capturesAfterOrderDays: Days,
});
export type RetentionPolicy = z.infer<typeof RetentionPolicy>;

/** Holds where the officers have signed none. */
export const defaultRetention: RetentionPolicy = {
  format: "kabina-retention/1",
  printsAfterOrderDays: 30,
  unclaimedDays: 90,
  capturesAfterOrderDays: 365,
};

export interface StandingRetention {
  readonly policy: RetentionPolicy;
  /** What a certificate of erasure names it by. */
  readonly name: string;
}

/** The signed policy, or the software's own where there is none. Throws `retention/policy-malformed`: then nothing is erased. */
export function standingRetention(signed: Uint8Array | undefined): StandingRetention {
  if (!signed) return { policy: defaultRetention, name: "default" };
  try {
    const policy = RetentionPolicy.parse(JSON.parse(Buffer.from(signed).toString("utf8")));
    return { policy, name: `sha256:${createHash("sha256").update(signed).digest("hex")}` };
  } catch (cause) {
    throw new KabinaError("retention/policy-malformed", {}, { cause });
  }
}
