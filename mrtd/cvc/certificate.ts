/** Card-verifiable certificates (BSI TR-03110-3 §C): who a terminal is and what it may read. */
import type { KeyObject } from "node:crypto";
import { verifySignature } from "../../crypto/certificate/signature.ts";
import { derTag, readOid } from "../tlv/der.ts";
import { parseTlv } from "../tlv/node.ts";
import { type CvDomain, type CvPublicKey, keyObjectOf, readCvPublicKey } from "./public-key.ts";

const tag = {
  certificate: 0x7f21,
  body: 0x7f4e,
  profile: 0x5f29,
  authority: 0x42,
  publicKey: 0x7f49,
  holder: 0x5f20,
  authorization: 0x7f4c,
  effective: 0x5f25,
  expiration: 0x5f24,
  signature: 0x5f37,
  discretionary: 0x53,
} as const;

export type CvRole = "CVCA" | "DV-domestic" | "DV-foreign" | "terminal";
/** By the two top bits of the authorisation (§C.4.1). */
const roles: readonly CvRole[] = ["terminal", "DV-foreign", "DV-domestic", "CVCA"];

/** id-IS: authorisations of inspection systems; others are of other terminals, and give nothing here. */
const inspectionSystem = "0.4.0.127.0.7.3.1.2.1";

export interface CvCertificate {
  /** Certification authority reference: whose key signed it. */
  readonly authority: string;
  /** Certificate holder reference: whose key is in it. */
  readonly holder: string;
  readonly publicKey: CvPublicKey;
  readonly role: CvRole;
  readonly isInspectionSystem: boolean;
  /** Bits of an inspection system's authorisation: 1 fingerprints (DG3), 2 irises (DG4). */
  readonly access: number;
  /** First and last day, midnight UTC. */
  readonly effective: Date;
  readonly expiration: Date;
  /** Body and signature, as PSO:Verify Certificate takes them. */
  readonly bodyAndSignature: Uint8Array;
  readonly body: Uint8Array;
  readonly signature: Uint8Array;
}

/** Reads DO'7F21', or body and signature without it. Throws `mrtd/tlv-malformed`. */
export function parseCvCertificate(bytes: Uint8Array): CvCertificate {
  const where = "CV certificate";
  const whole = parseTlv(bytes, { where }).expect(tag.certificate);
  const body = whole.at(0, tag.body);
  const text = (id: number) => new TextDecoder("latin1").decode(body.get(id).value);
  const authorization = body.get(tag.authorization);
  const bits = authorization.get(tag.discretionary).value.at(-1) ?? 0;
  const roleBits = authorization.get(tag.discretionary).value[0] ?? 0;
  return {
    authority: text(tag.authority),
    holder: text(tag.holder),
    publicKey: readCvPublicKey(body.get(tag.publicKey)),
    role: roles[roleBits >> 6]!,
    isInspectionSystem: readOid(authorization.at(0, derTag.oid)) === inspectionSystem,
    access: bits & 0x03,
    effective: readDate(body.get(tag.effective).value, () => body.fail("date")),
    expiration: readDate(body.get(tag.expiration).value, () => body.fail("date")),
    bodyAndSignature: whole.value,
    body: body.raw,
    signature: whole.at(1, tag.signature).value,
  };
}

/** Six unpacked digits, YYMMDD, of this century. */
function readDate(value: Uint8Array, refuse: () => never): Date {
  if (value.length !== 6 || value.some((digit) => digit > 9)) return refuse();
  const [y1, y2, m1, m2, d1, d2] = value as unknown as [number, number, number, number, number, number];
  const [month, dayOfMonth] = [m1 * 10 + m2, d1 * 10 + d2];
  const date = new Date(Date.UTC(2000 + y1 * 10 + y2, month - 1, dayOfMonth));
  // The 31st of a month that has none would count as a day of the next.
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === dayOfMonth ? date : refuse();
}

export interface CvTrust {
  readonly certificate: CvCertificate;
  readonly key: KeyObject;
  readonly domain: CvDomain | undefined;
  /** What everybody above allows. */
  readonly access: number;
}

/** Starts a chain at a certificate that is trusted because the chip was made with it. */
export function anchorOf(certificate: CvCertificate): CvTrust {
  const { publicKey, access } = certificate;
  return { certificate, key: keyObjectOf(publicKey), domain: publicKey.domain, access };
}

/**
 * Goes one step down the chain (TR-03110-3 §2.6): signature, order of roles, validity on that day (roots live on through links: their
 * expiry is not judged). Undefined when the step does not hold.
 */
export function stepDown(above: CvTrust, next: CvCertificate, today: Date): CvTrust | undefined {
  const order: Readonly<Record<CvRole, readonly CvRole[]>> = {
    CVCA: ["CVCA", "DV-domestic", "DV-foreign"],
    "DV-domestic": ["terminal"],
    "DV-foreign": ["terminal"],
    terminal: [],
  };
  const { publicKey } = above.certificate;
  const lastDay = new Date(next.expiration.getTime() + 86_399_999);
  const holds =
    next.authority === above.certificate.holder &&
    order[above.certificate.role].includes(next.role) &&
    (next.role === "CVCA" || today <= lastDay) &&
    verifySignature(publicKey.scheme, above.key, next.body, next.signature);
  if (!holds) return undefined;
  const domain = next.publicKey.domain ?? above.domain;
  return {
    certificate: next,
    key: keyObjectOf(next.publicKey, above.domain),
    domain,
    access: above.access & next.access,
  };
}
