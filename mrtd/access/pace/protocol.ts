/** The variants of PACE by object identifier (9303-11 §9.2.5), and which of a chip's offers to take. */
import type { AgreementGroup } from "../../agreement/group.ts";
import { standardGroup } from "../../agreement/standard-groups.ts";
import { isOf, optionalNumber, protocolOid, type SecurityInfo } from "../../lds/security-infos.ts";
import { readSmallInteger } from "../../tlv/der.ts";
import type { CipherName } from "../key-derivation.ts";

export type Mapping = "GM" | "IM" | "CAM";

export interface PaceProtocol {
  readonly oid: string;
  readonly mapping: Mapping;
  readonly cipher: CipherName;
  readonly group: AgreementGroup;
  readonly parameterId: number;
}

const families: Readonly<Record<string, { kind: AgreementGroup["kind"]; mapping: Mapping }>> = {
  "1": { kind: "DH", mapping: "GM" },
  "2": { kind: "ECDH", mapping: "GM" },
  "3": { kind: "DH", mapping: "IM" },
  "4": { kind: "ECDH", mapping: "IM" },
  "6": { kind: "ECDH", mapping: "CAM" },
};
export const paceCiphers: readonly CipherName[] = ["3DES", "AES-128", "AES-192", "AES-256"];

/** The only version of PACE (9303-11 §9.2.5). */
const paceVersion = 2;

/** Reads one PACEInfo; undefined for other infos and for variants that we do not speak (own domain parameters, unknown numbers). */
export function paceProtocolOf(info: SecurityInfo): PaceProtocol | undefined {
  if (!isOf(info, protocolOid.pace)) return undefined;
  const [family, cipher, ...more] = info.protocol.slice(protocolOid.pace.length + 1).split(".");
  const parameterId = optionalNumber(info);
  if (cipher === undefined || more.length > 0 || parameterId === undefined) return undefined;
  if (readSmallInteger(info.required) !== paceVersion) return undefined;
  return composeProtocol(family ?? "", Number(cipher), parameterId);
}

/** The variant with this family arc (1 DH-GM, 2 ECDH-GM, 3 DH-IM, 4 ECDH-IM, 6 ECDH-CAM), cipher arc (1 to 4) and parameter number. */
export function composeProtocol(family: string, cipher: number, parameterId: number): PaceProtocol | undefined {
  const variant = families[family];
  const cipherName = paceCiphers[cipher - 1];
  const group = standardGroup(parameterId);
  if (variant === undefined || cipherName === undefined || group?.kind !== variant.kind) return undefined;
  // Chip authentication mapping exists with AES only.
  if (variant.mapping === "CAM" && cipherName === "3DES") return undefined;
  // secp224r1 has no integrated mapping (its prime is 1 modulo 4).
  if (variant.mapping === "IM" && group.kind === "ECDH" && group.prime % 4n !== 3n) return undefined;
  return {
    oid: `${protocolOid.pace}.${family}.${cipher}`,
    mapping: variant.mapping,
    cipher: cipherName,
    group,
    parameterId,
  };
}

/**
 * The best of a chip's offers: one that also authenticates the chip, then elliptic curves before integers, AES before triple DES, and of the
 * curves the smaller ones, which are strong enough and several times faster.
 */
export function choosePace(infos: readonly SecurityInfo[]): PaceProtocol | undefined {
  const offers = infos.map(paceProtocolOf).filter((offer) => offer !== undefined);
  return offers.sort((a, b) => rank(b) - rank(a))[0];
}

function rank({ mapping, group, cipher }: PaceProtocol): number {
  const strongEnough = group.kind === "ECDH" && group.order > 1n << 223n ? 0 : 1;
  return (
    (mapping === "CAM" ? 1_000 : 0) +
    (strongEnough === 0 ? 500 : 0) +
    (group.kind === "ECDH" ? 100 - group.prime.toString(16).length / 4 : 0) +
    (cipher === "3DES" ? 0 : 20) +
    (mapping === "GM" ? 1 : 0)
  );
}
