/** The intake's judgement with this server's trust and keys in it. */
import type { Clock } from "../../crypto/environment.ts";
import { verifyManifest, verifyPackage } from "../../crypto/package/verify.ts";
import { signReceipt } from "../../crypto/receipt/receipt.ts";
import { encodeSigned } from "../../crypto/receipt/signed-document.ts";
import type { ServerIdentity } from "../keys.ts";
import type { PackageJudge } from "./intake.ts";

export function packageJudge({ keys, trust }: ServerIdentity, clock: Clock): PackageJudge {
  const options = () => ({ anchors: [trust.root], now: clock.now() });
  return {
    manifest: (manifest, signature) => verifyManifest(manifest, signature, options()).manifest,
    package: (bytes) => verifyPackage(bytes, options()),
    async receipt({ manifest, sha256, size, receivedAt }) {
      const sent = { packageId: manifest.packageId, sha256, size, boothId: manifest.booth.id };
      const signed = await signReceipt(sent, { outcome: "stored" }, receivedAt, keys.receipt);
      return Buffer.from(encodeSigned(signed));
    },
  };
}
