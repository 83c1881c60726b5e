/**
 * Public keys for key agreement in SubjectPublicKeyInfo (9303-11 §9.4.1): by a standardised number, a named curve, or parameters written
 * out. Only groups of §9.5.1 are taken, however they are written.
 */
import { bitString, derTag, integer, oid, readBitString, readOid, readSmallInteger, sequence } from "../tlv/der.ts";
import type { TlvNode } from "../tlv/node.ts";
import { type AgreementGroup, byteLength, toBytes, toNumber } from "./group.ts";
import { standardCurveOf, standardGroup, standardModpOf } from "./standard-groups.ts";

export interface AgreementPublicKey {
  readonly group: AgreementGroup;
  /** In the group's own encoding. */
  readonly element: Uint8Array;
}

const oids = {
  standardized: "0.4.0.127.0.7.1.2",
  ecPublicKey: "1.2.840.10045.2.1",
  dhPublicNumber: "1.2.840.10046.2.1",
} as const;

const namedCurves: Readonly<Record<string, number>> = {
  "1.2.840.10045.3.1.1": 8,
  "1.3.36.3.3.2.8.1.1.3": 9,
  "1.3.132.0.33": 10,
  "1.3.36.3.3.2.8.1.1.5": 11,
  "1.2.840.10045.3.1.7": 12,
  "1.3.36.3.3.2.8.1.1.7": 13,
  "1.3.36.3.3.2.8.1.1.9": 14,
  "1.3.132.0.34": 15,
  "1.3.36.3.3.2.8.1.1.11": 16,
  "1.3.36.3.3.2.8.1.1.13": 17,
  "1.3.132.0.35": 18,
};

/** The name of a standardised curve as an object identifier. */
export function curveOid(parameterId: number): string {
  return Object.keys(namedCurves).find((id) => namedCurves[id] === parameterId)!;
}

/** Writes a curve point with its curve by standardised number, as chip authentication mapping wants it (9303-11 §9.2.6, App. I). */
export function composeStandardKey(parameterId: number, element: Uint8Array): Uint8Array {
  return sequence(sequence(oid(oids.standardized), integer(parameterId)), bitString(element));
}

/** Reads a key; undefined when its group is none of the norm's. Throws `mrtd/tlv-malformed`. */
export function readAgreementKey(spki: TlvNode): AgreementPublicKey | undefined {
  const algorithm = spki.expect(derTag.sequence).at(0, derTag.sequence);
  const group = groupOf(readOid(algorithm.at(0)), algorithm.children()[1]);
  if (group === undefined) return undefined;
  const bits = readBitString(spki.at(1));
  if (group.kind === "ECDH") return { group, element: bits };
  // A DH key is a DER INTEGER inside the bit string.
  const number = toNumber(bits.subarray(bits[1]! < 0x80 ? 2 : 2 + (bits[1]! & 0x7f)));
  return { group, element: toBytes(number, byteLength(group.prime)) };
}

function groupOf(algorithm: string, parameters: TlvNode | undefined): AgreementGroup | undefined {
  if (parameters === undefined) return undefined;
  if (algorithm === oids.standardized) return standardGroup(readSmallInteger(parameters));
  const number = (node: TlvNode) =>
    node.expect(derTag.integer).value[0]! < 0x80 ? toNumber(node.value) : node.fail("negative");
  if (algorithm === oids.ecPublicKey) {
    if (parameters.tag === derTag.oid) return standardGroup(namedCurves[readOid(parameters)] ?? -1);
    // ECParameters (RFC 3279 §2.3.5): version, field, curve, base, order, cofactor.
    return standardCurveOf({
      p: number(parameters.at(1).at(1)),
      a: toNumber(parameters.at(2).at(0, derTag.octetString).value),
      b: toNumber(parameters.at(2).at(1, derTag.octetString).value),
      base: parameters.at(3, derTag.octetString).value,
      n: number(parameters.at(4)),
      cofactor: number(parameters.at(5)), // "MUST include the optional co-factor" (9303-12 §4.4)
    });
  }
  if (algorithm === oids.dhPublicNumber) {
    return standardModpOf(number(parameters.at(0)), number(parameters.at(1)), number(parameters.at(2)));
  }
  return undefined;
}
