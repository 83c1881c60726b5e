/** Signing in with the certificate on a card: TLS has proved that the person holds its key. */
import type { TLSSocket } from "node:tls";
import type { Certificate } from "../../crypto/certificate/certificate.ts";
import { Certificate as X509 } from "../../crypto/certificate/certificate.ts";
import { oids } from "../../crypto/certificate/oids.ts";
import { validatePath } from "../../crypto/certificate/path.ts";
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { SignedIn, Staff } from "./staff.ts";

export interface CertificateSignInTools {
  readonly staff: Staff;
  readonly clock: Clock;
  /** The authorities that issue for staff, newest first; without one nobody signs in so. */
  readonly authorities: readonly Certificate[];
  readonly revoked: (certificate: Certificate, at: Date) => boolean;
}

/** The certificate of a connection; undefined when it was made without one, or without TLS. */
export function connectionCertificate(socket: object): Certificate | undefined {
  if (!("getPeerCertificate" in socket)) return undefined;
  const { raw } = (socket as TLSSocket).getPeerCertificate() as { raw?: Buffer };
  return raw && new X509(raw);
}

/** Throws `person/certificate-refused`. */
export function signInWithCertificate(socket: object, tools: CertificateSignInTools): SignedIn {
  const leaf = connectionCertificate(socket);
  if (!leaf) throw new KabinaError("person/certificate-refused");
  try {
    validatePath({
      leaf,
      intermediates: [],
      anchors: tools.authorities,
      at: tools.clock.now(),
      purpose: oids.kabinaStaffSigning,
      usage: "digitalSignature",
      revoked: tools.revoked,
    });
  } catch (cause) {
    throw new KabinaError("person/certificate-refused", {}, { cause });
  }
  const person = tools.staff.active(leaf.commonName ?? "");
  if (!person) throw new KabinaError("person/certificate-refused");
  tools.staff.note(person.id, "staff.signed-in", person.id, { with: "certificate", certificate: leaf.sha256 });
  return { person, credential: leaf.sha256, kind: "certificate", onlyToEnrol: false };
}
