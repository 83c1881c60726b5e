/** Whose connection it is: the booth that the client certificate was issued to, checked at every request. */

import type { TLSSocket } from "node:tls";
import type { Trust } from "../../crypto/authority/trust.ts";
import { authoritiesOf } from "../../crypto/authority/trust.ts";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { oids } from "../../crypto/certificate/oids.ts";
import { validatePath } from "../../crypto/certificate/path.ts";
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";

/** The booth at the other end. */
export interface ConnectedBooth {
  readonly booth: string;
  /** DER of its certificate and of the authority's above it: what it leaves out of its offers. */
  readonly certificates: readonly Uint8Array[];
}

interface Known extends ConnectedBooth {
  readonly leaf: Certificate;
  readonly fromMs: number;
  readonly untilMs: number;
}

const REFUSALS: Readonly<Record<string, string>> = {
  "certificate/expired": "intake/certificate-expired",
  "certificate/not-yet-valid": "intake/certificate-expired",
  "certificate/purpose": "intake/certificate-purpose",
  "certificate/revoked": "intake/certificate-revoked",
};

/**
 * Says which booth is at the other end. Certificates must come from this installation's authority for booths, be valid now, and
 * be made for the purpose; TLS itself has proved that the booth holds the key.
 */
export function boothIdentifier(
  trust: Trust,
  clock: Clock,
  revoked: (certificate: Certificate, at: Date) => boolean = () => false,
): (socket: TLSSocket) => ConnectedBooth {
  /** A connection's certificate does not change: its path is checked once, its time at every request. */
  const known = new WeakMap<TLSSocket, Known>();
  return (socket) => {
    const at = clock.now();
    const before = known.get(socket);
    if (before && before.fromMs <= at.getTime() && at.getTime() <= before.untilMs) {
      // Revoked while it is connected: the next request is refused.
      if (revoked(before.leaf, at)) throw new KabinaError("intake/certificate-revoked");
      return before;
    }
    const leaf = certificateOf(socket);
    let authority: Certificate;
    try {
      // The authorities for booths themselves are the anchors: one for servers or operators must not vouch for a booth.
      const path = validatePath({
        leaf,
        intermediates: [],
        anchors: authoritiesOf(trust, "booths"),
        at,
        purpose: oids.clientAuth,
        usage: "digitalSignature",
        revoked,
      });
      authority = path.at(-1)!;
    } catch (error) {
      const code = error instanceof KabinaError ? REFUSALS[error.code] : undefined;
      throw new KabinaError(code ?? "intake/certificate-foreign", {}, { cause: error });
    }
    const booth = leaf.commonName;
    if (!booth) throw new KabinaError("intake/certificate-foreign");
    const fromMs = Math.max(leaf.notBefore.getTime(), authority.notBefore.getTime());
    const untilMs = Math.min(leaf.notAfter.getTime(), authority.notAfter.getTime());
    const connected = { booth, certificates: [leaf.der, authority.der], leaf, fromMs, untilMs };
    known.set(socket, connected);
    return connected;
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
