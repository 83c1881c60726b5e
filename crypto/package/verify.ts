import type { Certificate } from "../certificate/certificate.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import type { Manifest } from "./manifest.ts";

/** A package: the path of its file, or its bytes in any chunks. */
export type PackageSource = string | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

export interface VerifyOptions {
  /** Root certificates that a signer's chain must end in (`readTrust(dir)`). */
  readonly anchors: readonly Certificate[];
  /** The server's clock: for `notAfter` and for a booth's clock that is ahead. */
  readonly now: Date;
  /** The moment that the signer's certificates are judged at; the manifest's `createdAt` ("as of capture") when absent. */
  readonly judgedAt?: Date;
  /** Answers whether a certificate was revoked at that moment. */
  readonly revoked?: (certificate: Certificate, judgedAt: Date) => boolean;
}

export interface VerifiedManifest {
  readonly manifest: Manifest;
  readonly manifestBytes: Uint8Array;
  readonly signatureBytes: Uint8Array;
  /** The booth's certificate. */
  readonly signer: Certificate;
}

export interface VerifiedPackage extends VerifiedManifest {
  /** Of the whole file. */
  readonly size: number;
  readonly sha256: string;
}

/** The early check, from `manifest.json` and `manifest.p7s` alone, before the body is sent: every refusal but those of the parts. */
export function verifyManifest(
  _manifestBytes: Uint8Array,
  _signatureBytes: Uint8Array,
  _options: VerifyOptions,
): VerifiedManifest {
  throw new KabinaError("package/signature-invalid");
}

/** Verifies a whole package without opening it; memory is bounded by the manifest. */
export async function verifyPackage(_source: PackageSource, _options: VerifyOptions): Promise<VerifiedPackage> {
  throw new KabinaError("package/signature-invalid");
}
