/** Writes the revocation list of a test country (RFC 5280 §5), in DER. */
import type { KeyObject } from "node:crypto";
import { bitString, derTag, integer, sequence, time } from "../tlv/der.ts";
import { tlv } from "../tlv/write.ts";
import { Certificate } from "./certificate.ts";
import { type SigningScheme, signatureAlgorithm, signWith } from "./sign.ts";

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
  const algorithm = signatureAlgorithm(privateKey, input.scheme);
  const entries = input.revoked.map((der) =>
    sequence(tlv(derTag.integer, new Certificate(der).serial), time(input.thisUpdate)),
  );
  const tbs = sequence(
    integer(1),
    algorithm,
    new Certificate(input.issuer.certificate).subject.raw,
    time(input.thisUpdate),
    time(input.nextUpdate),
    ...(entries.length > 0 ? [sequence(...entries)] : []),
  );
  return sequence(tbs, algorithm, bitString(signWith(privateKey, input.scheme, tbs)));
}
