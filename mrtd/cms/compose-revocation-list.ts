/** Writes the revocation list of a test country (RFC 5280 §5), in DER. */
import type { KeyObject } from "node:crypto";
import { encodeCertificate } from "../../crypto/certificate/builder.ts";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { signatureAlgorithm } from "../../crypto/certificate/signature.ts";
import { tags } from "../../crypto/der/tags.ts";
import { encode, integer, raw, sequence, tagged, time } from "../../crypto/der/writer.ts";
import { type SigningScheme, schemeOf, signWith } from "./sign.ts";

export interface RevocationListInput {
  readonly issuer: { readonly certificate: Uint8Array; readonly privateKey: KeyObject };
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** Certificates that are revoked, DER; all as of `thisUpdate`. */
  readonly revoked: readonly Uint8Array[];
  readonly scheme: SigningScheme;
}

export function composeRevocationList(input: RevocationListInput): Uint8Array {
  const { privateKey } = input.issuer;
  const scheme = schemeOf(privateKey, input.scheme);
  const entries = input.revoked.map((der) =>
    sequence(tagged(tags.integer, raw(new Certificate(der).serialNumber)), time(input.thisUpdate)),
  );
  const body = encode(
    sequence(
      integer(1),
      signatureAlgorithm(scheme),
      raw(new Certificate(input.issuer.certificate).subject),
      time(input.thisUpdate),
      time(input.nextUpdate),
      ...(entries.length > 0 ? [sequence(...entries)] : []),
    ),
  );
  return encodeCertificate(body, scheme, signWith(privateKey, input.scheme, body));
}
