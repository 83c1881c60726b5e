/** Whether a session ran under a policy that was in force at its time. A booth without a link goes on with what it has, for so long and no longer. */
import { clockToleranceMs, judgedAt, standingOf, type TimeBounds } from "../../crypto/package/time-bounds.ts";
import { policyHash } from "../../crypto/policy/policy-hash.ts";
import { defaultPolicy } from "../../crypto/policy/session-policy.ts";
import { updateLife } from "../../crypto/updates/repository.ts";
import type { StoredCheck } from "../store/cases.ts";
import type { SecondLook } from "../store/second-looks.ts";
import type { Knowledge, KnownPolicy } from "./knowledge.ts";
import { checksOf } from "./stage.ts";

const { passed, failed, notChecked } = checksOf("device");
const name = "device/policy";
const day = 24 * 60 * 60_000; // ms
const builtIn = policyHash(defaultPolicy);

/** The doubt about a package that was captured under a policy which two officers have found should not have been; undefined when there is none. */
export function policyDoubt(
  hash: string,
  bounds: TimeBounds,
  known: Pick<Knowledge, "policyDoubtedSince">,
): Pick<SecondLook, "cause" | "subject" | "since" | "standing"> | undefined {
  const since = known.policyDoubtedSince(hash);
  if (since === undefined || standingOf(bounds, since) === "believed") return undefined;
  // The package is what it says; whether it may stay is for a person to say.
  return { cause: "policy", subject: hash, since: since.toISOString(), standing: "look-again" };
}

/** `hash`: what the manifest names. `known`: every policy that was in force here, oldest first. */
export function checkPolicy(hash: string, bounds: TimeBounds, known: readonly KnownPolicy[]): StoredCheck {
  const at = judgedAt(bounds);
  const first = known[0];
  // A policy may come back: the last time that it was in force before the package was here.
  const here = bounds.before.getTime() + clockToleranceMs;
  const last = known.findLastIndex((policy) => policy.hash === hash && policy.since.getTime() <= here);
  const own = last < 0 ? known.findIndex((policy) => policy.hash === hash) : last;
  const used = own < 0 ? (hash === builtIn ? { version: 0, since: new Date(0) } : undefined) : known[own]!;
  if (!used) return first ? failed(name, "review/policy-unknown") : notChecked(name, "review/policy-unsigned");
  const next = own < 0 ? first : known[own + 1];
  const measures = {
    version: used.version,
    since: own < 0 ? null : used.since.toISOString(),
    until: next?.since.toISOString() ?? null,
  };
  if (used.since.getTime() > here) return failed(name, "review/policy-unknown", measures);
  // What a booth may miss: as long as its timestamp of the repository holds, it cannot know that there is another.
  const late = next && at.getTime() > next.since.getTime() + updateLife.timestamp * day;
  return late ? failed(name, "review/policy-old", measures) : passed(name, measures);
}
