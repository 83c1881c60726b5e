/** SecurityInfos (9303-11 §9.2): what EF.CardAccess, EF.CardSecurity and DG14 say of the protocols that a chip speaks. */
import { derTag, integer, oid, readOid, readSmallInteger, sequence, setOf } from "../tlv/der.ts";
import { parseTlv, parseTlvPrefix, type TlvNode } from "../tlv/node.ts";
import { tlv } from "../tlv/write.ts";
import { fileIdentities } from "./file.ts";

export interface SecurityInfo {
  readonly protocol: string;
  readonly required: TlvNode;
  readonly optional: TlvNode | undefined;
}

/** Object identifiers of BSI TR-03110 and ICAO, without their last arcs. */
export const protocolOid = {
  pace: "0.4.0.127.0.7.2.2.4",
  chipAuthentication: "0.4.0.127.0.7.2.2.3",
  chipAuthenticationKey: "0.4.0.127.0.7.2.2.1",
  terminalAuthentication: "0.4.0.127.0.7.2.2.2",
  activeAuthentication: "2.23.136.1.1.5",
} as const;

/** Reads the SET of EF.CardAccess (bytes after it are padding). Throws `mrtd/tlv-malformed`. */
export function parseCardAccess(bytes: Uint8Array): readonly SecurityInfo[] {
  return readInfos(parseTlvPrefix(bytes, { where: "EF.CardAccess" }));
}

/** Reads DG14. Throws `mrtd/tlv-malformed`. */
export function parseDg14(bytes: Uint8Array): readonly SecurityInfo[] {
  return readInfos(parseTlv(bytes, { where: "DG14" }).expect(fileIdentities.DG14.tag!).at(0));
}

/** Reads a SET OF SecurityInfo out of another structure, such as EF.CardSecurity's content. */
export function parseSecurityInfos(bytes: Uint8Array, where: string): readonly SecurityInfo[] {
  return readInfos(parseTlv(bytes, { where }));
}

function readInfos(node: TlvNode): readonly SecurityInfo[] {
  return node
    .expect(derTag.set)
    .children()
    .flatMap((info) => {
      const protocol = readOid(info.expect(derTag.sequence).at(0));
      const [, required, optional] = info.children();
      // Issuers add their own; of those only the norm's form is wanted that we understand.
      if (required === undefined && !Object.values(protocolOid).some((known) => isOf({ protocol }, known))) return [];
      return [{ protocol, required: required ?? info.at(1), optional }];
    });
}

/** Is the info of this protocol or of one of its variants? */
export function isOf(info: Pick<SecurityInfo, "protocol">, protocol: string): boolean {
  return info.protocol === protocol || info.protocol.startsWith(`${protocol}.`);
}

/** Is it a chip authentication key, DH or ECDH? (Arc 3 is the key of pseudonymous signatures, built otherwise.) */
export function isChipAuthenticationKey({ protocol }: SecurityInfo): boolean {
  return ["1", "2"].some((family) => protocol === `${protocolOid.chipAuthenticationKey}.${family}`);
}

/** An optional INTEGER that names a key or a parameter set. */
export function optionalNumber(info: SecurityInfo): number | undefined {
  return info.optional?.tag === derTag.integer ? readSmallInteger(info.optional) : undefined;
}

/** Writes one info: protocol, then what it requires (a version unless given), then what is optional. */
export function composeInfo(
  protocol: string,
  required: Uint8Array | number,
  optional?: Uint8Array | number,
): Uint8Array {
  const part = (value: Uint8Array | number) => (typeof value === "number" ? integer(value) : value);
  return sequence(oid(protocol), part(required), ...(optional === undefined ? [] : [part(optional)]));
}

/** Writes the SET that EF.CardAccess is and that EF.CardSecurity signs. */
export function composeInfos(infos: readonly Uint8Array[]): Uint8Array {
  return setOf(...infos);
}

export function composeDg14(infos: readonly Uint8Array[]): Uint8Array {
  return tlv(fileIdentities.DG14.tag!, composeInfos(infos));
}
