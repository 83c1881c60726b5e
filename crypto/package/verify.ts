/** Verifies a package: archive, manifest, signature, signer, times, and every part's hash; nothing is decrypted. */

import { createHash } from "node:crypto";
import type { Certificate } from "../certificate/certificate.ts";
import { oids } from "../certificate/oids.ts";
import { validatePath } from "../certificate/path.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import type { SuiteId } from "../suites/names.ts";
import { admitSuite, suites } from "../suites/registry.ts";
import { checkLifetime } from "./lifetime.ts";
import { packageLimits } from "./limits.ts";
import { decodeManifest, type Manifest, type ManifestPart } from "./manifest.ts";
import { readManifestSignature } from "./manifest-signature.ts";
import { PackageReader, type PackageSource } from "./reader.ts";
import type { TarEntry } from "./tar.ts";
import { judgedAt, standingOf, type TimeBounds, timeBounds } from "./time-bounds.ts";

export type { PackageSource } from "./reader.ts";

const minute = 60 * 1000; // ms

export interface VerifyOptions {
  /** Root certificates that a signer's chain must end in. */
  readonly anchors: readonly Certificate[];
  /** The verifier's clock: for `notAfter` and for a booth's clock that is ahead. */
  readonly now: Date;
  /** From when on a certificate is not believed; null of one that was not taken back. Judged by what can be proved of the time (`time-bounds.ts`). */
  readonly revokedSince?: (certificate: Certificate) => Date | null;
  /** The weakest suite that is taken; any that is known when absent. */
  readonly least?: SuiteId;
  /** A manifest that `verifyManifest` passed moments ago: the same bytes need no second check. */
  readonly verified?: VerifiedManifest;
}

export interface VerifiedManifest {
  readonly manifest: Manifest;
  readonly manifestBytes: Uint8Array;
  readonly signatureBytes: Uint8Array;
  /** The booth's certificate. */
  readonly signer: Certificate;
}

export interface VerifiedPackage extends VerifiedManifest {
  /** Of the whole file, bytes. */
  readonly size: number;
}

/**
 * The early check, from `manifest.json` and `manifest.p7s` alone, before a body is sent: every refusal but those of the parts.
 * Throws `package/manifest-*`, `package/format-unknown`, `package/suite-unknown`, `package/part-*`, `package/too-large`,
 * `package/signature-malformed`, `package/signature-invalid`, `package/signer-foreign`, `certificate/*`, `package/lifetime`,
 * `package/suite-weak`, `package/expired`, `package/clock-ahead`.
 */
export function verifyManifest(
  manifestBytes: Uint8Array,
  signatureBytes: Uint8Array,
  options: VerifyOptions,
): VerifiedManifest {
  const manifest = decodeManifest(manifestBytes);
  admitSuite(manifest.suite, options.least);
  const { signer, intermediates, checkOnlyForm } = readManifestSignature(manifest, manifestBytes, signatureBytes);
  if (signer.sha256 !== manifest.booth.certificateSha256 || signer.commonName !== manifest.booth.id)
    throw new KabinaError("package/signer-foreign", { booth: manifest.booth.id, signer: signer.commonName ?? "" });
  if (signer.keyAlgorithm !== suites[manifest.suite].signs)
    throw new KabinaError("package/signer-foreign", { booth: manifest.booth.id, signer: manifest.suite });
  const { at, revoked } = judgeSigner(manifest, signer, options);
  // Before the certificates: a clock that is years ahead would show as their fault.
  checkClock(at, options.now);
  const path = validatePath({
    leaf: signer,
    intermediates,
    anchors: options.anchors,
    at,
    purpose: oids.kabinaPackageSigning,
    usage: "digitalSignature",
    revoked,
  });
  checkOnlyForm(path);
  checkTimes(new Date(manifest.createdAt), new Date(manifest.notAfter), at, options.now);
  return { manifest, manifestBytes, signatureBytes, signer };
}

/** Verifies a whole package without opening it; memory is bounded by the manifest. Throws what `verifyManifest` and `readParts` throw. */
export async function verifyPackage(
  source: PackageSource,
  options: VerifyOptions,
): Promise<VerifiedPackage & { readonly sha256: string }> {
  return closing(new PackageReader(source, true), async (reader) => {
    const verified = await walk(reader, options, checkPart);
    return { ...verified, sha256: reader.sha256() };
  });
}

/** The content of the entry just met must be what the manifest says. Throws `package/part-changed`. */
export const checkPart: PartVisitor = async (reader, entry, part) => {
  const hash = createHash("sha256");
  for await (const piece of reader.pieces(entry)) hash.update(piece);
  if (hash.digest("hex") !== part.sha256) throw new KabinaError("package/part-changed", { part: part.name });
};

/** What is done with the content of each part; it must read all of it. */
export type PartVisitor = (
  reader: PackageReader,
  entry: TarEntry,
  part: ManifestPart,
  manifest: VerifiedManifest,
) => Promise<void>;

/**
 * Walks a package in its one order, verifying manifest and signature before the first part. Throws besides: `package/truncated`,
 * `package/trailing-bytes`, `package/entry-malformed`, `package/manifest-missing`, and of the parts `package/part-missing`,
 * `package/part-doubled`, `package/part-foreign`, `package/part-reordered`, `package/part-changed`.
 */
export const readPackage = (
  source: PackageSource,
  options: VerifyOptions,
  visit: PartVisitor,
): Promise<VerifiedPackage> => closing(new PackageReader(source, false), (reader) => walk(reader, options, visit));

async function closing<T>(reader: PackageReader, read: (reader: PackageReader) => Promise<T>): Promise<T> {
  try {
    return await read(reader);
  } finally {
    await reader.close();
  }
}

async function walk(reader: PackageReader, options: VerifyOptions, visit: PartVisitor): Promise<VerifiedPackage> {
  const manifestBytes = await readNamed(reader, "manifest.json", packageLimits.manifestBytes);
  const signatureBytes = await readNamed(reader, "manifest.p7s", packageLimits.signatureBytes);
  const before = options.verified;
  const same = before && equal(before.manifestBytes, manifestBytes) && equal(before.signatureBytes, signatureBytes);
  const verified = same ? before : verifyManifest(manifestBytes, signatureBytes, options);
  const { parts } = verified.manifest;
  for (const [index, part] of parts.entries()) {
    const entry = await reader.entry(packageLimits.partBytes);
    if (entry?.name !== pathOf(part)) throw await misplaced(reader, parts, index, entry);
    if (entry.size !== part.size) throw new KabinaError("package/part-changed", { part: part.name });
    await visit(reader, entry, part, verified);
  }
  const extra = await reader.entry(packageLimits.partBytes);
  if (extra) throw await misplaced(reader, parts, parts.length, extra);
  await reader.end();
  return { ...verified, size: reader.size };
}

async function readNamed(reader: PackageReader, name: string, limit: number): Promise<Uint8Array> {
  const entry = await reader.entry(packageLimits.partBytes);
  if (entry?.name !== name) throw new KabinaError("package/manifest-missing", { expected: name });
  if (entry.size > limit) throw new KabinaError("package/manifest-too-large", { size: entry.size, limit });
  return reader.content(entry);
}

const pathOf = (part: ManifestPart): string => `parts/${part.name}.p7m`;

/** Says what is wrong when the entry met is not the one expected: reads the names of the rest to tell missing from reordered. */
async function misplaced(
  reader: PackageReader,
  parts: readonly ManifestPart[],
  index: number,
  met: TarEntry | undefined,
): Promise<KabinaError> {
  const listed = new Set(parts.map(pathOf));
  const seen = new Set(parts.slice(0, index).map(pathOf));
  for (let entry = met, count = 0; entry; entry = await reader.entry(packageLimits.partBytes)) {
    if (!listed.has(entry.name)) return new KabinaError("package/part-foreign", { part: entry.name });
    if (seen.has(entry.name)) return new KabinaError("package/part-doubled", { part: entry.name });
    if (++count > packageLimits.parts) break;
    seen.add(entry.name);
    for await (const _ of reader.pieces(entry));
  }
  const missing = parts.find((part) => !seen.has(pathOf(part)));
  if (missing) return new KabinaError("package/part-missing", { part: missing.name });
  return new KabinaError("package/part-reordered", { part: parts[index]?.name ?? "" });
}

function checkClock(createdAt: Date, now: Date): void {
  if (createdAt.getTime() > now.getTime() + packageLimits.clockAheadMinutes * minute)
    throw new KabinaError("package/clock-ahead", { created: createdAt.toISOString(), now: now.toISOString() });
}

/**
 * As of when the signer is judged. The heartbeat is read only where the booth's own word is not enough: a certificate that was taken back,
 * or a clock outside its life.
 */
function judgeSigner(
  manifest: Manifest,
  signer: Certificate,
  { anchors, now, revokedSince = () => null }: VerifyOptions,
): { readonly at: Date; readonly revoked: (certificate: Certificate) => boolean } {
  const claimed = new Date(manifest.createdAt);
  let known: TimeBounds | undefined;
  const bounds = () => {
    const revoked = (certificate: Certificate, at: Date) => at >= (revokedSince(certificate) ?? never);
    known ??= timeBounds(manifest, now, { anchors, revoked });
    return known;
  };
  const plausible = signer.notBefore <= claimed && claimed <= signer.notAfter && claimed <= now;
  return {
    at: plausible ? claimed : judgedAt(bounds()),
    revoked: (certificate) => {
      const since = revokedSince(certificate);
      return since !== null && standingOf(bounds(), since) === "refused";
    },
  };
}

const never = new Date(8.64e15);

/** Where evidence corrects the booth's clock, it corrects the end of the package's life as well. */
function checkTimes(createdAt: Date, notAfter: Date, at: Date, now: Date): void {
  checkLifetime(createdAt, notAfter);
  const end = new Date(notAfter.getTime() + (at.getTime() - createdAt.getTime()));
  if (now > end) throw new KabinaError("package/expired", { until: end.toISOString() });
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
