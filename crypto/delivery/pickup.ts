/** What a booth asks the server of a finished passport at pick-up, and the answer; docs/formats/upload.md. */
import { z } from "zod";

export const pickupFormat = "kabina-pickup/1";
export const pickupHashes = ["sha1", "sha224", "sha256", "sha384", "sha512"] as const;
export type PickupHash = (typeof pickupHashes)[number];

const Hash = z.string().regex(/^[0-9a-f]{40,128}$/);

/** What EF.SOD signs of the chip that lies on the booth's reader, and its DG1. */
export const PickupQuestion = z.strictObject({
  format: z.literal(pickupFormat),
  hash: z.enum(pickupHashes),
  /** Of DG2 and DG3; null where EF.SOD signs no such file. */
  portrait: Hash.nullable(),
  prints: Hash.nullable(),
  dg1: z.base64().max(512),
});
export type PickupQuestion = z.infer<typeof PickupQuestion>;

/** `order` null: nothing is known here that the chip's portrait or prints were ordered for. */
export const PickupAnswer = z.object({
  order: z.object({ orderId: z.uuid(), at: z.iso.datetime() }).nullable(),
  checks: z
    .array(
      z.object({
        check: z.enum(["holder", "document", "portrait", "prints"]),
        verdict: z.enum(["passed", "failed"]),
        reasons: z
          .array(
            z.object({ code: z.string().max(80), details: z.record(z.string(), z.union([z.string(), z.number()])) }),
          )
          .max(4),
      }),
    )
    .max(8),
});
export type PickupAnswer = z.infer<typeof PickupAnswer>;
