/** An X.509 certificate (RFC 5280): what Kabina asks of it, read by the strict DER reader; its key by node:crypto. */
import { createHash, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { type DerElement, readDer } from "../der/reader.ts";
import { tags } from "../der/tags.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { sameName } from "./name.ts";
import { oids } from "./oids.ts";
import { remembered } from "./remembered.ts";

const largestCertificate = 64 * 1024; // bytes

export interface CertificateExtension {
  readonly critical: boolean;
  /** The DER inside the extension's OCTET STRING. */
  readonly value: Uint8Array;
}

/** By key id; and whether the key with that id made the signature on the certificate with that hash. */
const publicKeys = new Map<string, KeyObject>();
const signatures = new Map<string, boolean>();

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
  readonly signatureAlgorithm: string;
  readonly extensions: ReadonlyMap<string, CertificateExtension>;
  /** Lower-case hex SHA-256 of `publicKeyInfo`. */
  readonly keyId: string;
  /** Lower-case hex SHA-256 of `der`. */
  readonly sha256: string;
  readonly #names: DerElement;
  #publicKey: KeyObject | undefined;
  #x509: X509Certificate | undefined;

  /** Reads a DER certificate. Throws `certificate/malformed`. `limits.encoding: "ber"` for what foreign issuers wrote. */
  constructor(der: Uint8Array, limits: { readonly encoding?: "der" | "ber" } = {}) {
    const read = orMalformed(() => readFields(der, limits.encoding ?? "der"));
    this.der = der;
    this.serialNumber = read.serialNumber;
    this.issuer = read.issuer;
    this.notBefore = read.notBefore;
    this.notAfter = read.notAfter;
    this.#names = read.names;
    this.subject = read.names.raw;
    this.publicKeyInfo = read.publicKeyInfo;
    this.extensions = read.extensions;
    this.signatureAlgorithm = read.signatureAlgorithm;
    this.keyId = createHash("sha256").update(this.publicKeyInfo).digest("hex");
    this.sha256 = createHash("sha256").update(der).digest("hex");
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

  get publicKey(): KeyObject {
    this.#publicKey ??= orMalformed(() =>
      remembered(publicKeys, this.keyId, () =>
        createPublicKey({ key: Buffer.from(this.publicKeyInfo), format: "der", type: "spki" }),
      ),
    );
    return this.#publicKey;
  }

  /** node:crypto's own view, for checking signatures; it knows curves and paddings that WebCrypto lacks. */
  get x509(): X509Certificate {
    this.#x509 ??= new X509Certificate(this.der);
    return this.#x509;
  }

  /** The first common name of the subject; undefined when it has none. */
  get commonName(): string | undefined {
    return orMalformed(() => {
      for (const set of this.#names.children)
        for (const pair of set.children)
          if (pair.child(0).oid() === oids.commonName) return Buffer.from(pair.child(1).value).toString("utf8");
      return undefined;
    });
  }

  /** Serial number in lower-case hex. */
  get serialHex(): string {
    return Buffer.from(this.serialNumber).toString("hex");
  }

  /** The subject key identifier extension's bytes; undefined when absent. */
  get subjectKeyIdentifier(): Uint8Array | undefined {
    const extension = this.extensions.get(oids.subjectKeyIdentifier);
    return extension && orMalformed(() => readDer(extension.value).octets());
  }

  /** RFC 5280 §4.2.1.9; `undefined` when the extension is absent, and so not an authority. */
  get basicConstraints(): { readonly authority: boolean; readonly pathLength: number | undefined } | undefined {
    const extension = this.extensions.get(oids.basicConstraints);
    if (!extension) return undefined;
    return orMalformed(() => {
      const [first, second] = readDer(extension.value).expect(tags.sequence).children;
      const authority = first?.tag === tags.boolean && first.boolean();
      return { authority, pathLength: second?.smallInteger() };
    });
  }

  /** Bits of key usage that are set (RFC 5280 §4.2.1.3: 0 digitalSignature, 4 keyAgreement, 5 keyCertSign, 6 cRLSign). */
  keyUsage(bit: number): boolean {
    const extension = this.extensions.get(oids.keyUsage);
    if (!extension) return false;
    const { bytes } = orMalformed(() => readDer(extension.value).namedBits());
    return ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0;
  }

  /** Purposes of the extended key usage extension; empty when absent. */
  get extendedKeyUsage(): readonly string[] {
    const extension = this.extensions.get(oids.extendedKeyUsage);
    return extension ? orMalformed(() => readDer(extension.value).children.map((purpose) => purpose.oid())) : [];
  }

  /** True when names match and the issuer's key made this certificate's signature. */
  isSignedBy(issuer: Certificate): boolean {
    return remembered(signatures, `${this.sha256} ${issuer.sha256}`, () => {
      try {
        return sameName(this.issuer, issuer.subject) && this.x509.verify(issuer.publicKey);
      } catch {
        return false;
      }
    });
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
  const version = body.child(0).tag === 0xa0 ? 1 : 0;
  const field = (index: number, tag?: number) => body.child(index + version, tag);
  const validity = field(3, tags.sequence);
  return {
    serialNumber: field(0).integerBytes(),
    issuer: field(2, tags.sequence).raw,
    notBefore: validity.child(0).time(),
    notAfter: validity.child(1).time(),
    names: field(4, tags.sequence),
    publicKeyInfo: field(5, tags.sequence).raw,
    extensions: readExtensions(body.children.find((child) => child.tag === 0xa3)),
    signatureAlgorithm: outer.child(1, tags.sequence).child(0).oid(),
  };
}

function readExtensions(wrapper: DerElement | undefined): ReadonlyMap<string, CertificateExtension> {
  const extensions = new Map<string, CertificateExtension>();
  for (const extension of wrapper?.child(0, tags.sequence).children ?? []) {
    const id = extension.child(0).oid();
    if (extensions.has(id)) throw new KabinaError("certificate/malformed", { reason: `extension ${id} twice` });
    const second = extension.child(1);
    const critical = second.tag === tags.boolean && second.boolean();
    extensions.set(id, {
      critical,
      value: (critical || second.tag === tags.boolean ? extension.child(2) : second).octets(),
    });
  }
  return extensions;
}
