/** How the outbox fills: the rate of the last hours, and when it will be full at that rate. */
import type { OutboxEntry } from "./entry.ts";
import type { OutboxLimits } from "./limits.ts";
import type { OutboxForecast } from "./outbox.ts";

const HOUR_MS = 3_600_000;

export function forecast(entries: readonly OutboxEntry[], now: Date, limits: OutboxLimits): OutboxForecast {
  const waiting = entries.filter(({ state }) => state !== "received");
  const waitingBytes = bytesOf(waiting);
  const since = now.getTime() - limits.forecastWindowMs;
  const added = entries.filter(({ addedAt }) => Date.parse(addedAt) >= since);
  const firstMs = Math.min(...added.map(({ addedAt }) => Date.parse(addedAt)));
  // A rate needs a stretch of time: less than an hour is counted as one.
  const hours = added.length === 0 ? 1 : Math.max(1, (now.getTime() - firstMs) / HOUR_MS);
  const delivered = entries.filter(({ receivedAt }) => receivedAt !== null && Date.parse(receivedAt) >= since);
  const bytesPerHour = Math.round((bytesOf(added) - bytesOf(delivered)) / hours);
  const room = limits.bytes - waitingBytes;
  const fullAt =
    bytesPerHour > 0 ? new Date(now.getTime() + (Math.max(0, room) / bytesPerHour) * HOUR_MS).toISOString() : null;
  return { waitingPackages: waiting.length, waitingBytes, limitBytes: limits.bytes, bytesPerHour, fullAt };
}

function bytesOf(entries: readonly OutboxEntry[]): number {
  return entries.reduce((sum, { size }) => sum + size, 0);
}
