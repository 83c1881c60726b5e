/**
 * When a package was sealed, as far as it can be proved, and what that says of a key, a device or a policy that was taken back. The
 * booth's own clock is a claim; what the server signed, and what it received, are the bounds. The rules as a table: docs/formats/package.md §12.
 */

import { readHeartbeat } from "../receipt/heartbeat.ts";
import type { DocumentTrust } from "../receipt/signed-document.ts";
import type { Manifest } from "./manifest.ts";

/** Milliseconds by which a booth's clock may differ from what is known before it counts as wrong. */
export const clockToleranceMs = 10 * 60_000;

export interface TimeBounds {
  /** What the booth says: `createdAt`. */
  readonly claimed: Date;
  /** The server's time that the package is proved to be younger than: its heartbeat; null without one. */
  readonly after: Date | null;
  /** The server's time at which it is proved to have existed: its arrival, or earlier. */
  readonly before: Date;
  /** When it was sealed by the heartbeat and the clock that never goes back; null where the machine was started in between. */
  readonly reckoned: Date | null;
}

/**
 * Reads the bounds of a package. `before`: when it is known to have existed. A heartbeat that is not the server's, or is for another booth,
 * counts as none; `kabina-package/1` has none.
 */
export function timeBounds(manifest: Manifest, before: Date, trust: DocumentTrust): TimeBounds {
  const claimed = new Date(manifest.createdAt);
  const none = { claimed, after: null, before, reckoned: null };
  if (manifest.format === "kabina-package/1") return none;
  const { time, booth } = manifest;
  if (time.heartbeat === null) return none;
  let after: Date;
  try {
    after = readHeartbeat(time.heartbeat.signed, booth.id, trust);
  } catch {
    return none;
  }
  const since = time.monotonicMs - time.heartbeat.monotonicMs;
  const sameBoot = time.heartbeat.bootId === time.bootId && since >= 0;
  const reckoned = sameBoot ? new Date(after.getTime() + since) : null;
  return { claimed, after, before, reckoned };
}

/** The moment that certificates, policy and lists are judged at: what the booth says where that is possible, else the nearest that is. */
export function judgedAt({ claimed, after, before, reckoned }: TimeBounds): Date {
  const agrees = reckoned === null || Math.abs(claimed.getTime() - reckoned.getTime()) <= clockToleranceMs;
  const said = (agrees ? claimed : reckoned).getTime();
  const latest = before.getTime() + clockToleranceMs;
  const earliest = after === null ? Number.NEGATIVE_INFINITY : Math.min(after.getTime(), latest);
  // Without evidence the claim stands as it is: the verifier's own limits (`package/clock-ahead`) are for that.
  return new Date(after === null ? said : Math.min(Math.max(said, earliest), latest));
}

/** `believed`; `refused`: it was taken back before; `look-again`: nobody can tell, a person must. */
export type Standing = "believed" | "refused" | "look-again";

/** What a revocation that counts from `since` on says of a package with these bounds. `since` null: nothing was taken back. */
export function standingOf(bounds: TimeBounds, since: Date | null): Standing {
  if (since === null || bounds.before < since) return "believed";
  if (bounds.after !== null && bounds.after >= since) return "refused";
  if (judgedAt(bounds) >= since) return "refused";
  return "look-again";
}
