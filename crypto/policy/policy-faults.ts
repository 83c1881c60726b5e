/** Everything that is wrong with a policy, value by value, for a form to show each beside its field. Runs in a browser too. */
import type { z } from "zod";
import { SessionPolicy } from "./session-policy.ts";

/** `missing`, `unknown`: the field itself; `form`: not of its kind; the others: out of its limits, or not fitting another value. */
export const policyFaultKinds = ["missing", "unknown", "form", "too-small", "too-big", "twice", "not-below"] as const;

export interface PolicyFault {
  /** Names from the top, with dots: `fingers.maxTries`. */
  readonly path: string;
  readonly kind: (typeof policyFaultKinds)[number];
  /** The limit that it is over or under; the other field's path for `not-below`. */
  readonly limit: number | string | null;
}

/** Empty when the policy is whole and its values fit each other. */
export function policyFaults(content: unknown): PolicyFault[] {
  const parsed = SessionPolicy.safeParse(content);
  if (!parsed.success) return parsed.error.issues.flatMap(faultsOf);
  return disagreements(parsed.data);
}

/** Values that are each well formed and make no sense together. */
function disagreements({ fingers, stepMs, warningMs, fees }: SessionPolicy): PolicyFault[] {
  const faults: PolicyFault[] = [];
  const below = (fits: boolean, path: string, other: string) => {
    if (!fits) faults.push({ path, kind: "not-below", limit: other });
  };
  below(fingers.least <= fingers.wanted, "fingers.least", "fingers.wanted");
  below(fingers.agreeing <= fingers.maxTries, "fingers.agreeing", "fingers.maxTries");
  // The wipe step is not asked about.
  for (const [step, ms] of Object.entries(stepMs))
    if (step !== "wipe") below(warningMs < ms, "warningMs", `stepMs.${step}`);
  fees.forEach((fee, at) => {
    below(fee.fromAge < fee.toAge, `fees.${at}.fromAge`, `fees.${at}.toAge`);
  });
  return faults;
}

type Issue = z.core.$ZodIssue;

/** A zod issue as faults of fields. */
export function faultsOf(issue: Issue): PolicyFault[] {
  const path = issue.path.join(".");
  switch (issue.code) {
    case "too_small":
      return [{ path, kind: "too-small", limit: Number(issue.minimum) }];
    case "too_big":
      return [{ path, kind: "too-big", limit: Number(issue.maximum) }];
    case "unrecognized_keys":
      return issue.keys.map((key) => ({ path: path === "" ? key : `${path}.${key}`, kind: "unknown", limit: null }));
    case "invalid_type":
      return [{ path, kind: issue.message.includes("undefined") ? "missing" : "form", limit: null }];
    case "custom":
      return [{ path, kind: "twice", limit: null }];
    case "invalid_key":
      return [{ path, kind: "unknown", limit: null }];
    default:
      return [{ path, kind: "form", limit: null }];
  }
}
