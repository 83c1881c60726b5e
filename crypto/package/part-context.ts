/** What ties an encrypted part to its package: the key derivation of each of its recipients takes this in. docs/formats/package.md §5. */
import { createHash } from "node:crypto";

export interface PartPlace {
  readonly packageId: string;
  /** SHA-256 of the sealing booth's certificate. */
  readonly certificateSha256: string;
  readonly name: string;
  readonly mediaType: string;
}

/** 32 bytes: SHA-256 of five lines. */
export function partContext(place: PartPlace): Uint8Array {
  const lines = ["kabina-part/1", place.packageId, place.certificateSha256, place.name, place.mediaType, ""];
  return createHash("sha256").update(lines.join("\n")).digest();
}
