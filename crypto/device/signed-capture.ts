/** A signed capture as it travels: from a driver to the booth, and in the record of the session. What it says: `capture.ts`. */
import { z } from "zod";

const largestCertificate = 4096; // characters of base64
/** The device's and its authority's; a maker's authority may have one more between. */
const mostCertificates = 3;

export const SignedCapture = z.strictObject({
  /** RFC 8785 canonical JSON of the statement: the bytes that are signed. */
  statement: z.string().max(1024),
  /** ECDSA with the digest of the key's curve, DER, base64. */
  signature: z.base64().max(256),
});
export type SignedCapture = z.infer<typeof SignedCapture>;

/** A device's certificates, DER in base64: its own, then those that lead to the root. */
export const DeviceCertificates = z.array(z.base64().max(largestCertificate)).max(mostCertificates);

/** A signed capture as its driver hands it over. */
export type AttestedCapture = SignedCapture & { readonly certificates: readonly string[] };
