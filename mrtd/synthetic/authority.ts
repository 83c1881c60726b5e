/** A country that does not exist: its signing authority and its document signer, for synthetic documents. */
import type { KeyObject } from "node:crypto";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import { drawSecret } from "../agreement/group.ts";
import { composePrivateKey } from "../agreement/private-key.ts";
import { standardGroup } from "../agreement/standard-groups.ts";
import { composeCertificate } from "../cms/compose-certificate.ts";
import type { SigningScheme } from "../cms/sign.ts";

/** A certificate with the private key that belongs to it. */
export interface CertifiedKey {
  /** DER. */
  readonly certificate: Uint8Array;
  readonly privateKey: KeyObject;
}

/** Validity as 9303-12 §5.3 recommends it, in days. */
const validity = { backdated: 1, csca: 15 * 365, ds: 10 * 365 + 90 } as const;
const day = 86_400_000;
export const testScheme: SigningScheme = { hash: "sha256" };

interface Source {
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/** A private key on a standardised curve out of the given randomness; P-256 unless said otherwise. */
export function makeEcKey(random: RandomBytes, parameterId = 12): KeyObject {
  const group = standardGroup(parameterId)!;
  return composePrivateKey(group, parameterId, drawSecret(group, random));
}

/** A self-signed country signing authority of Utopia that says that it is a test. */
export function makeCsca({ clock, random }: Source): CertifiedKey {
  const privateKey = makeEcKey(random);
  const now = clock.now().getTime();
  const certificate = composeCertificate({
    subject: { country: "UT", organization: "Kabina test authority", commonName: "CSCA Utopia TEST" },
    serial: serial(random),
    notBefore: new Date(now - validity.backdated * day),
    notAfter: new Date(now + validity.csca * day),
    key: privateKey,
    role: "country-signing",
    scheme: testScheme,
  });
  return { certificate, privateKey };
}

/** A document signer under that authority. */
export function makeDocumentSigner({ clock, random }: Source, csca: CertifiedKey): CertifiedKey {
  const privateKey = makeEcKey(random);
  const now = clock.now().getTime();
  const certificate = composeCertificate({
    subject: { country: "UT", organization: "Kabina test authority", commonName: "Document signer TEST" },
    serial: serial(random),
    notBefore: new Date(now - validity.backdated * day),
    notAfter: new Date(now + validity.ds * day),
    key: privateKey,
    role: "document-signer",
    issuer: csca,
    scheme: testScheme,
  });
  return { certificate, privateKey };
}

/** Positive, never zero (RFC 5280 §4.1.2.2). */
function serial(random: RandomBytes): Uint8Array {
  const bytes = Uint8Array.from(random(8));
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes;
}
