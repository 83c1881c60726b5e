/** When to try again: doubling from the first wait to the longest, each spread by ±25 % so that booths do not all come at once. */
import type { RandomBytes } from "../../crypto/environment.ts";
import type { OutboxLimits } from "./limits.ts";

/** Milliseconds to wait after the `attempts`-th failure in a row (1, 2, …). */
export function backOffMs(
  attempts: number,
  random: RandomBytes,
  { firstRetryMs, longestRetryMs }: Pick<OutboxLimits, "firstRetryMs" | "longestRetryMs">,
): number {
  const wait = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(attempts - 1, 30));
  const spread = Buffer.from(random(2)).readUInt16BE() / 0xffff;
  return Math.round(Math.min(longestRetryMs, wait * (0.75 + spread / 2)));
}
