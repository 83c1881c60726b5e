/** Writes the card-verifiable certificates of a test country: root, document verifier, inspection system, on P-256. */
import { createPublicKey, type KeyObject } from "node:crypto";
import { p256 } from "@noble/curves/nist.js";
import { toBytes } from "../agreement/group.ts";
import { standardGroup } from "../agreement/standard-groups.ts";
import { oid } from "../tlv/der.ts";
import { parseTlv } from "../tlv/node.ts";
import { tlv } from "../tlv/write.ts";
import type { CvRole } from "./certificate.ts";

const roleBits: Readonly<Record<CvRole, number>> = {
  CVCA: 0xc0,
  "DV-domestic": 0x80,
  "DV-foreign": 0x40,
  terminal: 0x00,
};
/** P-256, whose parameters a root writes out. */
const domain = {
  a: 0xffffffff00000001000000000000000000000000fffffffffffffffffffffffcn,
  b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
} as const;

export interface CvInput {
  readonly authority: string;
  readonly holder: string;
  readonly role: CvRole;
  /** Bits: 1 fingerprints, 2 irises. */
  readonly access: number;
  readonly effective: Date;
  readonly expiration: Date;
  /** P-256 key that is certified. */
  readonly key: KeyObject;
  readonly signingKey: KeyObject;
}

/** Signs deterministically (RFC 6979), so that a synthetic country's root is the same bytes each time it is made. */
export function composeCvCertificate(input: CvInput): Uint8Array {
  const text = (value: string) => new TextEncoder().encode(value);
  const body = tlv(
    0x7f4e,
    tlv(0x5f29, Uint8Array.of(0)),
    tlv(0x42, text(input.authority)),
    tlv(0x7f49, oid("0.4.0.127.0.7.2.2.2.2.3"), ...keyObjects(input)),
    tlv(0x5f20, text(input.holder)),
    tlv(0x7f4c, oid("0.4.0.127.0.7.3.1.2.1"), tlv(0x53, Uint8Array.of(roleBits[input.role] | input.access))),
    tlv(0x5f25, digits(input.effective)),
    tlv(0x5f24, digits(input.expiration)),
  );
  const secret = Buffer.from(input.signingKey.export({ format: "jwk" }).d!, "base64url");
  const signature = p256.sign(body, secret, { format: "compact", lowS: false });
  return tlv(0x7f21, body, tlv(0x5f37, signature));
}

/** The key's objects in ascending order of their tags; domain parameters only in a root. */
function keyObjects({ key, role }: CvInput): Uint8Array[] {
  const publicKey = key.type === "public" ? key : createPublicKey(key);
  const spki = new Uint8Array(publicKey.export({ format: "der", type: "spki" }));
  const point = parseTlv(spki, { where: "key" }).at(1).value.subarray(1);
  const publicPoint = tlv(0x86, point);
  if (role !== "CVCA") return [publicPoint];
  const group = standardGroup(12)!;
  return [
    tlv(0x81, toBytes(group.prime, 32)),
    tlv(0x82, toBytes(domain.a, 32)),
    tlv(0x83, toBytes(domain.b, 32)),
    tlv(0x84, group.generator),
    tlv(0x85, toBytes(group.order, 32)),
    publicPoint,
    tlv(0x87, Uint8Array.of(1)),
  ];
}

function digits(date: Date): Uint8Array {
  return Uint8Array.from(date.toISOString().slice(2, 10).replaceAll("-", ""), Number);
}
