/**
 * What goes wrong with the simulated devices, and when. A plan is data (a scenario file may hold one); each entry happens once, at a
 * counted moment, so that a run with the same plan and the same person goes the same way. Real drivers know nothing of plans.
 */
import { z } from "zod";

const count = z.number().int().min(0).max(1_000_000);
const milliseconds = z.number().int().min(0).max(600_000);

/** `at` counts the frames that the camera has given since the start of the booth. */
export const CameraFault = z.discriminatedUnion("fault", [
  /** Disconnected; back after a while (never, when left out). */
  z.strictObject({ fault: z.literal("unplug"), at: count, backAfterMs: milliseconds.optional() }),
  /** No more frames, although the camera seems to be there. */
  z.strictObject({ fault: z.literal("freeze"), at: count }),
  z.strictObject({ fault: z.literal("black"), at: count, frames: count }),
  /** From now on frames of another size. */
  z.strictObject({ fault: z.literal("resolution"), at: count, width: z.number().int().min(16).max(4096) }),
  /** Each of so many frames comes late. */
  z.strictObject({ fault: z.literal("slow"), at: count, frames: count, delayMs: milliseconds }),
  /** A frame that is cut short. */
  z.strictObject({ fault: z.literal("wrong-length"), at: count, frames: count }),
]);
export type CameraFault = z.infer<typeof CameraFault>;

/** `at` counts captures. */
export const FingerprintFault = z.discriminatedUnion("fault", [
  z.strictObject({ fault: z.literal("unplug"), at: count, backAfterMs: milliseconds.optional() }),
  /** Neither an image nor an answer to an abort. */
  z.strictObject({ fault: z.literal("hang"), at: count }),
  z.strictObject({ fault: z.literal("busy"), at: count }),
  z.strictObject({ fault: z.literal("slow"), at: count, delayMs: milliseconds }),
  /** An image whose data is shorter than its size says. */
  z.strictObject({ fault: z.literal("wrong-length"), at: count }),
  /** No finger comes: the capture times out. */
  z.strictObject({ fault: z.literal("no-finger"), at: count }),
]);
export type FingerprintFault = z.infer<typeof FingerprintFault>;

/** `at` counts command APDUs since the start of the booth. */
export const CardFault = z.discriminatedUnion("fault", [
  /** Taken off the reader in the middle of a command; put back after a while (never, when left out). */
  z.strictObject({ fault: z.literal("remove"), at: count, backAfterMs: milliseconds.optional() }),
  /** Never answers this command. */
  z.strictObject({ fault: z.literal("hang"), at: count }),
  z.strictObject({ fault: z.literal("slow"), at: count, commands: count, delayMs: milliseconds }),
  /** A response that is cut short. */
  z.strictObject({ fault: z.literal("wrong-length"), at: count }),
]);
export type CardFault = z.infer<typeof CardFault>;

/** When a device is opened: it refuses so many times before it opens. */
const OpenFault = z.strictObject({
  fault: z.enum(["busy", "permission", "hang"]),
  times: z.number().int().min(1).max(1000),
});

export const FaultPlan = z.strictObject({
  open: z
    .strictObject({ camera: OpenFault.optional(), fingerprint: OpenFault.optional(), smartcard: OpenFault.optional() })
    .optional(),
  camera: z.array(CameraFault).max(100).optional(),
  fingerprint: z.array(FingerprintFault).max(100).optional(),
  smartcard: z.array(CardFault).max(100).optional(),
});
export type FaultPlan = z.infer<typeof FaultPlan>;

/** Walks through the faults of one device: counts its moments and gives each fault when its moment comes, once. */
export class FaultScript<Fault extends { readonly at: number }> {
  #waiting: Fault[];
  #count = 0;

  constructor(faults: readonly Fault[] = []) {
    this.#waiting = [...faults].sort((a, b) => a.at - b.at);
  }

  /** The faults of this moment; counts it. */
  next(): readonly Fault[] {
    const due = this.#waiting.filter((fault) => fault.at <= this.#count);
    this.#waiting = this.#waiting.filter((fault) => fault.at > this.#count);
    this.#count += 1;
    return due;
  }
}
