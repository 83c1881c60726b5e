/** The operator's queue: what waits, sorted by risk and waiting time; and one line of it. */
import { SERVER_LIMITS } from "../limits.ts";
import type { CaseRecord } from "../store/cases.ts";
import type { Store } from "../store/store.ts";
import type { Queue, QueueItem, Risk } from "./api.ts";

const RISKS: Readonly<Record<Risk, number>> = { high: 0, medium: 1, low: 2 };

export function readQueue(store: Store, now: Date): Queue {
  const line = (record: CaseRecord) => queueItem(record, store, now);
  return {
    items: store.cases
      .inStates("waiting", "failed")
      .map(line)
      .sort((a, b) => RISKS[a.risk] - RISKS[b.risk] || b.waitingMs - a.waitingMs || (a.caseId < b.caseId ? -1 : 1)),
    decided: store.cases.inStates("accepted", "retake", "escalated").slice(0, SERVER_LIMITS.decidedShown).map(line),
    sequence: store.cases.lastEvent(),
  };
}

export function queueItem(record: CaseRecord, store: Store, now: Date): QueueItem {
  const received = store.packages.find(record.packageSha256)!;
  const checks = store.cases.stages(record.caseId).flatMap((result) => result.checks);
  const count = (status: string) => checks.filter((check) => check.status === status).length;
  return {
    caseId: record.caseId,
    packageId: received.packageId,
    office: received.manifest.place.office.name,
    booth: received.booth,
    sealedAt: received.manifest.createdAt,
    receivedAt: received.receivedAt,
    waitingMs: Math.max(0, now.getTime() - Date.parse(received.receivedAt)),
    risk: record.risk,
    checks: { passed: count("passed"), failed: count("failed"), notChecked: count("not-checked") },
    lookAgain: store.looks.ofCase(record.caseId).some(({ closedAt }) => closedAt === null),
    state: record.state,
    version: record.version,
  };
}
