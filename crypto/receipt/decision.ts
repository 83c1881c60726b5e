/** The decision notice: what an operator decided about a package, signed by the server for the booth. No name, no reason in free text. */
import { z } from "zod";
import { oids } from "../certificate/oids.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import type { PrivateKeyHandle } from "../keys/key.ts";
import { toInstant } from "../package/manifest.ts";
import { packageIdentifier } from "./receipt.ts";
import { type DocumentTrust, type SignedDocument, signDocument, verifyDocument } from "./signed-document.ts";

/** Why, as words of the server's list (`portrait-pose`); none where there is nothing to say. */
const reasons = z
  .array(z.string().regex(/^[a-z0-9-]{1,64}$/))
  .max(8)
  .readonly();

export const Decision = z.strictObject({
  format: z.literal("kabina-decision/1"),
  packageId: packageIdentifier,
  boothId: z.string().min(1).max(128),
  decision: z.enum(["accept", "retake", "escalate"]),
  reasons,
  /** UTC, whole seconds; also the signature's signing time. */
  at: z.iso.datetime({ precision: 0 }),
});
export type Decision = z.infer<typeof Decision>;

/** Signs a notice with the `server-receipt` key; a retake must have a reason. Throws `receipt/malformed`. */
export async function signDecision(
  notice: Omit<Decision, "format" | "at">,
  at: Date,
  key: PrivateKeyHandle,
): Promise<SignedDocument> {
  const decision = Decision.safeParse({ format: "kabina-decision/1", ...notice, at: toInstant(at) });
  if (!decision.success || (notice.decision === "retake" && notice.reasons.length === 0))
    throw new KabinaError("receipt/malformed", { reason: "decision" });
  return signDocument(decision.data, key, at);
}

/** The notice, when it is the server's and about this package of this booth. Throws as `verifyReceipt`. */
export function verifyDecision(
  signed: SignedDocument,
  about: { readonly packageId: string; readonly boothId: string },
  trust: DocumentTrust,
): Decision {
  const { value } = verifyDocument(signed, Decision, (decision) => decision.at, oids.kabinaReceiptSigning, trust);
  if (value.packageId !== about.packageId || value.boothId !== about.boothId)
    throw new KabinaError("receipt/other-package", { packageId: value.packageId });
  return value;
}
