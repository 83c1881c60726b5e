/** The intake's judgement with this server's trust and keys in it. */
import type { Certificate } from "../../crypto/certificate/certificate.ts";
import type { Clock } from "../../crypto/environment.ts";
import { type VerifiedManifest, verifyManifest, verifyPackage } from "../../crypto/package/verify.ts";
import { signReceipt } from "../../crypto/receipt/receipt.ts";
import { encodeSigned } from "../../crypto/receipt/signed-document.ts";
import type { ServerIdentity } from "../keys.ts";
import type { PackageJudge } from "./intake.ts";

const MOST_REMEMBERED = 256;

export function packageJudge(
  { keys, trust }: ServerIdentity,
  clock: Clock,
  revoked?: (certificate: Certificate, judgedAt: Date) => boolean,
): PackageJudge {
  const options = () => ({ anchors: [trust.root], now: clock.now(), ...(revoked ? { revoked } : {}) });
  /** Manifests that passed, by package: the body of most comes moments after its offer. */
  const passed = new Map<string, VerifiedManifest>();
  return {
    manifest(manifest, signature) {
      const verified = verifyManifest(manifest, signature, options());
      const oldest = passed.size >= MOST_REMEMBERED ? passed.keys().next().value : undefined;
      if (oldest !== undefined) passed.delete(oldest);
      passed.set(verified.manifest.packageId, verified);
      return verified.manifest;
    },
    package(bytes, packageId) {
      const verified = passed.get(packageId);
      passed.delete(packageId);
      return verifyPackage(bytes, { ...options(), ...(verified ? { verified } : {}) });
    },
    async receipt({ manifest, sha256, size, receivedAt }) {
      const sent = { packageId: manifest.packageId, sha256, size, boothId: manifest.booth.id };
      const signed = await signReceipt(sent, { outcome: "stored" }, receivedAt, keys.receipt);
      return Buffer.from(encodeSigned(signed));
    },
  };
}
