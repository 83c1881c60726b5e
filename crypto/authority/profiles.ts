/** What each kind of certificate says: its name, how long it holds, and what its key may do. */

import { type Extension, prepared } from "../certificate/builder.ts";
import { basicConstraints, extendedKeyUsage, keyUsage } from "../certificate/extensions.ts";
import type { KeyUsage } from "../certificate/key-usage.ts";
import { oids } from "../certificate/oids.ts";
import { nullValue } from "../der/writer.ts";
import type { KeyPurpose } from "../keys/key.ts";
import { receivingUsage } from "../suites/registry.ts";

const year = 365; // days

export interface CertificateProfile {
  /** Days that a certificate holds from its issue. */
  readonly days: number;
  readonly extensions: readonly Extension[];
}

const boothPurposes = [oids.clientAuth, oids.kabinaPackageSigning] as const;
const sensorPurposes = [oids.kabinaCaptureSigning] as const;
const staffPurposes = [oids.clientAuth, oids.kabinaStaffSigning] as const;
const serverPurposes = [
  oids.serverAuth,
  oids.kabinaReceiptSigning,
  oids.kabinaPackageRecipient,
  oids.kabinaAuditSigning,
] as const;

/** An authority with purposes may issue for those only: the booths' authority makes no receipts, the servers' no packages. */
const authority = (pathLength: number, days: number, purposes: readonly string[] = []): CertificateProfile => ({
  days,
  extensions: [
    basicConstraints(pathLength),
    keyUsage("keyCertSign", "cRLSign"),
    ...(purposes.length > 0 ? [extendedKeyUsage(...purposes, oids.ocspSigning)] : []),
  ].map(prepared),
});

const endEntity = (usage: KeyUsage, purposes: readonly string[]): CertificateProfile => ({
  days: 2 * year,
  extensions: [basicConstraints(null), keyUsage(usage), extendedKeyUsage(...purposes)].map(prepared),
});

/** The certificates that the authority issues, by the purpose of the key. */
export const profiles = {
  "authority-root": authority(1, 20 * year),
  "authority-booths": authority(0, 10 * year, boothPurposes),
  "authority-sensors": authority(0, 10 * year, sensorPurposes),
  "authority-staff": authority(0, 10 * year, staffPurposes),
  "authority-servers": authority(0, 10 * year, serverPurposes),
  "server-tls": endEntity("digitalSignature", [oids.serverAuth]),
  "server-receipt": endEntity("digitalSignature", [oids.kabinaReceiptSigning]),
  "server-recipient": endEntity("keyAgreement", [oids.kabinaPackageRecipient]),
  "server-audit": endEntity("digitalSignature", [oids.kabinaAuditSigning]),
  "booth-identity": endEntity("digitalSignature", boothPurposes),
  /** A booth whose identity lies in a token speaks TLS with a key of its own that does nothing else. */
  "booth-tls": endEntity("digitalSignature", [oids.clientAuth]),
  "sensor-capture": endEntity("digitalSignature", sensorPurposes),
  operator: endEntity("digitalSignature", staffPurposes),
} as const satisfies Partial<Record<KeyPurpose, CertificateProfile>>;

/** A recipient whose key is encapsulated to. */
const encapsulated = endEntity("keyEncipherment", [oids.kabinaPackageRecipient]);

/** The profile of a purpose for a key. */
export const profileFor = (purpose: keyof typeof profiles, publicKeyInfo: Uint8Array): CertificateProfile =>
  purpose === "server-recipient" && receivingUsage(publicKeyInfo) === "keyEncipherment"
    ? encapsulated
    : profiles[purpose];

/** The status responder's: short, because nobody asks whether it was revoked itself (RFC 6960 §4.2.2.2.1). */
export const responderProfile: CertificateProfile = {
  days: 30,
  extensions: [
    basicConstraints(null),
    keyUsage("digitalSignature"),
    extendedKeyUsage(oids.ocspSigning),
    { oid: oids.ocspNoCheck, critical: false, value: nullValue() },
  ],
};

/** A certificate begins this long before its issue, for clocks that are a little behind, minutes. */
export const backdatingMinutes = 60;
