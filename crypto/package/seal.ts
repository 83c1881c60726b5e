import type { Certificate } from "../certificate/certificate.ts";
import type { Clock, RandomBytes } from "../environment.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import type { PrivateKeyHandle } from "../keys/key.ts";
import type { Manifest, Place, TimeEvidence } from "./manifest.ts";

export interface SealPart {
  readonly name: string;
  readonly mediaType: string;
  /** The plaintext, or a function that gives it (called twice, the same bytes each time), so that not all parts need be in memory at once. */
  readonly content: Uint8Array | (() => Promise<Uint8Array>);
  /** Certificates (`server-recipient`) of those who can open this part. */
  readonly recipients: readonly Certificate[];
}

export interface SealRequest {
  /** Lower-case UUID; random when absent. */
  readonly packageId?: string;
  readonly boothId: string;
  readonly place: Place;
  readonly time: TimeEvidence;
  /** Lower-case hex SHA-256 of the policy. */
  readonly policyHash: string;
  /** 64 hex digits. */
  readonly sessionId: string;
  readonly notAfter: Date;
  readonly parts: readonly SealPart[];
}

export interface SealTools {
  /** The `booth-identity` key. */
  readonly signer: PrivateKeyHandle;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

export interface SealedPackage {
  readonly packageId: string;
  readonly manifest: Manifest;
  /** Of the whole file. */
  readonly size: number;
  readonly sha256: string;
}

/**
 * Seals a package and gives its bytes to `write` in order. Throws `package/request-invalid`, `package/part-doubled`,
 * `package/part-too-large`, `package/too-large`, `package/recipient-invalid`, `package/signer-invalid`.
 */
export async function sealPackage(
  _request: SealRequest,
  _tools: SealTools,
  _write: (chunk: Uint8Array) => void | Promise<void>,
): Promise<SealedPackage> {
  throw new KabinaError("package/request-invalid", { reason: "not built yet" });
}

/** Seals into a file: written beside it, synced, renamed, folder synced. A failure leaves nothing. Throws also `package/disk-full`. */
export async function sealPackageToFile(
  _path: string,
  _request: SealRequest,
  _tools: SealTools,
): Promise<SealedPackage> {
  throw new KabinaError("package/request-invalid", { reason: "not built yet" });
}
