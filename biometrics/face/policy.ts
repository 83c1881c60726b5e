/** Policy changes limits: a file with the same shape as `faceLimits`, of which it may hold any part. */
import { BiometricsError } from "../errors.ts";
import { type FaceLimits, faceLimits } from "./limits.ts";

/**
 * The limits with a policy laid over them.
 * @throws `face/policy-wrong` for a name that there is not, or a value that is no number
 */
export function limitsOf(policy: unknown): FaceLimits {
  return overlaid(faceLimits, policy, "") as FaceLimits;
}

function overlaid(base: unknown, change: unknown, path: string): unknown {
  if (change === undefined) return base;
  if (typeof base === "number") {
    if (typeof change !== "number" || !Number.isFinite(change))
      throw new BiometricsError("face/policy-wrong", { place: path || "/" });
    return change;
  }
  if (
    typeof base !== "object" ||
    base === null ||
    typeof change !== "object" ||
    change === null ||
    Array.isArray(change)
  )
    throw new BiometricsError("face/policy-wrong", { place: path || "/" });
  const known = base as Record<string, unknown>;
  for (const name of Object.keys(change))
    if (!Object.hasOwn(known, name)) throw new BiometricsError("face/policy-wrong", { place: `${path}/${name}` });
  const given = change as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(known).map(([name, value]) => [name, overlaid(value, given[name], `${path}/${name}`)]),
  );
}
