/** Retention: what the policy says is due goes. A run may be stopped anywhere and be done again; it erases nothing twice. */
import type { Clock } from "../../crypto/environment.ts";
import type { ErasureScope } from "../store/erasures.ts";
import type { Store } from "../store/store.ts";
import type { Eraser } from "./eraser.ts";
import type { StandingRetention } from "./policy.ts";

export interface Due {
  readonly caseId: string;
  readonly scope: ErasureScope;
  readonly reason: "prints-after-order" | "captures-after-order" | "unclaimed";
}

const DAY_MS = 86_400_000;
/** The event that an order for the document was made. */
export const ORDERED = "ordered";

/** What is due at a moment and not yet erased. */
export function due(store: Store, { policy }: StandingRetention, now: Date): Due[] {
  const before = (days: number) => new Date(now.getTime() - days * DAY_MS).toISOString();
  const ordered = (days: number, scope: string) =>
    store.database
      .prepare<[string, string, string], string>(
        `SELECT DISTINCT h.case_id FROM history h WHERE h.event = ? AND h.at < ? AND NOT EXISTS
           (SELECT 1 FROM erasure e WHERE e.case_id = h.case_id AND e.scope IN ('captures', ?)) ORDER BY h.id`,
      )
      .pluck()
      .all(ORDERED, before(days), scope);
  const unclaimed = store.database
    .prepare<[string], string>(
      `SELECT case_id FROM enrolment_case c WHERE state IN ('waiting', 'failed', 'retake', 'escalated') AND changed_at < ?
         AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.case_id = c.case_id AND e.scope = 'captures') ORDER BY changed_at`,
    )
    .pluck()
    .all(before(policy.unclaimedDays));
  const all: Due[] = [
    ...unclaimed.map((caseId) => ({ caseId, scope: "captures", reason: "unclaimed" }) as const),
    ...ordered(policy.capturesAfterOrderDays, "captures").map(
      (caseId) => ({ caseId, scope: "captures", reason: "captures-after-order" }) as const,
    ),
    ...ordered(policy.printsAfterOrderDays, "prints").map(
      (caseId) => ({ caseId, scope: "prints", reason: "prints-after-order" }) as const,
    ),
  ];
  // Where everything goes, the prints need no line of their own.
  const whole = new Set(all.filter(({ scope }) => scope === "captures").map(({ caseId }) => caseId));
  return all.filter(({ scope, caseId }) => scope === "captures" || !whole.has(caseId));
}

/** Finishes what a stop cut off, then erases what is due. */
export async function runRetention(
  tools: { readonly store: Store; readonly eraser: Eraser; readonly clock: Clock },
  standing: StandingRetention,
): Promise<{ readonly resumed: number; readonly erased: readonly Due[] }> {
  const { store, eraser, clock } = tools;
  const resumed = await eraser.resume();
  const erased = due(store, standing, clock.now());
  for (const { caseId, scope, reason } of erased)
    await eraser.erase(caseId, scope, { reason, policy: standing.name, by: "server" });
  return { resumed, erased };
}
