/**
 * The cryptographic suites of packages. A suite is named in the manifest and fixes the curve of the booth's signature and of every recipient; a
 * further one over a curve is a line here and a curve in `crypto/keys/curve.ts`. Parts are AES-256-GCM, their digests in the manifest SHA-256,
 * the key derivation X9.63 with SHA-256 in all of them.
 */
import type { Certificate } from "../certificate/certificate.ts";
import { curveOfInfo } from "../keys/curve.ts";
import type { KeyAlgorithm } from "../keys/key.ts";

export const suites = {
  /** The default: ECDSA with SHA-256 and ECDH on P-256. */
  "p256-sha256-aes256gcm/1": { algorithm: "P-256" },
  /** ECDSA with SHA-384 and ECDH on P-384. */
  "p384-sha384-aes256gcm/1": { algorithm: "P-384" },
} as const satisfies Record<string, { readonly algorithm: KeyAlgorithm }>;

export type SuiteId = keyof typeof suites;
export const suiteIds = Object.keys(suites) as [SuiteId, ...SuiteId[]];

/** The suite that keys of an algorithm make. */
export const suiteOf = (algorithm: KeyAlgorithm): SuiteId => suiteIds.find((id) => suites[id].algorithm === algorithm)!;

/** True when a certificate's key is of the suite. */
export function isOfSuite(suite: SuiteId, certificate: Certificate): boolean {
  try {
    return curveOfInfo(certificate.publicKeyInfo).algorithm === suites[suite].algorithm;
  } catch {
    return false;
  }
}
