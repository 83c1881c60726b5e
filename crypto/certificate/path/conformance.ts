/** What RFC 5280 §4 demands of whoever writes a certificate. A path under a strict profile refuses what does not keep to it. */
import { tags } from "../../der/tags.ts";
import type { Certificate } from "../certificate.ts";
import { readName } from "../name.ts";
import { oids } from "../oids.ts";
import { readGeneralName } from "./general-name.ts";

const longestSerial = 20; // bytes, §4.1.2.2

/** Verdicts on certificates that are met again and again: they depend on nothing but the certificate and its place. */
const verdicts = {
  anchor: new WeakMap<Certificate, { broken?: string }>(),
  below: new WeakMap<Certificate, { broken?: string }>(),
};

/** The first rule that a certificate breaks; undefined when it keeps them. `anchor`: the end of the path. */
export function nonconformity(certificate: Certificate, anchor: boolean): string | undefined {
  const known = verdicts[anchor ? "anchor" : "below"];
  let verdict = known.get(certificate);
  if (!verdict) {
    const broken = brokenRule(certificate, anchor);
    verdict = broken === undefined ? {} : { broken };
    known.set(certificate, verdict);
  }
  return verdict.broken;
}

function brokenRule(certificate: Certificate, anchor: boolean): string | undefined {
  if (certificate.version !== 3) return `version ${certificate.version}`;
  const serial = certificate.serialNumber;
  if (serial.length > longestSerial + (serial[0] === 0 ? 1 : 0)) return "serial number too long";
  if (serial[0]! >= 0x80 || serial.every((byte) => byte === 0)) return "serial number not positive";
  return keyIdentifiers(certificate, anchor) ?? constraints(certificate) ?? names(certificate);
}

/** §4.2.1.1, §4.2.1.2. */
function keyIdentifiers(certificate: Certificate, anchor: boolean): string | undefined {
  if (critical(certificate, oids.subjectKeyIdentifier)) return "critical subject key identifier";
  if (critical(certificate, oids.authorityKeyIdentifier)) return "critical authority key identifier";
  if (certificate.isAuthority && !certificate.subjectKeyIdentifier) return "authority without subject key identifier";
  const fields = certificate.read(oids.authorityKeyIdentifier, (value) => value.children.map(({ tag }) => tag));
  // An anchor is trusted whoever signed it; a self-signed certificate is its own issuer.
  if (fields === undefined)
    return anchor || certificate.isSignedBy(certificate) ? undefined : "no authority key identifier";
  if (!fields.includes(0x80)) return "authority key identifier without the identifier";
  return anchor && fields.length > 1 ? "root that names its issuer's serial number" : undefined;
}

/** §4.2.1.3, §4.2.1.9, §4.2.1.11. */
function constraints(certificate: Certificate): string | undefined {
  if (certificate.isAuthority && !critical(certificate, oids.basicConstraints))
    return "basic constraints of an authority not critical";
  if (!certificate.isAuthority && certificate.mayUse("keyCertSign"))
    return "certificate signing without being an authority";
  if (certificate.extensions.has(oids.policyConstraints) && !critical(certificate, oids.policyConstraints))
    return "policy constraints not critical";
  if (certificate.extensions.has(oids.inhibitAnyPolicy) && !critical(certificate, oids.inhibitAnyPolicy))
    return "inhibit any-policy not critical";
  return undefined;
}

/** §4.1.2.6, §4.2.1.6. */
function names(certificate: Certificate): string | undefined {
  const empty = readName(certificate.subject).length === 0;
  if (empty && certificate.isAuthority) return "authority without a name";
  const alternative = certificate.read(oids.subjectAltName, (value) =>
    value.expect(tags.sequence).children.map(readGeneralName),
  );
  if (alternative?.length === 0) return "empty alternative name";
  if (empty && !critical(certificate, oids.subjectAltName)) return "no subject, and alternative names not critical";
  return undefined;
}

const critical = (certificate: Certificate, oid: string): boolean => certificate.extensions.get(oid)?.critical ?? false;
