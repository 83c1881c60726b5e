/** The receipt: the server's signed word that a package is durable and verified (or refused). Only a stored one lets a booth purge. */
import { z } from "zod";
import { oids } from "../certificate/oids.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import type { PrivateKeyHandle } from "../keys/key.ts";
import { toInstant } from "../package/manifest.ts";
import { type DocumentTrust, type SignedDocument, signDocument, verifyDocument } from "./signed-document.ts";

const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);
export const packageIdentifier = z.uuid().lowercase();
export const code = z.string().regex(/^[a-z0-9-]{1,40}\/[a-z0-9-]{1,60}$/);

const common = {
  format: z.literal("kabina-receipt/1"),
  packageId: packageIdentifier,
  /** Of the whole package file. */
  packageSha256: sha256Hex,
  /** Of the whole package file, bytes. */
  size: z.int().positive(),
  boothId: z.string().min(1).max(128),
  /** UTC, whole seconds; also the signature's signing time. */
  receivedAt: z.iso.datetime({ precision: 0 }),
};

export const Receipt = z.discriminatedUnion("outcome", [
  /** Every byte is on stable storage and every check of the package passed. */
  z.strictObject({ ...common, outcome: z.literal("stored") }),
  /** It will never be taken as it is; `reason` is a code of the error catalogue. The booth keeps it and tells its officer. */
  z.strictObject({ ...common, outcome: z.literal("refused"), reason: code }),
]);
export type Receipt = z.infer<typeof Receipt>;

/** What a booth knows of the package that it sent. */
export interface SentPackage {
  readonly packageId: string;
  readonly sha256: string;
  readonly size: number;
  readonly boothId: string;
}

export type ReceiptOutcome = { readonly outcome: "stored" } | { readonly outcome: "refused"; readonly reason: string };

/** Makes a receipt with the `server-receipt` key. For a package seen before, give out the receipt made then, not a new one. */
export function signReceipt(
  received: SentPackage,
  outcome: ReceiptOutcome,
  receivedAt: Date,
  key: PrivateKeyHandle,
): Promise<SignedDocument> {
  const { packageId, sha256, size, boothId } = received;
  const base = { format: "kabina-receipt/1" as const, packageId, packageSha256: sha256, size, boothId };
  const receipt = Receipt.parse({ ...base, receivedAt: toInstant(receivedAt), ...outcome });
  return signDocument(receipt, key, receivedAt);
}

/**
 * The receipt, when it is the server's and speaks of exactly this package; the caller purges only on outcome `stored`.
 * Throws `receipt/malformed`, `receipt/signature-invalid`, `receipt/other-package`, `certificate/*`.
 */
export function verifyReceipt(signed: SignedDocument, sent: SentPackage, trust: DocumentTrust): Receipt {
  const { value } = verifyDocument(signed, Receipt, (receipt) => receipt.receivedAt, oids.kabinaReceiptSigning, trust);
  const same =
    value.packageId === sent.packageId &&
    value.packageSha256 === sent.sha256 &&
    value.size === sent.size &&
    value.boothId === sent.boothId;
  if (!same) throw new KabinaError("receipt/other-package", { packageId: value.packageId });
  return value;
}
