/** Private keys on the standardised curves, between node:crypto's key objects and the numbers that agreement computes with. */
import { createPrivateKey, type KeyObject } from "node:crypto";
import { bitString, derTag, integer, octetString, oid, sequence } from "../tlv/der.ts";
import { parseTlv } from "../tlv/node.ts";
import { tlv } from "../tlv/write.ts";
import { type AgreementGroup, byteLength, toBytes, toNumber } from "./group.ts";
import { curveOid } from "./public-key.ts";

/** The key with this secret number on a standardised curve (PKCS #8 around RFC 5915). */
export function composePrivateKey(group: AgreementGroup, parameterId: number, secret: bigint): KeyObject {
  const publicKey = group.multiply(group.generator, secret);
  const inner = sequence(
    integer(1),
    octetString(toBytes(secret, byteLength(group.order))),
    tlv(0xa1, bitString(publicKey)),
  );
  const algorithm = sequence(oid("1.2.840.10045.2.1"), oid(curveOid(parameterId)));
  const der = sequence(integer(0), algorithm, octetString(inner));
  return createPrivateKey({ key: Buffer.from(der), format: "der", type: "pkcs8" });
}

/** The secret number of an EC key. */
export function secretNumber(key: KeyObject): bigint {
  const der = new Uint8Array(key.export({ format: "der", type: "pkcs8" }));
  const inner = parseTlv(der, { where: "private key" }).at(2, derTag.octetString).value;
  return toNumber(parseTlv(inner, { where: "private key" }).at(1, derTag.octetString).value);
}
