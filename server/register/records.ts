/** What the register knows: its rows, as the server works with them. */
import type { IssuerKind } from "../../crypto/authority/authority.ts";
import type { RevocationReason } from "../../crypto/certificate/revocation-builder.ts";
import type { DevicePattern } from "../../crypto/device/device.ts";
import type { Role } from "../staff/roles.ts";

/** An issuing authority, or the root, which issues those. */
export type RegisterIssuer = IssuerKind | "root";

export interface CertificateRecord {
  readonly serial: string;
  readonly issuer: RegisterIssuer;
  /** Key id of the authority that issued it. */
  readonly authority: string;
  readonly sha256: string;
  readonly keyId: string;
  readonly name: string;
  readonly office: string | null;
  readonly der: Buffer;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly revokedAt: string | null;
  readonly reason: RevocationReason | null;
  readonly invalidSince: string | null;
}

export type Standing = Pick<CertificateRecord, "name" | "issuer" | "office" | "revokedAt">;
export type LatestCertificate = Pick<CertificateRecord, "serial" | "keyId" | "notBefore">;

export interface RequestRecord {
  readonly id: string;
  readonly keyId: string;
  readonly issuer: IssuerKind;
  readonly name: string;
  readonly der: Buffer;
  readonly askedAt: string;
  readonly address: string;
  readonly state: "waiting" | "issued" | "refused";
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  readonly serial: string | null;
}

export interface RegisterEvent {
  readonly sequence: number;
  readonly at: string;
  /** Who did it: a person's id, `booth:<id>`, `cli:<user>`, `server`. */
  readonly by: string;
  /** Dotted words: `certificate.issued`. */
  readonly kind: string;
  /** What it happened to: a serial number, a request's id, a person's id. */
  readonly subject: string;
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
}
export type NewEvent = Omit<RegisterEvent, "sequence">;

export interface BoothSeen {
  readonly booth: string;
  readonly at: string;
  readonly serial: string | null;
  readonly policyVersion: number | null;
  /** The booth's clock less the server's. */
  readonly clockOffsetMs: number | null;
  readonly report: string | null;
}

/** What an officer signed for a booth: from then on it is of that office, and may use those devices. */
export interface SignedProfile {
  readonly booth: string;
  readonly at: string;
  readonly by: string;
  readonly content: {
    readonly office: { readonly id: string; readonly name: string };
    /** Null: any. */
    readonly devices: readonly DevicePattern[] | null;
  };
}

export interface SealedHead {
  readonly manifestSha256: string;
  readonly booth: string;
  readonly chain: string;
  readonly counter: number;
  readonly heardAt: string;
}

export interface PersonRecord {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly state: "active" | "disabled";
  /** Signs in with one-time links that the server's owner reads; for demonstrations only. */
  readonly demonstration: boolean;
}

export interface CredentialRecord {
  /** A passkey's credential id, a certificate's SHA-256, or the SHA-256 of a one-time code. */
  readonly id: string;
  readonly person: string;
  readonly kind: "passkey" | "certificate" | "one-time";
  /** JSON: public values only. */
  readonly content: string;
  readonly addedAt: string;
  readonly usedAt: string | null;
}

export interface ProposalRecord {
  readonly id: string;
  readonly kind: string;
  readonly content: string;
  readonly proposedBy: string;
  readonly proposedAt: string;
  readonly state: "waiting" | "approved" | "refused" | "done" | "failed" | "expired";
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  readonly outcome: string | null;
}

export interface CertificateSearch {
  /** Part of the name, of the serial number or of a fingerprint. */
  readonly text?: string | undefined;
  readonly issuer?: RegisterIssuer | undefined;
  /** Only what ends before this instant and is not revoked. */
  readonly endsBefore?: string | undefined;
  readonly revoked?: boolean | undefined;
  readonly limit?: number | undefined;
}
