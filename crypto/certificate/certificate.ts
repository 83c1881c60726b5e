/** An X.509 certificate (RFC 5280): what Kabina and travel documents ask of it, read by the strict DER reader; its key by node:crypto. */
import { createHash, type KeyObject, X509Certificate } from "node:crypto";
import { type DerElement, readDer } from "../der/reader.ts";
import type { Departure } from "../der/scan.ts";
import { tags } from "../der/tags.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { algorithmOf, type KeyAlgorithm, suiteKeyOf } from "../suites/registry.ts";
import { type KeyUsage, keyUsageBits } from "./key-usage.ts";
import { attributeOf, formatName, sameName } from "./name.ts";
import { oids } from "./oids.ts";
import { remembered } from "./remembered.ts";
import { readPublicKey, readScheme, type SignatureScheme, type VerificationKey, verifySignature } from "./signature.ts";

const largestCertificate = 64 * 1024; // bytes

export interface CertificateExtension {
  readonly critical: boolean;
  /** The DER inside the extension's OCTET STRING. */
  readonly value: Uint8Array;
}

/** By key id; and whether the key with that id made the signature on the certificate with that hash. */
const publicKeys = new Map<string, KeyObject>();
const signatures = new Map<string, boolean>();
/** Whether the certificate with the first hash was issued by the one with the second. */
const issuers = new Map<string, boolean>();
/** By hash. */
const certificates = new Map<string, Certificate>();

export class Certificate {
  readonly der: Uint8Array;
  /** Contents of the serial number INTEGER, as encoded. */
  readonly serialNumber: Uint8Array;
  /** DER of the issuer's and the subject's name. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** DER of the SubjectPublicKeyInfo. */
  readonly publicKeyInfo: Uint8Array;
  /** 1, 2 or 3. */
  readonly version: number;
  readonly signatureAlgorithm: string;
  /** Where the encoding is BER and not DER; empty unless BER was allowed. */
  readonly departures: ReadonlySet<Departure>;
  readonly extensions: ReadonlyMap<string, CertificateExtension>;
  /** Lower-case hex SHA-256 of `publicKeyInfo`. */
  readonly keyId: string;
  /** Lower-case hex SHA-256 of `der`. */
  readonly sha256: string;
  readonly #signed: { readonly body: Uint8Array; readonly algorithm: DerElement; readonly signature: Uint8Array };
  readonly #encoding: "der" | "ber";
  readonly #extensionValues = new Map<string, unknown>();
  #commonName: { readonly text: string | undefined } | undefined;
  #publicKey: KeyObject | undefined;
  #verificationKey: VerificationKey | undefined;
  #x509: X509Certificate | undefined;

  /** Reads a DER certificate. Throws `certificate/malformed`. `limits.encoding: "ber"` for what foreign issuers wrote. */
  constructor(der: Uint8Array, limits: { readonly encoding?: "der" | "ber" } = {}) {
    this.#encoding = limits.encoding ?? "der";
    const read = orMalformed(() => readFields(der, this.#encoding));
    this.der = der;
    this.serialNumber = read.serialNumber;
    this.issuer = read.issuer;
    this.notBefore = read.notBefore;
    this.notAfter = read.notAfter;
    this.subject = read.subject;
    this.version = read.version;
    this.departures = read.departures;
    this.#signed = read.signed;
    this.publicKeyInfo = read.publicKeyInfo;
    this.extensions = read.extensions;
    this.signatureAlgorithm = read.signatureAlgorithm;
    this.keyId = createHash("sha256").update(this.publicKeyInfo).digest("hex");
    this.sha256 = createHash("sha256").update(der).digest("hex");
  }

  /** The same for one that is met again and again, as a booth's own in all of its packages: DER only. */
  static known(der: Uint8Array): Certificate {
    const sha256 = createHash("sha256").update(der).digest("hex");
    // A copy: what is remembered must not keep the message in memory that it came in.
    return remembered(certificates, sha256, () => new Certificate(Uint8Array.from(der)));
  }

  /** Reads one or more certificates from PEM text. Throws `certificate/malformed`. */
  static fromPem(text: string): Certificate[] {
    const blocks = text.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? [];
    if (blocks.length === 0) throw new KabinaError("certificate/malformed", { reason: "no PEM certificate" });
    return blocks.map((block) => new Certificate(Buffer.from(block.replace(/-----[A-Z ]+-----|\s/g, ""), "base64")));
  }

  toPem(): string {
    const lines =
      Buffer.from(this.der)
        .toString("base64")
        .match(/.{1,64}/g) ?? [];
    return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
  }

  /** Throws `certificate/key-unreadable`. */
  get publicKey(): KeyObject {
    this.#publicKey ??= remembered(publicKeys, this.keyId, () => readPublicKey(this.publicKeyInfo));
    return this.#publicKey;
  }

  /** What its holder's signatures are checked with: also a key that node:crypto does not know. Throws `certificate/key-unreadable`. */
  get verificationKey(): VerificationKey {
    this.#verificationKey ??= suiteKeyOf(this.publicKeyInfo) ?? this.publicKey;
    return this.#verificationKey;
  }

  /** The algorithm of its key, when it is one of ours. */
  get keyAlgorithm(): KeyAlgorithm | undefined {
    return algorithmOf(this.publicKeyInfo);
  }

  /** node:crypto's own view, for TLS. */
  get x509(): X509Certificate {
    this.#x509 ??= new X509Certificate(this.der);
    return this.#x509;
  }

  /** The first common name of the subject; undefined when it has none. */
  get commonName(): string | undefined {
    this.#commonName ??= { text: orMalformed(() => attributeOf(this.subject, oids.commonName)) };
    return this.#commonName.text;
  }

  /** `C=…, O=…, CN=…` */
  get subjectText(): string {
    return orMalformed(() => formatName(this.subject));
  }

  get issuerText(): string {
    return orMalformed(() => formatName(this.issuer));
  }

  /** True when issuer and subject are the same name. */
  get selfIssued(): boolean {
    return sameName(this.issuer, this.subject);
  }

  /** Serial number in lower-case hex. */
  get serialHex(): string {
    return Buffer.from(this.serialNumber).toString("hex");
  }

  /** The subject key identifier extension's bytes; undefined when absent. */
  get subjectKeyIdentifier(): Uint8Array | undefined {
    return this.#read(oids.subjectKeyIdentifier, (value) => value.octets());
  }

  /** The key identifier of the authority key identifier extension; undefined when either is absent. */
  get authorityKeyIdentifier(): Uint8Array | undefined {
    return this.#read(oids.authorityKeyIdentifier, (value) => value.children.find(({ tag }) => tag === 0x80)?.value);
  }

  /** RFC 5280 §4.2.1.9; `undefined` when the extension is absent, and so not an authority. */
  get basicConstraints(): { readonly authority: boolean; readonly pathLength: number | undefined } | undefined {
    return this.#read(oids.basicConstraints, (value) => {
      const [first, second] = value.expect(tags.sequence).children;
      const named = first?.tag === tags.boolean;
      return { authority: named && first.boolean(), pathLength: (named ? second : first)?.smallInteger() };
    });
  }

  /** basicConstraints.cA. */
  get isAuthority(): boolean {
    return this.basicConstraints?.authority ?? false;
  }

  /** True when key usage is there and its bit is set (RFC 5280 §4.2.1.3). */
  keyUsage(bit: number): boolean {
    const bytes = this.#read(oids.keyUsage, (value) => value.namedBits().bytes);
    return ((bytes?.[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0;
  }

  /** The same; `undefined` when the certificate does not restrict its key. */
  mayUse(usage: KeyUsage): boolean | undefined {
    return this.extensions.has(oids.keyUsage) ? this.keyUsage(keyUsageBits[usage]) : undefined;
  }

  /** Purposes of the extended key usage extension; empty when absent. */
  get extendedKeyUsage(): readonly string[] {
    return this.#read(oids.extendedKeyUsage, (value) => value.children.map((purpose) => purpose.oid())) ?? [];
  }

  validAt(time: Date): boolean {
    return this.notBefore <= time && time <= this.notAfter;
  }

  /** How this certificate was signed. Throws `signature/algorithm-unknown`. */
  get scheme(): SignatureScheme {
    return readScheme(this.#signed.algorithm);
  }

  /** True when names match and the issuer's key made this certificate's signature; false also for what cannot be checked. */
  isSignedBy(issuer: Certificate): boolean {
    return remembered(issuers, `${this.sha256} ${issuer.sha256}`, () => {
      try {
        return sameName(this.issuer, issuer.subject) && this.isSignedWith(issuer);
      } catch {
        return false;
      }
    });
  }

  /** True when the issuer's key made this signature, whatever the names. Throws `signature/algorithm-unknown`, `certificate/key-unreadable`. */
  isSignedWith(issuer: Certificate): boolean {
    return remembered(signatures, `${this.sha256} ${issuer.keyId}`, () => this.verifiesWith(issuer.verificationKey));
  }

  /** The same for a key by itself. Throws `signature/algorithm-unknown`. */
  verifiesWith(key: VerificationKey): boolean {
    return verifySignature(this.scheme, key, this.#signed.body, this.#signed.signature);
  }

  /** What an extension says; undefined when the certificate has none of it. Throws `certificate/malformed`. */
  read<T>(oid: string, read: (value: DerElement) => T): T | undefined {
    const extension = this.extensions.get(oid);
    return extension && orMalformed(() => read(readDer(extension.value, { encoding: this.#encoding })));
  }

  /** The same for what is asked again and again, each extension in one way. */
  #read<T>(oid: string, read: (value: DerElement) => T): T | undefined {
    if (!this.#extensionValues.has(oid)) this.#extensionValues.set(oid, this.read(oid, read));
    return this.#extensionValues.get(oid) as T | undefined;
  }
}

/** What the DER reader or node:crypto cannot read is one failure to whoever asks. */
function orMalformed<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof KabinaError && !cause.code.startsWith("der/")) throw cause;
    const reason = cause instanceof KabinaError ? String(cause.details.reason ?? cause.code) : "key";
    throw new KabinaError("certificate/malformed", { reason }, { cause });
  }
}

/** RFC 5280 §4.1. */
function readFields(der: Uint8Array, encoding: "der" | "ber") {
  const outer = readDer(der, { depth: 16, elements: 2_000, bytes: largestCertificate, encoding }).expect(tags.sequence);
  const body = outer.child(0, tags.sequence);
  if (outer.children.length !== 3) throw outer.malformed("certificate of other than three parts");
  const versioned = body.child(0).tag === 0xa0 ? 1 : 0;
  const version = versioned ? body.child(0).child(0).smallInteger() + 1 : 1;
  if (version > 3) throw body.malformed("certificate version");
  const field = (index: number, tag?: number) => body.child(index + versioned, tag);
  const algorithm = outer.child(1, tags.sequence);
  if (Buffer.compare(algorithm.raw, field(1).raw) !== 0) throw algorithm.malformed("two signature algorithms");
  const validity = field(3, tags.sequence);
  const optional = body.children.slice(6 + versioned);
  for (const [index, { tag }] of optional.entries())
    if (![0x81, 0x82, 0xa3].includes(tag) || (index > 0 && tag <= optional[index - 1]!.tag))
      throw body.malformed("unexpected field");
  return {
    version,
    serialNumber: field(0).integerBytes(),
    issuer: field(2, tags.sequence).raw,
    notBefore: validity.child(0).time(),
    notAfter: validity.child(1).time(),
    subject: field(4, tags.sequence).raw,
    publicKeyInfo: field(5, tags.sequence).raw,
    extensions: readExtensions(optional.find(({ tag }) => tag === 0xa3)),
    signatureAlgorithm: algorithm.child(0).oid(),
    signed: { body: body.raw, algorithm, signature: outer.child(2).bits() },
    departures: outer.departures,
  };
}

/** The field around Extensions of a certificate or a list. Throws `der/malformed`, `certificate/malformed`. */
export function readExtensions(wrapper: DerElement | undefined): ReadonlyMap<string, CertificateExtension> {
  const extensions = new Map<string, CertificateExtension>();
  for (const extension of wrapper?.child(0, tags.sequence).children ?? []) {
    const id = extension.child(0).oid();
    if (extensions.has(id)) throw new KabinaError("certificate/malformed", { reason: `extension ${id} twice` });
    const flagged = extension.child(1).tag === tags.boolean;
    if (extension.children.length !== (flagged ? 3 : 2)) throw extension.malformed("extension");
    const critical = flagged && extension.child(1).boolean();
    extensions.set(id, { critical, value: extension.child(flagged ? 2 : 1).octets() });
  }
  return extensions;
}
