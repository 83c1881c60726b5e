/** What the outbox knows of one package, as it stands in `<packageId>.json`: no personal data. */
import { z } from "zod";

const Instant = z.iso.datetime();

export const OutboxEntry = z.object({
  format: z.literal("kabina-outbox-entry/1"),
  packageId: z.uuid(),
  createdAt: Instant,
  addedAt: Instant,
  size: z.int().positive(),
  /** SHA-256 of the package, hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  state: z.enum(["waiting", "received", "quarantined"]),
  /** The server has accepted the offer: the upload can be continued without offering again. */
  offered: z.boolean(),
  sentBytes: z.int().nonnegative(),
  attempts: z.int().nonnegative(),
  nextTryAt: Instant.nullable(),
  lastError: z.string().nullable(),
  receivedAt: Instant.nullable(),
  /** The receipt as the server signed it, base64. */
  receipt: z.base64().nullable(),
  decision: z
    .object({ kind: z.enum(["accept", "retake", "escalate"]), reasons: z.array(z.string()).readonly(), at: Instant })
    .nullable(),
});
export type OutboxEntry = z.infer<typeof OutboxEntry>;
