/** What the server's intake answers to a booth, as JSON; the routes are in docs/formats/upload.md. */
import { z } from "zod";

export const INTAKE_PATHS = {
  offers: "/intake/offers",
  /** tus 1.0: creation with upload here; below it, by the SHA-256 of the package in hexadecimal, the core. */
  uploads: "/intake/uploads",
  /** Likewise. */
  receipts: "/intake/receipts",
  status: "/intake/status",
  /** What was ordered, for a finished document at pick-up (`pickup.ts`). */
  orders: "/intake/orders",
  /** The server as witness of the booth's audit log (docs/formats/audit.md); below it `add-checkpoint`, `certificates`, `entries`. */
  audit: "/intake/audit",
} as const;

/** Content coding of a body from which everything is left out that the manifest fixes (docs/formats/upload.md). */
export const IMPLIED_CODING = "x-kabina-implied";

/** Content coding of a whole package: its offer, and then what `IMPLIED_CODING` leaves of what follows the head. */
export const OFFERED_CODING = "x-kabina-offered";

/** Signature algorithms that both sides of the intake name in TLS: those of the keys that they have. Each name costs bytes in every handshake. */
export const TLS_SIGNATURES = "ecdsa_secp256r1_sha256:ecdsa_secp384r1_sha384";

/** Content coding of a receipt (`packed-receipt.ts`), for whom accepts it. */
export const RECEIPT_CODING = "x-kabina-receipt";

/** `Prefer` (RFC 7240 §4.2): the answer to the request that completes an upload is to bring the receipt. */
export const WITH_RECEIPT = "return=representation";

/** `received`: the receipt is there to fetch; `uploading`: go on from `offset`. */
export const OfferAnswer = z.object({
  state: z.enum(["received", "uploading"]),
  offset: z.number().int().nonnegative(),
});
export type OfferAnswer = z.infer<typeof OfferAnswer>;

/** Why the server refused. `permanent`: the same bytes will be refused again, so trying again helps nobody. */
export const IntakeRefusal = z.object({
  error: z.object({
    code: z.string().max(80),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    permanent: z.boolean(),
  }),
});
export type IntakeRefusal = z.infer<typeof IntakeRefusal>;

/** How the booth's audit log stands with the server. */
export const WitnessStanding = z.object({
  /** Entries of the last checkpoint that was cosigned; 0 when none was. */
  size: z.int().nonnegative(),
  /** Entries that the server holds. */
  held: z.int().nonnegative(),
  /** The witness's certificate and its authorities', PEM. */
  certificates: z.string().max(64 << 10),
});
export type WitnessStanding = z.infer<typeof WitnessStanding>;

/** Entries, and bytes of them, in one request to the witness. */
export const WITNESS_LIMITS = { entries: 1000, bytes: 192 << 10 } as const;

/** What was decided: ask again with `after` as given here. */
export const StatusAnswer = z.object({
  after: z.int().nonnegative(),
  /** The server's signed time (`crypto/receipt/heartbeat.ts`), where it was asked for: `&heartbeat`. */
  heartbeat: z.string().max(8192).optional(),
  notices: z
    .array(
      z.object({
        packageId: z.uuid(),
        /** The decision notice as signed (`crypto/receipt/decision.ts`), in its text form. */
        notice: z.string().max(64 << 10),
      }),
    )
    .max(100),
});
export type StatusAnswer = z.infer<typeof StatusAnswer>;
