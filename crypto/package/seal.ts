/** Seals a package: encrypts each part to its recipients, lists the ciphertexts in a manifest, signs it, writes the archive. */
import { createHash } from "node:crypto";
import type { Certificate } from "../certificate/certificate.ts";
import { keyUsageBits } from "../certificate/key-usage.ts";
import { oids } from "../certificate/oids.ts";
import { drawEnvelope, type EnvelopeSecrets, sealEnvelope } from "../cms/auth-envelope.ts";
import { handleSigner, signData } from "../cms/sign-data.ts";
import type { DerValue } from "../der/writer.ts";
import { writeDurably } from "../durable-file.ts";
import type { Clock, RandomBytes } from "../environment.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import type { PrivateKeyHandle } from "../keys/key.ts";
import type { SuiteId } from "../suites/names.ts";
import { admitSuite, receivingUsage, suiteOf, suites } from "../suites/registry.ts";
import { randomUuid } from "../uuid.ts";
import { ArchiveWriter } from "./archive-writer.ts";
import { bodyBytes, entryBytes } from "./body-scan.ts";
import { checkLifetime } from "./lifetime.ts";
import { packageLimits } from "./limits.ts";
import {
  encodeManifest,
  type Manifest,
  type ManifestPart,
  type Place,
  packageFormat,
  type TimeEvidence,
  toInstant,
} from "./manifest.ts";
import { partContext } from "./part-context.ts";

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
  /** The weakest suite that it may be sealed under (the policy's); any when absent. */
  readonly least?: SuiteId;
  /** In the order they stand in the package. */
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
  /** Of `manifest.json`: what the next package of the chain names. */
  readonly manifestSha256: string;
  /** Of the whole file, bytes. */
  readonly size: number;
}

type Write = (chunk: Uint8Array) => void | Promise<void>;

/** A part after its first encryption: its line of the manifest, and what makes the same ciphertext again. */
interface SealedPart {
  readonly source: SealPart;
  readonly line: ManifestPart;
  readonly secrets: EnvelopeSecrets;
  /** Kept only where the plaintext was in memory anyway. */
  readonly envelope: DerValue | undefined;
}

/**
 * Seals a package and gives its bytes to `write` in order. The manifest comes first and names every ciphertext's hash, so a
 * part given as a function is encrypted twice, with the same key and nonce and checked to give the same bytes; nothing but
 * the second result is written. Bytes are the same for the same request, clock, randomness and signature.
 * Throws `package/request-invalid`, `package/part-doubled`, `package/part-too-large`, `package/too-large`,
 * `package/recipient-invalid`, `package/signer-unfit`, `package/suite-weak`, `package/lifetime`.
 */
export async function sealPackage(request: SealRequest, tools: SealTools, write: Write): Promise<SealedPackage> {
  const certificate = tools.signer.chain[0];
  if (tools.signer.purpose !== "booth-identity" || certificate?.commonName !== request.boothId)
    throw new KabinaError("package/signer-unfit", { booth: request.boothId });
  const createdAt = tools.clock.now();
  checkLifetime(createdAt, request.notAfter);
  const suite = suiteOf(tools.signer.algorithm);
  admitSuite(suite, request.least);
  const packageId = request.packageId ?? randomUuid(tools.random);
  const within = { packageId, certificateSha256: certificate.sha256 };
  const parts: SealedPart[] = [];
  for (const part of request.parts) parts.push(await sealPart(part, within, suite, tools.random));

  const { place, policyHash, sessionId } = request;
  const { bootId, chain, counter, heartbeat, monotonicMs, previous } = request.time;
  // Names in their canonical order here and in `sealPart`: what is in order needs no sorting.
  const manifest: Manifest = {
    booth: { certificateSha256: certificate.sha256, id: request.boothId },
    createdAt: toInstant(createdAt),
    format: packageFormat,
    notAfter: toInstant(request.notAfter),
    packageId,
    parts: parts.map((part) => part.line),
    place,
    policyHash,
    sessionId,
    suite,
    time: { bootId, chain, counter, heartbeat, monotonicMs, previous },
  };
  const manifestBytes = encodeManifest(manifest);
  const signature = await signData(manifestBytes, [handleSigner(tools.signer, createdAt)], {
    detached: true,
    certificates: tools.signer.chain,
  });

  // Before the first byte is written: what no server would take is not made, and its captures stay where they are.
  const whole = entryBytes(manifestBytes.length) + entryBytes(signature.length) + bodyBytes(manifest);
  if (whole > packageLimits.packageBytes)
    throw new KabinaError("package/too-large", { size: whole, limit: packageLimits.packageBytes });

  const archive = new ArchiveWriter(write);
  await archive.entry("manifest.json", manifestBytes.length, [manifestBytes]);
  await archive.entry("manifest.p7s", signature.length, [signature]);
  for (const part of parts) {
    const { length, chunks } = part.envelope ?? (await sealAgain(part));
    await archive.entry(`parts/${part.line.name}.p7m`, length, chunks);
  }
  await archive.end();
  const manifestSha256 = createHash("sha256").update(manifestBytes).digest("hex");
  return { packageId, manifest, manifestSha256, size: archive.size };
}

/**
 * Seals into a file: written beside it, synced, renamed, folder synced. A failure leaves nothing. Throws also `file/disk-full`.
 * @param written is told after each piece how many bytes are written
 */
export function sealPackageToFile(
  path: string,
  request: SealRequest,
  tools: SealTools,
  written: (bytes: number) => void = () => {},
): Promise<SealedPackage> {
  let bytes = 0;
  return writeDurably(path, 0o600, (write) =>
    sealPackage(request, tools, async (chunk) => {
      await write(chunk);
      bytes += chunk.length;
      written(bytes);
    }),
  );
}

async function sealPart(
  source: SealPart,
  within: { readonly packageId: string; readonly certificateSha256: string },
  suite: SuiteId,
  random: RandomBytes,
): Promise<SealedPart> {
  for (const recipient of source.recipients)
    if (
      !recipient.keyUsage(keyUsageBits[receivingUsage(recipient.publicKeyInfo)]) ||
      !recipient.extendedKeyUsage.includes(oids.kabinaPackageRecipient) ||
      recipient.keyAlgorithm !== suites[suite].receives
    )
      throw new KabinaError("package/recipient-invalid", { part: source.name, recipient: recipient.commonName ?? "" });
  const { name, mediaType } = source;
  const secrets = drawEnvelope(source.recipients, partContext({ ...within, name, mediaType }), random);
  const envelope = sealEnvelope(await plaintextOf(source), secrets);
  const recipients = source.recipients.map((recipient) => recipient.keyId);
  const line = { mediaType, name, recipients, sha256: sha256Of(envelope), size: envelope.length };
  return { source, line, secrets, envelope: source.content instanceof Uint8Array ? envelope : undefined };
}

async function sealAgain(part: SealedPart): Promise<DerValue> {
  const envelope = sealEnvelope(await plaintextOf(part.source), part.secrets);
  if (sha256Of(envelope) !== part.line.sha256)
    throw new KabinaError("package/request-invalid", { reason: `part ${part.line.name} changed while it was sealed` });
  return envelope;
}

const plaintextOf = async (part: SealPart): Promise<Uint8Array> =>
  part.content instanceof Uint8Array ? part.content : part.content();

function sha256Of(value: DerValue): string {
  const hash = createHash("sha256");
  for (const chunk of value.chunks) hash.update(chunk);
  return hash.digest("hex");
}
