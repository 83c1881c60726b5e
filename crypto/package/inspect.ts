/** Says what a package claims about itself, for a person who wonders what a file is. Nothing is verified here, and the answer says so. */
import { parseSignedData, signingTime } from "../cms/signed-data.ts";
import { packageLimits } from "./limits.ts";
import { decodeManifest, type Manifest } from "./manifest.ts";
import { PackageReader, type PackageSource } from "./reader.ts";
import type { TarEntry } from "./tar.ts";

export interface InspectedPackage {
  readonly verified: false;
  readonly manifest: Manifest;
  /** Certificates that travel with the signature; any of them may be a stranger's. */
  readonly certificates: readonly { readonly name: string; readonly sha256: string; readonly notAfter: string }[];
  readonly signingTime: string | undefined;
  readonly entries: readonly TarEntry[];
  /** Of the whole file, bytes. */
  readonly size: number;
  readonly sha256: string;
}

/** Reads the archive to its end. Throws the archive's and the manifest's refusals of `readPackage`. */
export async function inspectPackage(source: PackageSource): Promise<InspectedPackage> {
  const reader = new PackageReader(source, true);
  try {
    const entries: TarEntry[] = [];
    const heads: Uint8Array[] = [];
    for (let entry = await reader.entry(packageLimits.partBytes); entry; ) {
      entries.push(entry);
      if (entries.length <= 2 && entry.size <= packageLimits.manifestBytes) heads.push(await reader.content(entry));
      else for await (const _ of reader.pieces(entry));
      entry = await reader.entry(packageLimits.partBytes);
    }
    await reader.end();
    const signed = parseSignedData(heads[1] ?? new Uint8Array(0));
    return {
      verified: false,
      manifest: decodeManifest(heads[0] ?? new Uint8Array(0)),
      certificates: signed.certificates.map(({ commonName, sha256, notAfter }) => ({
        name: commonName ?? "",
        sha256,
        notAfter: notAfter.toISOString(),
      })),
      signingTime: signed.signers[0] && signingTime(signed.signers[0])?.toISOString(),
      entries,
      size: reader.size,
      sha256: reader.sha256(),
    };
  } finally {
    await reader.close();
  }
}
