/** Whose connection it is: the booth that the client certificate was issued to, checked at every request. */
import type { TLSSocket } from "node:tls";
import type { Trust } from "../../crypto/authority/trust.ts";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { oids } from "../../crypto/certificate/oids.ts";
import { validatePath } from "../../crypto/certificate/path.ts";
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";

const REFUSALS: Readonly<Record<string, string>> = {
  "certificate/expired": "intake/certificate-expired",
  "certificate/not-yet-valid": "intake/certificate-expired",
  "certificate/purpose": "intake/certificate-purpose",
};

/**
 * Says which booth is at the other end. Certificates must come from this installation's authority for booths, be valid now, and
 * be made for the purpose; TLS itself has proved that the booth holds the key.
 */
export function boothIdentifier(trust: Trust, clock: Clock): (socket: TLSSocket) => string {
  /** A connection's certificate does not change; the time is looked at each time. */
  const known = new WeakMap<TLSSocket, Certificate>();
  return (socket) => {
    const leaf = known.get(socket) ?? certificateOf(socket);
    known.set(socket, leaf);
    const at = clock.now();
    try {
      validatePath({
        leaf,
        intermediates: [],
        // The authority for booths itself is the anchor: one for servers or operators must not vouch for a booth.
        anchors: [trust.booths],
        at,
        purpose: oids.clientAuth,
        usage: "digitalSignature",
      });
    } catch (error) {
      const code = error instanceof KabinaError ? REFUSALS[error.code] : undefined;
      throw new KabinaError(code ?? "intake/certificate-foreign", {}, { cause: error });
    }
    if (!leaf.commonName) throw new KabinaError("intake/certificate-foreign");
    return leaf.commonName;
  };
}

function certificateOf(socket: TLSSocket): Certificate {
  const { raw } = socket.getPeerCertificate() as { raw?: Buffer };
  if (!raw) throw new KabinaError("intake/certificate-missing");
  try {
    return new Certificate(raw);
  } catch (cause) {
    throw new KabinaError("intake/certificate-foreign", {}, { cause });
  }
}
