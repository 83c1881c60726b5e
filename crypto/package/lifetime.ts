/** How long a package may be on its way: the sealer and the verifier ask the same. */
import { KabinaError } from "../errors/kabina-error.ts";
import { packageLimits } from "./limits.ts";

const day = 24 * 60 * 60 * 1000; // ms

/** Throws `package/lifetime` when a package would end before it begins, or live longer than allowed. */
export function checkLifetime(createdAt: Date, notAfter: Date): void {
  const lifetime = notAfter.getTime() - createdAt.getTime();
  if (!(lifetime > 0 && lifetime <= packageLimits.lifetimeDays * day))
    throw new KabinaError("package/lifetime", { limit: packageLimits.lifetimeDays });
}
