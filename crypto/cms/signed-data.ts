/** CMS SignedData (RFC 5652 §5): read any that documents and openssl carry, write ours. Made for packages, receipts and EF.SOD alike. */
import { createHash, timingSafeEqual } from "node:crypto";
import { Certificate } from "../certificate/certificate.ts";
import { sameName } from "../certificate/name.ts";
import { oids } from "../certificate/oids.ts";
import {
  type Digest,
  readDigest,
  readScheme,
  type SignatureScheme,
  verifySignature,
} from "../certificate/signature.ts";
import { type DerElement, type DerLimits, readDer } from "../der/reader.ts";
import { tags } from "../der/tags.ts";
import { KabinaError } from "../errors/kabina-error.ts";

/** Signatures and certificates in one message, at most. */
const mostSigners = 16;
const mostCertificates = 64;

/** How a SignerInfo names the certificate of its key. */
export type SignerIdentifier =
  | { readonly issuer: Uint8Array; readonly serialNumber: Uint8Array }
  | { readonly subjectKeyIdentifier: Uint8Array };

export interface SignerInfo {
  readonly id: SignerIdentifier;
  readonly digest: Digest;
  readonly scheme: SignatureScheme;
  readonly signature: Uint8Array;
  /** What the signature covers when there are signed attributes: their SET OF encoding (RFC 5652 §5.4). */
  readonly signedAttributes: Uint8Array | undefined;
  /** Values of each signed attribute, by its identifier. */
  readonly attributes: ReadonlyMap<string, readonly DerElement[]>;
}

export interface SignedData {
  /** 1, 3, 4 or 5. */
  readonly version: number;
  /** The content's type: `data`, or the type of the security object. */
  readonly contentType: string;
  /** The content; undefined when the signature is detached. */
  readonly content: Uint8Array | undefined;
  readonly certificates: readonly Certificate[];
  readonly signers: readonly SignerInfo[];
}

/**
 * Reads a ContentInfo with SignedData. Strict DER unless `encoding: "ber"` is asked for (documents of some countries, streamed
 * messages). Throws `cms/malformed`, `der/*`, `certificate/malformed`, `signature/algorithm-unknown`.
 */
export function parseSignedData(der: Uint8Array, limits: Partial<DerLimits> = {}): SignedData {
  const body = unwrap(readDer(der, limits), oids.signedData);
  const version = body.child(0).smallInteger();
  body.child(1, tags.set);
  const info = body.child(2, tags.sequence);
  const contentType = info.child(0).oid();
  const content = info.children.length > 1 ? info.child(1, 0xa0).child(0).octets() : undefined;
  let certificates: readonly Certificate[] = [];
  let signers: readonly SignerInfo[] | undefined;
  for (const field of body.children.slice(3)) {
    if (field.tag === 0xa0) certificates = readCertificates(field, limits);
    else if (field.tag === tags.set) signers = readSigners(field);
    else if (field.tag !== 0xa1) throw malformed("unexpected field");
  }
  if (![1, 3, 4, 5].includes(version)) throw malformed("version");
  if (!signers) throw malformed("no signer infos");
  return { version, contentType, content, certificates, signers };
}

/** The SEQUENCE inside a ContentInfo of the given type. Throws `cms/type` when it is of another. */
export function unwrap(contentInfo: DerElement, type: string): DerElement {
  const found = contentInfo.expect(tags.sequence).child(0).oid();
  if (found !== type) throw new KabinaError("cms/type", { found, expected: type });
  if (contentInfo.children.length !== 2) throw malformed("content info");
  const wrapper = contentInfo.child(1, 0xa0);
  if (wrapper.children.length !== 1) throw malformed("content info");
  return wrapper.child(0, tags.sequence);
}

/** True when the identifier names this certificate. */
export function identifies(id: SignerIdentifier, certificate: Certificate): boolean {
  if ("subjectKeyIdentifier" in id) return same(id.subjectKeyIdentifier, certificate.subjectKeyIdentifier);
  return same(id.serialNumber, certificate.serialNumber) && sameName(id.issuer, certificate.issuer);
}

/**
 * Checks one signature over the content with the certificate's key: not whether that certificate is trusted, nor whether the
 * signer's identifier names it (Malaysia's security objects order the issuer's name otherwise than their certificates). With signed
 * attributes: content type and message digest must be there once and right (RFC 5652 §5.3, §11), and signingCertificateV2,
 * where present, must name this certificate (RFC 5035 §5.4). Throws `cms/signature-invalid`, `cms/malformed`.
 */
export function verifySigner(
  signed: SignedData,
  signer: SignerInfo,
  certificate: Certificate,
  content: Uint8Array,
): void {
  let covered = content;
  if (signer.signedAttributes) {
    if (attribute(signer, oids.contentType).oid() !== signed.contentType) throw invalid("content type");
    const claimed = attribute(signer, oids.messageDigest).octets();
    const digest = createHash(signer.digest).update(content).digest();
    if (claimed.length !== digest.length || !timingSafeEqual(claimed, digest)) throw invalid("content digest");
    const named = signingCertificateHash(signer);
    if (named && !same(named.hash, createHash(named.digest).update(certificate.der).digest()))
      throw invalid("signing certificate");
    covered = signer.signedAttributes;
  } else if (signed.contentType !== oids.data) throw invalid("attributes are missing");
  if (!verifySignature(signer.scheme, certificate.publicKey, covered, signer.signature)) throw invalid("signature");
}

/** The single value of a signed attribute. Throws `cms/malformed` when there is not exactly one. */
export function attribute(signer: SignerInfo, oid: string): DerElement {
  const values = signer.attributes.get(oid);
  if (values?.length !== 1) throw malformed(`attribute ${oid}`);
  return values[0]!;
}

/** The signingTime attribute; undefined when absent. */
export function signingTime(signer: SignerInfo): Date | undefined {
  return signer.attributes.has(oids.signingTime) ? attribute(signer, oids.signingTime).time() : undefined;
}

/** RFC 5035 §4: the first ESSCertIDv2; its digest is SHA-256 unless it says otherwise. */
function signingCertificateHash(signer: SignerInfo): { digest: Digest; hash: Uint8Array } | undefined {
  if (!signer.attributes.has(oids.signingCertificateV2)) return undefined;
  const id = attribute(signer, oids.signingCertificateV2).child(0, tags.sequence).child(0, tags.sequence);
  const explicit = id.child(0).tag === tags.sequence;
  return { digest: explicit ? readDigest(id.child(0)) : "sha256", hash: id.child(explicit ? 1 : 0).octets() };
}

function readCertificates(field: DerElement, limits: Partial<DerLimits>): readonly Certificate[] {
  if (field.children.length > mostCertificates) throw malformed("too many certificates");
  const x509 = field.children.filter((choice) => choice.tag === tags.sequence);
  return x509.map((choice) => new Certificate(choice.raw, limits.encoding ? { encoding: limits.encoding } : {}));
}

function readSigners(field: DerElement): readonly SignerInfo[] {
  if (field.children.length > mostSigners) throw malformed("too many signers");
  return field.children.map(readSigner);
}

/** RFC 5652 §5.3. */
function readSigner(info: DerElement): SignerInfo {
  info.expect(tags.sequence);
  const version = info.child(0).smallInteger();
  const name = info.child(1);
  const id: SignerIdentifier =
    name.tag === 0x80
      ? { subjectKeyIdentifier: name.value }
      : { issuer: name.child(0, tags.sequence).raw, serialNumber: name.child(1).integerBytes() };
  if (version !== ("issuer" in id ? 1 : 3)) throw malformed("signer version");
  const digest = readDigest(info.child(2));
  const signed = info.child(3).tag === 0xa0 ? info.child(3) : undefined;
  const next = signed ? 4 : 3;
  const scheme = readScheme(info.child(next), digest);
  const rest = info.children.slice(next + 2);
  if (rest.length > 1 || (rest[0] && rest[0].tag !== 0xa1)) throw malformed("signer info");
  return {
    id,
    digest,
    scheme,
    signature: info.child(next + 1).octets(),
    signedAttributes: signed && asSet(signed.raw),
    attributes: signed ? readAttributes(signed) : new Map(),
  };
}

function readAttributes(field: DerElement): ReadonlyMap<string, readonly DerElement[]> {
  const attributes = new Map<string, readonly DerElement[]>();
  for (const entry of field.children) {
    const oid = entry.expect(tags.sequence).child(0).oid();
    if (attributes.has(oid)) throw malformed(`attribute ${oid} twice`);
    attributes.set(oid, entry.child(1, tags.set).children);
  }
  if (attributes.size === 0) throw malformed("no attributes");
  return attributes;
}

/** RFC 5652 §5.4: signed attributes are hashed as a SET OF, not as the [0] that they travel under. */
function asSet(implicit: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(implicit);
  copy[0] = tags.set;
  return copy;
}

const same = (a: Uint8Array, b: Uint8Array | undefined): boolean => b !== undefined && Buffer.compare(a, b) === 0;
const malformed = (reason: string): KabinaError => new KabinaError("cms/malformed", { reason });
const invalid = (reason: string): KabinaError => new KabinaError("cms/signature-invalid", { reason });
