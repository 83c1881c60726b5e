/** The intake's judgement with this server's trust and keys in it. */
import { anchorsOf } from "../../crypto/authority/trust.ts";
import type { Certificate } from "../../crypto/certificate/certificate.ts";
import type { Clock } from "../../crypto/environment.ts";
import type { Manifest } from "../../crypto/package/manifest.ts";
import { verifyManifest, verifyPackage } from "../../crypto/package/verify.ts";
import { type SentPackage, signReceipt } from "../../crypto/receipt/receipt.ts";
import { encodeSigned } from "../../crypto/receipt/signed-document.ts";
import type { SuiteId } from "../../crypto/suites/names.ts";
import type { ServerIdentity } from "../keys.ts";

/** What the intake needs of `crypto`, with the server's keys and trust already in it. */
export interface PackageJudge {
  /** Checks a manifest and its signature; throws the codes of `package/…`. */
  manifest(manifest: Uint8Array, signature: Uint8Array): Manifest;
  /** Checks a whole package in a file: manifest, signature, every hash, nothing added. */
  package(path: string): Promise<{ readonly manifest: Manifest; readonly sha256: string }>;
  /** Signs a receipt. */
  receipt(sent: SentPackage, receivedAt: Date): Promise<Buffer>;
}

export function packageJudge(
  { keys, trust }: ServerIdentity,
  clock: Clock,
  revokedSince?: (certificate: Certificate) => Date | null,
  least?: SuiteId,
): PackageJudge {
  const options = () => ({
    anchors: anchorsOf(trust),
    now: clock.now(),
    ...(revokedSince ? { revokedSince } : {}),
    ...(least ? { least } : {}),
  });
  return {
    manifest: (manifest, signature) => verifyManifest(manifest, signature, options()).manifest,
    package: (path) => verifyPackage(path, options()),
    async receipt(sent, receivedAt) {
      return Buffer.from(encodeSigned(await signReceipt(sent, { outcome: "stored" }, receivedAt, keys.receipt)));
    },
  };
}
