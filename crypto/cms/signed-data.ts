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
  type VerificationKey,
  verifySignature,
} from "../certificate/signature.ts";
import { type DerElement, type DerLimits, readDer } from "../der/reader.ts";
import type { Departure } from "../der/scan.ts";
import { tags } from "../der/tags.ts";
import { encode, raw, setOf, tagged } from "../der/writer.ts";
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
  /** The same in DER's order; only where an issuer that BER was allowed to wrote another. */
  readonly sortedAttributes: Uint8Array | undefined;
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
  /** Where the encoding is BER and not DER; empty unless BER was allowed. */
  readonly departures: ReadonlySet<Departure>;
}

/**
 * Reads a ContentInfo with SignedData. Strict DER unless `encoding: "ber"` is asked for (documents of some countries, streamed
 * messages). Throws `cms/malformed`, `der/*`, `certificate/malformed`, `signature/algorithm-unknown`.
 */
export function parseSignedData(der: Uint8Array, limits: Partial<DerLimits> = {}): SignedData {
  const document = readDer(der, limits);
  const body = unwrap(document, oids.signedData);
  const tolerant = limits.encoding === "ber";
  const version = body.child(0).smallInteger();
  body.child(1, tags.set);
  const info = body.child(2, tags.sequence);
  const contentType = info.child(0).oid();
  const content = info.children.length > 1 ? info.child(1, 0xa0).child(0).octets() : undefined;
  let certificates: readonly Certificate[] = [];
  let signers: readonly SignerInfo[] | undefined;
  for (const field of body.children.slice(3)) {
    if (field.tag === 0xa0) certificates = readCertificates(field, limits);
    else if (field.tag === tags.set) signers = readSigners(field, tolerant);
    else if (field.tag !== 0xa1) throw malformed("unexpected field");
  }
  if (![1, 3, 4, 5].includes(version)) throw malformed("version");
  if (!signers) throw malformed("no signer infos");
  const departures = new Set(document.departures);
  for (const certificate of certificates) for (const departure of certificate.departures) departures.add(departure);
  if (signers.some(({ sortedAttributes }) => sortedAttributes)) departures.add("signed-attributes-unsorted");
  // RFC 5652 §5.3: content of another type than `data` is signed by way of attributes.
  if (contentType !== oids.data && signers.some(({ signedAttributes }) => !signedAttributes)) {
    if (!tolerant) throw malformed("signed attributes are missing");
    departures.add("signed-attributes-missing");
  }
  return { version, contentType, content, certificates, signers, departures };
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

/** What is wrong with a signature. */
export type SignerFault = "content type" | "content digest" | "signing certificate" | "signature";

/**
 * Checks one signature over the content with the certificate's key: not whether that certificate is trusted, nor whether the
 * signer's identifier names it (Malaysia's security objects order the issuer's name otherwise than their certificates). With signed
 * attributes: content type and message digest must be there once and right (RFC 5652 §5.3, §11), and signingCertificateV2,
 * where present, must name this certificate (RFC 5035 §5.4). Returns the first fault. `key`: where it is not the certificate's alone (a DSA key
 * that inherits its parameters). Throws `cms/malformed`, `certificate/key-unreadable`.
 */
export function signerFault(
  signed: SignedData,
  signer: SignerInfo,
  certificate: Certificate,
  content: Uint8Array,
  key: VerificationKey = certificate.verificationKey,
): SignerFault | undefined {
  let covered = content;
  if (signer.signedAttributes) {
    const claimed = attribute(signer, oids.messageDigest).octets();
    const digest = createHash(signer.digest).update(content).digest();
    if (claimed.length !== digest.length || !timingSafeEqual(claimed, digest)) return "content digest";
    if (attribute(signer, oids.contentType).oid() !== signed.contentType) return "content type";
    const named = signingCertificateHash(signer);
    if (named && !same(named.hash, createHash(named.digest).update(certificate.der).digest()))
      return "signing certificate";
    covered = signer.signedAttributes;
  }
  const verifies = (bytes: Uint8Array) => verifySignature(signer.scheme, key, bytes, signer.signature);
  if (verifies(covered) || (signer.sortedAttributes && verifies(signer.sortedAttributes))) return undefined;
  return "signature";
}

/** The same as an error. Throws `cms/signature-invalid` besides. */
export function verifySigner(
  signed: SignedData,
  signer: SignerInfo,
  certificate: Certificate,
  content: Uint8Array,
): void {
  const fault = signerFault(signed, signer, certificate, content);
  if (fault !== undefined) throw new KabinaError("cms/signature-invalid", { reason: fault });
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
  return x509.map(({ raw: der }) =>
    limits.encoding === "ber" ? new Certificate(der, { encoding: "ber" }) : Certificate.known(der),
  );
}

function readSigners(field: DerElement, tolerant: boolean): readonly SignerInfo[] {
  if (field.children.length > mostSigners) throw malformed("too many signers");
  return field.children.map((info) => readSigner(info, tolerant));
}

/** RFC 5652 §5.3. */
function readSigner(info: DerElement, tolerant: boolean): SignerInfo {
  info.expect(tags.sequence);
  const version = info.child(0).smallInteger();
  const name = info.child(1);
  const id: SignerIdentifier =
    name.tag === 0x80
      ? { subjectKeyIdentifier: name.value }
      : { issuer: name.child(0, tags.sequence).raw, serialNumber: name.child(1).integerBytes() };
  if (version !== ("issuer" in id ? 1 : 3) && !tolerant) throw malformed("signer version");
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
    signedAttributes: signed && asSet(signed),
    sortedAttributes: signed && tolerant ? sortedSet(signed) : undefined,
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

/** RFC 5652 §5.4: signed attributes are hashed as a SET OF, not as the [0] that they travel under, and with a length in DER. */
const asSet = (implicit: DerElement): Uint8Array => encode(tagged(tags.set, raw(implicit.value)));

/** The SET OF as DER would order it, when that is not how it was written. */
function sortedSet(implicit: DerElement): Uint8Array | undefined {
  const sorted = encode(setOf(...implicit.children.map((entry) => raw(entry.raw))));
  return same(sorted, asSet(implicit)) ? undefined : sorted;
}

const same = (a: Uint8Array, b: Uint8Array | undefined): boolean => b !== undefined && Buffer.compare(a, b) === 0;
const malformed = (reason: string): KabinaError => new KabinaError("cms/malformed", { reason });
