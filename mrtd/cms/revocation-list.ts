/** X.509 revocation lists (RFC 5280 §5) of country signing authorities. */
import { derTag, equalBytes, readBitString, readTime } from "../tlv/der.ts";
import { listLimits } from "../tlv/limits.ts";
import { parseTlv, type TlvNode } from "../tlv/node.ts";
import { readSignatureScheme, verifySignature } from "./algorithm.ts";
import type { Certificate } from "./certificate.ts";

export interface RevocationList {
  readonly issuer: TlvNode;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | undefined;
  /** When this serial was revoked; undefined when it is not on the list. */
  revokedAt(serial: Uint8Array): Date | undefined;
  signedBy(authority: Certificate): boolean;
}

/** Reads a CRL; throws `mrtd/tlv-malformed`. */
export function parseCrl(der: Uint8Array): RevocationList {
  const node = parseTlv(der, { where: "CRL", limits: listLimits, ber: true }).expect(derTag.sequence);
  const tbs = node.at(0, derTag.sequence);
  const fields = [...tbs.children()];
  if (fields[0]?.tag === derTag.integer) fields.shift();
  const isTime = (field: TlvNode | undefined) => field?.tag === derTag.utcTime || field?.tag === derTag.generalizedTime;
  const [, issuer, thisUpdate, next, ...rest] = fields;
  if (issuer === undefined || thisUpdate === undefined) return tbs.fail("too-few-elements");
  const revoked = (isTime(next) ? rest : [next, ...rest]).find((field) => field?.tag === derTag.sequence);
  const signature = readBitString(node.at(2));
  return {
    issuer,
    thisUpdate: readTime(thisUpdate),
    nextUpdate: isTime(next) ? readTime(next!) : undefined,
    revokedAt(serial) {
      const entry = revoked?.children().find((item) => equalBytes(item.at(0, derTag.integer).value, serial));
      return entry && readTime(entry.at(1));
    },
    signedBy: (authority) =>
      authority.mayUse("cRLSign") !== false &&
      verifySignature(readSignatureScheme(node.at(1)), authority.key, tbs.raw, signature),
  };
}
