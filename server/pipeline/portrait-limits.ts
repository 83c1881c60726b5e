/**
 * By which policy a portrait is judged: the one that its package names, as long as this server has it, because a person followed its limits;
 * otherwise the one in force here. Whether the named one was to be used at all is another check (`policy-time.ts`).
 */
import type { PassLimits } from "../../biometrics/face/limits.ts";
import { policyHash } from "../../crypto/policy/policy-hash.ts";
import { defaultPolicy } from "../../crypto/policy/session-policy.ts";
import type { KnownPolicy } from "./knowledge.ts";

const builtIn = policyHash(defaultPolicy);

export interface PortraitPolicy {
  /** Limits in place of the software's own. */
  readonly pass: PassLimits;
  /** The officers' version; 0 is what the software brings along. */
  readonly version: number;
  readonly source: "named" | "current";
}

/** @param hash what the manifest names. @param known every policy that was in force here, oldest first */
export function portraitPolicy(hash: string, known: readonly KnownPolicy[]): PortraitPolicy {
  const software = { version: 0, pass: defaultPolicy.face.pass };
  const named = known.findLast((policy) => policy.hash === hash) ?? (hash === builtIn ? software : undefined);
  const { version, pass } = named ?? known.at(-1) ?? software;
  return { version, pass, source: named ? "named" : "current" };
}
