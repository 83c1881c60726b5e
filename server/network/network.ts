/** Counts of the network, straight from what the server holds: which office or stop sent how much, and what became of it. */
import { csvOf } from "../csv.ts";
import { ORDERED } from "../retention/retention.ts";
import type { CaseState } from "../review/api.ts";
import type { Store } from "../store/store.ts";
import type { Network, PlaceCounts } from "./api.ts";

const DAY_MS = 86_400_000;

interface Row {
  readonly office: string;
  readonly name: string;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly booth: string;
  readonly sealedAt: string;
  readonly receivedAt: string;
  readonly state: CaseState;
  readonly decidedAt: string | null;
  readonly orderedAt: string | null;
}

/** What arrived in the last `days`. */
export function readNetwork(store: Pick<Store, "database">, now: Date, days: number): Network {
  const since = new Date(now.getTime() - days * DAY_MS).toISOString();
  const rows = store.database
    .prepare<[string, string], Row>(
      `SELECT json_extract(p.manifest, '$.place.office.id') AS office, json_extract(p.manifest, '$.place.office.name') AS name,
         round(json_extract(p.manifest, '$.place.position.latitude'), 2) AS latitude,
         round(json_extract(p.manifest, '$.place.position.longitude'), 2) AS longitude,
         p.booth, json_extract(p.manifest, '$.createdAt') AS sealedAt, p.received_at AS receivedAt, c.state, d.decided_at AS decidedAt,
         (SELECT min(h.at) FROM history h WHERE h.case_id = c.case_id AND h.event = ?) AS orderedAt
       FROM package p JOIN enrolment_case c ON c.package_sha256 = p.sha256 LEFT JOIN decision d ON d.case_id = c.case_id
       WHERE p.received_at >= ? ORDER BY p.received_at`,
    )
    .all(ORDERED, since);
  const places = new Map<string, Row[]>();
  for (const row of rows) {
    const known = places.get(placeOf(row));
    if (known) known.push(row);
    else places.set(placeOf(row), [row]);
  }
  return {
    at: now.toISOString(),
    since,
    places: [...places.values()].map(countsOf).sort((a, b) => b.received - a.received || (a.name < b.name ? -1 : 1)),
  };
}

/** One line a place, for a table of one's own. */
export function networkCsv({ places }: Network): string {
  const columns = ["received", "waiting", "accepted", "retake", "escalated", "ordered"] as const;
  const head = ["office", "name", "latitude", "longitude", "booths", ...columns, "delivery_s", "decision_s", "last"];
  const seconds = (ms: number | null) => (ms === null ? null : Math.round(ms / 1000));
  const lines = places.map((place) => [
    ...[place.office, place.name, place.position?.latitude ?? null, place.position?.longitude ?? null],
    ...[place.booths.join(" "), ...columns.map((column) => place[column])],
    ...[seconds(place.deliveryMs), seconds(place.decisionMs), place.lastAt],
  ]);
  return csvOf(head, lines);
}

const placeOf = ({ office, latitude, longitude }: Row): string => JSON.stringify([office, latitude, longitude]);

function countsOf(rows: readonly Row[]): PlaceCounts {
  const last = rows.at(-1)!;
  const inStates = (...states: CaseState[]) => rows.filter(({ state }) => states.includes(state)).length;
  const days = new Map<string, { received: number; ordered: number }>();
  for (const { receivedAt, orderedAt } of rows) {
    const of = (at: string) => {
      const day = at.slice(0, 10);
      const counts = days.get(day) ?? { received: 0, ordered: 0 };
      days.set(day, counts);
      return counts;
    };
    of(receivedAt).received += 1;
    if (orderedAt !== null) of(orderedAt).ordered += 1;
  }
  const { office, name, latitude, longitude, receivedAt: lastAt } = last;
  return {
    ...{ office, name, lastAt },
    position: latitude === null || longitude === null ? null : { latitude, longitude },
    booths: [...new Set(rows.map(({ booth }) => booth))].sort(),
    received: rows.length,
    waiting: inStates("processing", "waiting", "failed"),
    accepted: inStates("accepted"),
    retake: inStates("retake"),
    escalated: inStates("escalated"),
    ordered: rows.filter(({ orderedAt }) => orderedAt !== null).length,
    // A booth's clock may be ahead of ours: nothing arrives before it was sealed.
    deliveryMs: median(
      rows.map(({ sealedAt, receivedAt }) => Math.max(0, Date.parse(receivedAt) - Date.parse(sealedAt))),
    ),
    decisionMs: median(
      rows.flatMap(({ receivedAt, decidedAt }) =>
        decidedAt === null ? [] : [Date.parse(decidedAt) - Date.parse(receivedAt)],
      ),
    ),
    days: [...days].sort(([a], [b]) => (a < b ? 1 : -1)).map(([day, counts]) => ({ day, ...counts })),
  };
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return null;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
