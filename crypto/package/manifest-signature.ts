/** `manifest.p7s`: who signed a manifest, and that the signature has its one form. docs/formats/package.md §4. */
import { createHash } from "node:crypto";
import type { Certificate } from "../certificate/certificate.ts";
import { remember } from "../certificate/remembered.ts";
import { type SignatureScheme, schemeOf, verifySignature } from "../certificate/signature.ts";
import { encodeSignedData, type MadeSignature } from "../cms/sign-data.ts";
import { identifies, parseSignedData, type SignedData, signingTime, verifySigner } from "../cms/signed-data.ts";
import { tags } from "../der/tags.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import type { SuiteId } from "../suites/names.ts";
import { suites } from "../suites/registry.ts";
import { packageLimits } from "./limits.ts";
import { type Manifest, toInstant } from "./manifest.ts";

/** A signature that verifies, of a signer who is not judged yet. */
export interface ManifestSignature {
  readonly signer: Certificate;
  readonly intermediates: readonly Certificate[];
  /**
   * The signature has one form too: what we would have written around the same signature value and these certificates. Throws
   * `package/signature-malformed`.
   */
  checkOnlyForm(path: readonly Certificate[]): void;
}

/**
 * Reads a signature and verifies it over the manifest. Throws `package/manifest-too-large`, `package/signature-malformed`,
 * `package/signature-invalid`.
 */
export function readManifestSignature(
  manifest: Manifest,
  manifestBytes: Uint8Array,
  bytes: Uint8Array,
): ManifestSignature {
  if (bytes.length > packageLimits.signatureBytes)
    throw new KabinaError("package/manifest-too-large", { size: bytes.length, limit: packageLimits.signatureBytes });
  return readByForm(manifest, manifestBytes, bytes) ?? readAnew(manifest, manifestBytes, bytes);
}

function readAnew(manifest: Manifest, manifestBytes: Uint8Array, bytes: Uint8Array): ManifestSignature {
  const signed = parse(bytes);
  const info = signed.signers[0];
  const signer = signed.certificates.find((certificate) => info && identifies(info.id, certificate));
  if (!info || signed.signers.length !== 1 || !signer) throw malformed("not one signer with its certificate");
  try {
    verifySigner(signed, info, signer, manifestBytes);
  } catch (cause) {
    throw new KabinaError("package/signature-invalid", {}, { cause });
  }
  const { signedAttributes, signature, scheme } = info;
  const checkOnlyForm = (path: readonly Certificate[]) => {
    const at = signedAttributes && signingTime(info);
    if (!at || toInstant(at) !== manifest.createdAt) throw malformed("signing time is not the manifest's");
    const { kind, digest, algorithm } = schemeOf({ algorithm: suites[manifest.suite].signs });
    if (scheme.kind !== kind || scheme.digest !== digest || scheme.algorithm !== algorithm)
      throw malformed("algorithm");
    const chain = path.slice(0, -1);
    const made = { scheme, certificate: signer, signedAttributes, signature };
    const one = encodeSignedData(signed.contentType, undefined, [made], chain);
    if (!Buffer.from(one).equals(bytes)) throw malformed("not the one form");
    keepForm(manifest, manifestBytes, bytes, made, chain);
  };
  return { signer, intermediates: signed.certificates.filter((certificate) => certificate !== signer), checkOnlyForm };
}

function parse(bytes: Uint8Array): SignedData {
  try {
    return parseSignedData(bytes, { bytes: packageLimits.signatureBytes });
  } catch (cause) {
    throw new KabinaError("package/signature-malformed", { reason: reasonOf(cause) }, { cause });
  }
}

/**
 * A signature that was found to be in the one form. Another of the same signer, suite and length has three places in which it may differ: the manifest's
 * digest, the signing time, the signature's value. With these put in place it must be the same bytes, and then there is nothing in it to be read.
 */
interface Form {
  readonly signer: Certificate;
  /** The certificates in it. */
  readonly chain: readonly Certificate[];
  readonly scheme: SignatureScheme;
  readonly bytes: Buffer;
  readonly digest: Place;
  readonly time: Place;
  readonly attributes: Place;
  readonly signature: Place;
}
interface Place {
  readonly from: number;
  readonly to: number;
}
const forms = new Map<string, Form>();
const keyOf = (certificateSha256: string, suite: SuiteId, { length }: Uint8Array) =>
  `${certificateSha256} ${suite} ${length}`;

function keepForm(
  manifest: Manifest,
  manifestBytes: Uint8Array,
  signatureBytes: Uint8Array,
  { scheme, certificate: signer, signedAttributes, signature }: MadeSignature,
  chain: readonly Certificate[],
): void {
  if (!hasUtcTime(manifest)) return;
  const { suite, createdAt } = manifest;
  const bytes = Buffer.from(signatureBytes);
  const placeOf = (value: Uint8Array, after = 0): Place => {
    const from = bytes.indexOf(value, after);
    return { from, to: from + value.length };
  };
  const contents = placeOf(signedAttributes.subarray(1)); // they travel under another tag
  const attributes = { from: contents.from - 1, to: contents.to };
  remember(forms, keyOf(signer.sha256, suite, bytes), {
    signer,
    chain,
    scheme,
    bytes,
    digest: placeOf(digestOf(scheme, manifestBytes), attributes.from),
    time: placeOf(timeOf(createdAt), attributes.from),
    attributes,
    signature: { from: bytes.length - signature.length, to: bytes.length },
  });
}

/** The signature when it is in the form of one that was met before; undefined when it has to be read. */
function readByForm(manifest: Manifest, manifestBytes: Uint8Array, bytes: Uint8Array): ManifestSignature | undefined {
  const form = forms.get(keyOf(manifest.booth.certificateSha256, manifest.suite, bytes));
  if (!form || !hasUtcTime(manifest)) return undefined;
  const { signer, chain, scheme } = form;
  const one = Buffer.from(form.bytes);
  const signature = bytes.subarray(form.signature.from);
  const put = (value: Uint8Array, { from, to }: Place) => {
    const fits = value.length === to - from;
    if (fits) one.set(value, from);
    return fits;
  };
  const same =
    put(digestOf(scheme, manifestBytes), form.digest) &&
    put(timeOf(manifest.createdAt), form.time) &&
    put(signature, form.signature) &&
    one.equals(bytes);
  if (!same) return undefined;
  const attributes = one.subarray(form.attributes.from, form.attributes.to);
  attributes[0] = tags.set;
  if (!verifySignature(scheme, signer.verificationKey, attributes, signature))
    throw new KabinaError("package/signature-invalid", {});
  const checkOnlyForm = (path: readonly Certificate[]) => {
    const certificates = path.slice(0, -1);
    if (
      certificates.length !== chain.length ||
      certificates.some(({ sha256 }, index) => sha256 !== chain[index]?.sha256)
    )
      throw malformed("not the one form");
  };
  return { signer, intermediates: chain.filter((certificate) => certificate !== signer), checkOnlyForm };
}

const digestOf = ({ digest }: SignatureScheme, bytes: Uint8Array) => createHash(digest).update(bytes).digest();
/** RFC 5652 §11.3: later ones have four digits for the year, and so another length. */
const hasUtcTime = ({ createdAt }: Manifest) => createdAt >= "1950" && createdAt < "2050";
/** The digits of a UTCTime. */
const timeOf = (instant: string) => Buffer.from(instant.slice(2).replace(/[-:T]/g, ""), "latin1");

const malformed = (reason: string): KabinaError => new KabinaError("package/signature-malformed", { reason });
const reasonOf = (error: unknown): string =>
  error instanceof KabinaError ? String(error.details.reason ?? error.code) : "unreadable";
