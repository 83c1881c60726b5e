/** Writes certificate revocation lists (RFC 5280 §5): what an authority has taken back, since when, and why. `revocation-list.ts` reads them. */
import { tags } from "../der/tags.ts";
import {
  contextConstructed,
  type DerValue,
  encode,
  integer,
  raw,
  sequence,
  tagged,
  time,
  unsignedInteger,
} from "../der/writer.ts";
import { encodeCertificate, encodeExtension } from "./builder.ts";
import type { Certificate } from "./certificate.ts";
import { authorityKeyIdentifier } from "./extensions.ts";
import { oids } from "./oids.ts";
import { type Signer, signatureAlgorithm } from "./signature.ts";

/** CRLReason (RFC 5280 §5.3.1), those that Kabina gives. */
export const revocationReasons = {
  unspecified: 0,
  keyCompromise: 1,
  authorityCompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
} as const;
export type RevocationReason = keyof typeof revocationReasons;

export interface Revocation {
  /** Contents of the serial number INTEGER. */
  readonly serialNumber: Uint8Array;
  /** When the authority took it back. */
  readonly revokedAt: Date;
  readonly reason: RevocationReason;
  /** Since when it is no longer to be believed (RFC 5280 §5.3.2): the suspected moment, before `revokedAt`. */
  readonly invalidSince?: Date | undefined;
}

export interface RevocationListFields {
  readonly issuer: Certificate;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** Grows with every list of an authority; a list with a lower one is an older one. */
  readonly number: number;
  readonly revocations: readonly Revocation[];
}

/** Signs a list; its DER. */
export async function buildRevocationList(fields: RevocationListFields, signer: Signer): Promise<Uint8Array> {
  const { issuer, revocations } = fields;
  const entries = revocations.map(encodeEntry);
  const extensions = [
    authorityKeyIdentifier(issuer.subjectKeyIdentifier ?? Buffer.from(issuer.keyId, "hex")),
    { oid: oids.crlNumber, critical: false, value: integer(fields.number) },
  ];
  const body = encode(
    sequence(
      integer(1),
      signatureAlgorithm(signer.scheme),
      raw(issuer.subject),
      time(fields.thisUpdate),
      time(fields.nextUpdate),
      ...(entries.length > 0 ? [sequence(...entries)] : []),
      contextConstructed(0, sequence(...extensions.map(encodeExtension))),
    ),
  );
  return encodeCertificate(body, signer.scheme, await signer.sign(body));
}

function encodeEntry({ serialNumber, revokedAt, reason, invalidSince }: Revocation): DerValue {
  const extensions: DerValue[] = [];
  if (reason !== "unspecified") {
    const value = tagged(tags.enumerated, raw(Uint8Array.of(revocationReasons[reason])));
    extensions.push(encodeExtension({ oid: oids.reasonCode, critical: false, value }));
  }
  if (invalidSince)
    extensions.push(
      encodeExtension({ oid: oids.invalidityDate, critical: false, value: generalizedTime(invalidSince) }),
    );
  return sequence(
    unsignedInteger(serialNumber),
    time(revokedAt),
    ...(extensions.length > 0 ? [sequence(...extensions)] : []),
  );
}

/** InvalidityDate and everything in OCSP is a GeneralizedTime whatever the year. */
export const generalizedTime = (at: Date): DerValue =>
  tagged(tags.generalizedTime, raw(Buffer.from(at.toISOString().replace(/[-:T]|\.\d+(?=Z)/g, ""), "latin1")));
