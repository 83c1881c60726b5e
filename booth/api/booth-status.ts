/** What the status page shows: the booth itself, never a person. */
import { explain, type Language } from "../../crypto/errors/catalogue.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { BoothDevices } from "../capture/devices.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { Readiness } from "../readiness.ts";
import type { SessionHost } from "../session/session-host.ts";
import type { BoothHealth, BoothStatus } from "./messages.ts";
import { deviceStates } from "./screen-state.ts";

export interface StatusTools {
  readonly boothId: string;
  readonly version: string;
  readonly startedAt: Date;
  readonly now: () => Date;
  readonly host: SessionHost;
  readonly devices: BoothDevices;
  readonly outbox: Outbox;
  readonly readiness: Readiness;
  /** Fingerprint of the key that waits for an officer; null when none does. */
  readonly awaitingKey: () => string | null;
  /** Fingerprint of the key that an officer refused; null when none stands refused. */
  readonly refusedKey: () => string | null;
  readonly inspection: () => BoothStatus["inspection"];
  /** What passports came to at pick-up, newest first. */
  readonly pickups: () => BoothStatus["pickups"];
}

/** Packages and decisions on one page. */
const SHOWN = 50;

export function boothStatus(tools: StatusTools, language: Language): BoothStatus {
  const { host, outbox, readiness } = tools;
  const items = outbox.list().reverse();
  const forecast = outbox.forecast();
  const clock = readiness.clockProblem();
  const now = tools.now().toISOString();
  return {
    booth: tools.boothId,
    version: tools.version,
    startedAt: tools.startedAt.toISOString(),
    now,
    session: { running: host.running, step: host.step },
    devices: deviceStates(tools.devices),
    outbox: {
      waiting: forecast.waitingPackages,
      bytes: forecast.waitingBytes,
      limitBytes: forecast.limitBytes,
      fullAt: forecast.fullAt,
      delivered: items.filter(({ state }) => state === "received").length,
      items: items.slice(0, SHOWN).map(({ packageId, state, size, sentBytes, createdAt, receivedAt, lastError }) => ({
        packageNumber: packageId,
        state,
        size,
        sentBytes,
        sealedAt: createdAt,
        receivedAt,
        problem: lastError === null ? null : explain(new KabinaError(lastError), language),
      })),
    },
    decisions: items
      .flatMap(({ packageId, decision }) =>
        decision === null ? [] : [{ packageNumber: packageId, ...decision, reasons: [...decision.reasons] }],
      )
      .sort((a, b) => b.at.localeCompare(a.at))
      .slice(0, SHOWN),
    disk: { freeBytes: readiness.freeBytes, enough: readiness.enoughSpace },
    clock: { now, state: clock === null ? "good" : "suspect", code: clock?.code ?? null },
    pickups: [...tools.pickups()],
    inspection: tools.inspection(),
    awaitingKey: tools.awaitingKey(),
    refusedKey: tools.refusedKey(),
    memory: { rssBytes: process.memoryUsage().rss },
  };
}

export function boothHealth(tools: Pick<StatusTools, "readiness">): BoothHealth {
  const problem = tools.readiness.problem();
  return { ready: problem === null, problems: problem === null ? [] : [problem.code] };
}
