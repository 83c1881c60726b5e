/** The booth and its devices: whose certificates stand behind the captures, and whether the booth's clock can be believed. */
import { PIPELINE_LIMITS } from "./limits.ts";
import { checksOf, type PipelineStage } from "./stage.ts";

const { passed, failed, notChecked } = checksOf("device");

export const deviceStage: PipelineStage = {
  name: "device",
  async run({ package: received }) {
    return {
      checks: [
        notChecked("device/trust", "review/device-trust-absent"),
        checkClock(received.manifest, Date.parse(received.receivedAt)),
      ],
    };
  },
};

type Timed = Pick<import("../../crypto/package/manifest.ts").Manifest, "createdAt" | "time">;

/**
 * The booth's clock against the last time it heard from a server, by its monotonic clock of the same boot; without that only
 * the order (sealed, then received) can be judged.
 */
function checkClock({ createdAt, time }: Timed, receivedMs: number) {
  const sealedMs = Date.parse(createdAt);
  const tolerance = PIPELINE_LIMITS.clockToleranceMs;
  if (sealedMs > receivedMs + tolerance) {
    return failed("device/clock", "review/clock-ahead", { aheadMinutes: Math.round((sealedMs - receivedMs) / 60_000) });
  }
  const heard = time.lastServerTime;
  if (!heard || heard.bootId !== time.bootId) return notChecked("device/clock", "review/clock-unproved");
  const expectedMs = Date.parse(heard.at) + (time.monotonicMs - heard.monotonicMs);
  const offMinutes = Math.round((sealedMs - expectedMs) / 60_000);
  return Math.abs(sealedMs - expectedMs) <= tolerance
    ? passed("device/clock", { offMinutes })
    : failed("device/clock", "review/clock-off", { offMinutes });
}
