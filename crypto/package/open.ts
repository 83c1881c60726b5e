/** Opens a package: what `verify` checks, then each part's binding, key and tag; plaintext comes out last. */
import { createHash } from "node:crypto";
import { type AuthEnvelope, openEnvelope, parseAuthEnvelope } from "../cms/auth-envelope.ts";
import { isCoded, KabinaError } from "../errors/kabina-error.ts";
import type { PrivateKeyHandle } from "../keys/key.ts";
import type { ManifestPart } from "./manifest.ts";
import { partContext } from "./part-context.ts";
import {
  checkPart,
  type PackageSource,
  readPackage,
  type VerifiedManifest,
  type VerifiedPackage,
  type VerifyOptions,
} from "./verify.ts";

export interface OpenOptions extends VerifyOptions {
  /** `server-recipient` keys: the current one, and older ones while packages to them may still come. */
  readonly recipients: readonly PrivateKeyHandle[];
}

export interface OpenedPart extends Pick<ManifestPart, "name" | "mediaType"> {
  readonly plaintext: Uint8Array;
}

export interface OpenedPackage extends VerifiedPackage {
  /** Names of parts that are for other recipients only. */
  readonly unopened: readonly string[];
}

/**
 * Opens a package part by part in manifest order: `onPart` gets each plaintext after the signature, the part's hash, its binding
 * to this package and its GCM tag have all verified. From a path the whole package is verified before the first part is
 * released; from a stream the caller must drop what it got when this throws (a later part may be bad or missing).
 * Throws what `verifyPackage` throws, and `package/recipient-wrong`, `package/part-malformed`, `package/part-unbound`,
 * `package/part-undecryptable`.
 */
export async function openPackage(
  source: PackageSource,
  options: OpenOptions,
  onPart: (part: OpenedPart) => void | Promise<void>,
): Promise<OpenedPackage> {
  if (typeof source === "string") await readPackage(source, options, checkPart);
  const unopened: string[] = [];
  let opened = 0;
  const verified = await readPackage(source, options, async (reader, entry, part, package_) => {
    const bytes = await reader.content(entry);
    if (createHash("sha256").update(bytes).digest("hex") !== part.sha256)
      throw new KabinaError("package/part-changed", { part: part.name });
    const envelope = readEnvelope(bytes, part, package_);
    const key = options.recipients.find(({ keyId }) => part.recipients.includes(keyId));
    if (!key) {
      unopened.push(part.name);
      return;
    }
    const plaintext = await openEnvelope(envelope, key).catch((cause: unknown) => {
      // The package may be sound: the key was not at hand.
      if (isCoded(cause) && cause.code.startsWith("token/")) throw cause;
      throw new KabinaError("package/part-undecryptable", { part: part.name }, { cause });
    });
    opened++;
    await onPart({ name: part.name, mediaType: part.mediaType, plaintext });
  });
  if (opened === 0) throw new KabinaError("package/recipient-wrong", {});
  return { ...verified, unopened };
}

/** The envelope must be for whom the manifest says, and made for this place in this package. */
function readEnvelope(bytes: Uint8Array, part: ManifestPart, { manifest }: VerifiedManifest): AuthEnvelope {
  let envelope: AuthEnvelope;
  try {
    envelope = parseAuthEnvelope(bytes);
  } catch (cause) {
    throw new KabinaError("package/part-malformed", { part: part.name }, { cause });
  }
  const named = envelope.recipients.map(({ id }) =>
    "subjectKeyIdentifier" in id ? hexOf(id.subjectKeyIdentifier) : "",
  );
  if (named.sort().join() !== [...part.recipients].sort().join())
    throw new KabinaError("package/part-malformed", { part: part.name });
  const context = partContext({
    ...part,
    packageId: manifest.packageId,
    certificateSha256: manifest.booth.certificateSha256,
  });
  for (const recipient of envelope.recipients)
    if (!recipient.context || Buffer.compare(recipient.context, context) !== 0)
      throw new KabinaError("package/part-unbound", { part: part.name });
  return envelope;
}

const hexOf = ({ buffer, byteOffset, length }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, length).toString("hex");
