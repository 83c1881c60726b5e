/** A terminal (inspection system) whose key lies in a PKCS#11 token: only signatures come out of it. */
import { createHash } from "node:crypto";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { Token } from "../../crypto/pkcs11/token.ts";
import { parseCvCertificate } from "../cvc/certificate.ts";
import type { TerminalIdentity } from "./terminal-authentication.ts";

/** The key's id (CKA_ID, hex) and label in the token. */
export interface TokenKeyName {
  readonly id: string;
  readonly label: string;
}

/** `certificates` as in `TerminalIdentity`; the last is the terminal's. Throws `key/unsuitable` when its algorithm is not ECDSA. */
export function tokenTerminal(
  certificates: readonly Uint8Array[],
  token: Token,
  { id, label }: TokenKeyName,
): TerminalIdentity {
  const own = certificates.at(-1);
  const scheme = own && parseCvCertificate(own).publicKey.scheme;
  if (scheme?.kind !== "ecdsa-plain")
    throw new KabinaError("key/unsuitable", { reason: "a terminal key other than ECDSA" });
  return {
    certificates,
    sign: (data) => token.signPlain(id, label, createHash(scheme.digest).update(data).digest()),
  };
}
