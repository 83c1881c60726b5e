/** X.509 certificates as far as travel documents need them (9303-12 §7.1, RFC 5280 §4): read here, keys and signatures by node:crypto. */
import type { KeyObject } from "node:crypto";
import { derTag, readBitString, readOid, readTime } from "../tlv/der.ts";
import { parseTlv, type TlvNode } from "../tlv/node.ts";
import { readPublicKey, readSignatureScheme, verifySignature } from "./algorithm.ts";
import { formatName, sameName } from "./name.ts";

export const extensionOid = {
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
} as const;

export interface Extension {
  readonly critical: boolean;
  readonly value: Uint8Array;
}

export class Certificate {
  readonly der: Uint8Array;
  /** Serial number, big-endian, as encoded. */
  readonly serial: Uint8Array;
  readonly issuer: TlvNode;
  readonly subject: TlvNode;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
  readonly extensions: ReadonlyMap<string, Extension>;
  readonly #tbs: Uint8Array;
  readonly #algorithm: TlvNode;
  readonly #signature: Uint8Array;
  #key: KeyObject | undefined;

  /** Throws `mrtd/tlv-malformed` when these bytes are no certificate. */
  constructor(der: Uint8Array, where = "certificate") {
    // Certificates of some states have lengths that BER allows and DER does not; their signature covers those very bytes.
    const node = parseTlv(der, { where, ber: true }).expect(derTag.sequence);
    const tbs = node.at(0, derTag.sequence);
    this.der = der;
    this.#tbs = tbs.raw;
    this.#algorithm = node.at(1, derTag.sequence);
    this.#signature = readBitString(node.at(2));
    const fields = tbs.children();
    const start = fields[0]?.tag === 0xa0 ? 1 : 0;
    this.serial = tbs.at(start, derTag.integer).value;
    this.issuer = tbs.at(start + 2, derTag.sequence);
    const validity = tbs.at(start + 3, derTag.sequence);
    this.notBefore = readTime(validity.at(0));
    this.notAfter = readTime(validity.at(1));
    this.subject = tbs.at(start + 4, derTag.sequence);
    this.spki = tbs.at(start + 5, derTag.sequence).raw;
    this.extensions = readExtensions(fields.slice(start + 6).find((field) => field.tag === 0xa3));
  }

  get key(): KeyObject {
    this.#key ??= readPublicKey(this.spki);
    return this.#key;
  }

  get subjectText(): string {
    return formatName(this.subject);
  }

  get issuerText(): string {
    return formatName(this.issuer);
  }

  get serialText(): string {
    return Buffer.from(this.serial).toString("hex");
  }

  get selfIssued(): boolean {
    return sameName(this.issuer, this.subject);
  }

  /** basicConstraints.cA (RFC 5280 §4.2.1.9). */
  get isAuthority(): boolean {
    const value = this.#extension(extensionOid.basicConstraints);
    return value?.children()[0]?.tag === derTag.boolean && value.at(0).value[0] !== 0;
  }

  /** Is this key usage bit set? `undefined` when the certificate does not restrict its key (RFC 5280 §4.2.1.3). */
  mayUse(usage: "digitalSignature" | "keyCertSign" | "cRLSign"): boolean | undefined {
    const bits = this.#extension(extensionOid.keyUsage)?.expect(derTag.bitString).value;
    if (bits === undefined) return undefined;
    const bit = { digitalSignature: 0x80, keyCertSign: 0x04, cRLSign: 0x02 }[usage];
    return ((bits[1] ?? 0) & bit) !== 0;
  }

  get subjectKeyIdentifier(): Uint8Array | undefined {
    return this.#extension(extensionOid.subjectKeyIdentifier)?.value;
  }

  get authorityKeyIdentifier(): Uint8Array | undefined {
    return this.#extension(extensionOid.authorityKeyIdentifier)?.find(0x80)?.value;
  }

  validAt(time: Date): boolean {
    return this.notBefore <= time && time <= this.notAfter;
  }

  /** Was this certificate signed with that one's key? Throws `proof/algorithm-unknown` and `proof/key-unreadable`. */
  signedBy(issuer: Certificate): boolean {
    return verifySignature(readSignatureScheme(this.#algorithm), issuer.key, this.#tbs, this.#signature);
  }

  #extension(id: string): TlvNode | undefined {
    const extension = this.extensions.get(id);
    return extension && parseTlv(extension.value, { where: `extension ${id}`, ber: true });
  }
}

function readExtensions(field: TlvNode | undefined): Map<string, Extension> {
  const extensions = new Map<string, Extension>();
  for (const item of field?.at(0, derTag.sequence).children() ?? []) {
    const id = readOid(item.at(0));
    if (extensions.has(id)) item.fail("extension-doubled");
    const critical = item.at(1).tag === derTag.boolean && item.at(1).value[0] !== 0;
    const value = item.children().at(-1)!.expect(derTag.octetString).value;
    extensions.set(id, { critical, value });
  }
  return extensions;
}
