/** A policy that should not have been, found by two officers: what was captured under it since a moment goes on the list of what must be looked at again. */
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { policyHash } from "../../crypto/policy/policy-hash.ts";
import { defaultPolicy } from "../../crypto/policy/session-policy.ts";
import type { Knowledge, KnownPolicy } from "../pipeline/knowledge.ts";
import { POLICY_DOUBTED, type Register } from "../register/register.ts";

export interface PolicyDoubtTools {
  readonly register: Register;
  readonly known: Pick<Knowledge, "policies">;
  readonly clock: Clock;
}

/** The policy that comes with the software, as the check of a case numbers it. */
const BUILT_IN = 0;

/** The policy that the officers' targets of a version held; the built-in one for 0. Throws `updates/version-unknown`. */
export async function policyOfVersion(version: number, { register, known }: PolicyDoubtTools): Promise<KnownPolicy> {
  if (version === BUILT_IN) return { version, hash: policyHash(defaultPolicy), since: new Date(0), pass: {} };
  // A version that changed something else holds the policy of the one before.
  const found = (await known.policies()).findLast((policy) => policy.version <= version);
  if (!found || !register.publishedAt().has(version)) throw new KabinaError("updates/version-unknown", { version });
  return found;
}

/** Puts the doubt on the record. `since` null: from when the policy came into force. Throws `updates/version-unknown`. */
export async function doubtPolicy(
  version: number,
  since: Date | null,
  by: string,
  tools: PolicyDoubtTools,
): Promise<{ readonly version: number; readonly hash: string; readonly since: Date }> {
  const { register, clock } = tools;
  const policy = await policyOfVersion(version, tools);
  const from = since ?? policy.since;
  const data = { version: policy.version, since: from.toISOString() };
  const at = clock.now().toISOString();
  register.change(() => register.addEvent({ at, by, kind: POLICY_DOUBTED, subject: policy.hash, data }));
  return { version: policy.version, hash: policy.hash, since: from };
}
