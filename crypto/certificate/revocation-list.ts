/** X.509 revocation lists (RFC 5280 §5): full, partial, delta and indirect ones. */
import { createHash } from "node:crypto";
import { type DerElement, readDer } from "../der/reader.ts";
import type { Departure } from "../der/scan.ts";
import { tags } from "../der/tags.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { type Certificate, type CertificateExtension, readExtensions } from "./certificate.ts";
import { keyUsageBits } from "./key-usage.ts";
import { canonicalName, sameName } from "./name.ts";
import { oids } from "./oids.ts";
import { revocationReasons } from "./revocation-builder.ts";
import { readScheme, type VerificationKey, verifySignature } from "./signature.ts";

/** The largest lists of countries are under 3 MB; a state's whole service under 20. */
const limits = { depth: 16, elements: 2_000_000, bytes: 64 * 1024 * 1024 } as const;

/** Every CRLReason (RFC 5280 §5.3.1) that a list may give; `removeFromList` only in delta lists. */
const listedReasons = {
  ...revocationReasons,
  certificateHold: 6,
  removeFromList: 8,
  privilegeWithdrawn: 9,
  attributeAuthorityCompromise: 10,
} as const;
export type ListedReason = keyof typeof listedReasons;

export interface RevokedEntry {
  readonly serialNumber: Uint8Array;
  /** When the authority took it back. */
  readonly revokedAt: Date;
  /** RFC 5280 §5.3.1. */
  readonly reason: ListedReason;
  /** Since when the key may have been in wrong hands (§5.3.2), where it is said. */
  readonly invalidSince: Date | undefined;
  /** The first critical entry extension that is not understood; who finds one may not use the list. */
  readonly unknownCritical: string | undefined;
}

export class RevocationList {
  readonly der: Uint8Array;
  /** DER of the issuer's name. */
  readonly issuer: Uint8Array;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | undefined;
  readonly version: number;
  readonly extensions: ReadonlyMap<string, CertificateExtension>;
  readonly departures: ReadonlySet<Departure>;
  /** Lower-case hex SHA-256 of `der`. */
  readonly sha256: string;
  readonly #signed: { readonly body: Uint8Array; readonly algorithm: DerElement; readonly signature: Uint8Array };
  readonly #revoked: DerElement | undefined;
  readonly #encoding: "der" | "ber";
  /** By issuer and serial number; made when it is first asked for. */
  #entries: Map<string, RevokedEntry> | undefined;

  /** Throws `revocation/malformed`. `encoding: "ber"` for what foreign issuers wrote. */
  constructor(der: Uint8Array, options: { readonly encoding?: "der" | "ber" } = {}) {
    this.der = der;
    this.#encoding = options.encoding ?? "der";
    const read = orMalformed(() => readFields(der, this.#encoding));
    this.issuer = read.issuer;
    this.thisUpdate = read.thisUpdate;
    this.nextUpdate = read.nextUpdate;
    this.version = read.version;
    this.extensions = read.extensions;
    this.departures = read.departures;
    this.sha256 = createHash("sha256").update(der).digest("hex");
    this.#signed = read.signed;
    this.#revoked = read.revoked;
  }

  /** Reads one or more lists from PEM text. Throws `revocation/malformed`. */
  static fromPem(text: string): RevocationList[] {
    const blocks = text.match(/-----BEGIN X509 CRL-----[A-Za-z0-9+/=\s]+-----END X509 CRL-----/g) ?? [];
    if (blocks.length === 0) throw new KabinaError("revocation/malformed");
    return blocks.map(
      (block) => new RevocationList(Buffer.from(block.replace(/-----[A-Z0-9 ]+-----|\s/g, ""), "base64")),
    );
  }

  /** Number of entries. */
  get size(): number {
    return this.#index().size;
  }

  /** The entry of a certificate; undefined when it is not on the list. Throws `revocation/malformed`. */
  entry(certificate: Pick<Certificate, "issuer" | "serialNumber">): RevokedEntry | undefined {
    return this.#index().get(keyOf(canonicalName(certificate.issuer), certificate.serialNumber));
  }

  /** True when an entry has a critical extension that is not understood: what is not on the list is then not known to be good. */
  hasUnknownCritical(): boolean {
    return [...this.#index().values()].some(({ unknownCritical }) => unknownCritical !== undefined);
  }

  /** Whether a certificate is not to be believed for what it did at a moment: from the suspected moment where one is named. */
  revokes(certificate: Pick<Certificate, "issuer" | "serialNumber">, at: Date): boolean {
    const found = this.entry(certificate);
    return found !== undefined && at >= (found.invalidSince ?? found.revokedAt);
  }

  /** The list's number (§5.2.3), which grows; undefined when it says none. */
  get number(): bigint | undefined {
    return this.read(oids.crlNumber, (value) => value.bigint());
  }

  /** Throws `revocation/foreign` unless the authority signed it and may. */
  assertSignedBy(authority: Certificate): void {
    const may = sameName(this.issuer, authority.subject) && authority.keyUsage(keyUsageBits.cRLSign);
    if (!may || !this.isSignedWith(authority))
      throw new KabinaError("revocation/foreign", { issuer: authority.commonName ?? "" });
  }

  /** True when the authority's key made the list's signature; its names and rights are not looked at. Throws `signature/algorithm-unknown`, `certificate/key-unreadable`. */
  isSignedWith(authority: Certificate): boolean {
    return this.verifiesWith(authority.verificationKey);
  }

  /** The same for a key by itself. Throws `signature/algorithm-unknown`. */
  verifiesWith(key: VerificationKey): boolean {
    const { body, algorithm, signature } = this.#signed;
    return verifySignature(readScheme(algorithm), key, body, signature);
  }

  /** What an extension of the list says; undefined when there is none. Throws `revocation/malformed`. */
  read<T>(oid: string, read: (value: DerElement) => T): T | undefined {
    const extension = this.extensions.get(oid);
    return extension && orMalformed(() => read(readDer(extension.value, { encoding: this.#encoding })));
  }

  #index(): ReadonlyMap<string, RevokedEntry> {
    this.#entries ??= orMalformed(() => readEntries(this.#revoked, this.issuer));
    return this.#entries;
  }
}

/** RFC 5280 §5.1. */
function readFields(der: Uint8Array, encoding: "der" | "ber") {
  const outer = readDer(der, { ...limits, encoding }).expect(tags.sequence);
  const body = outer.child(0, tags.sequence);
  if (outer.children.length !== 3) throw outer.malformed("list of other than three parts");
  const algorithm = outer.child(1, tags.sequence);
  const fields = [...body.children];
  const version = fields[0]?.tag === tags.integer ? fields.shift()!.smallInteger() + 1 : 1;
  if (version > 2) throw body.malformed("list version");
  const next = (): DerElement | undefined => fields.shift();
  const inner = next();
  const issuer = next();
  const thisUpdate = next();
  if (!inner || !issuer || !thisUpdate) throw body.malformed("list cut short");
  if (Buffer.compare(inner.raw, algorithm.raw) !== 0) throw inner.malformed("two signature algorithms");
  const isTime = fields[0]?.tag === tags.utcTime || fields[0]?.tag === tags.generalizedTime;
  const nextUpdate = isTime ? next()!.time() : undefined;
  const revoked = fields[0]?.tag === tags.sequence ? next() : undefined;
  const extensions = fields[0]?.tag === 0xa0 ? next() : undefined;
  if (fields.length > 0) throw body.malformed("unexpected field");
  return {
    version,
    issuer: issuer.expect(tags.sequence).raw,
    thisUpdate: thisUpdate.time(),
    nextUpdate,
    revoked,
    extensions: readExtensions(extensions),
    signed: { body: body.raw, algorithm, signature: outer.child(2).bits() },
    departures: outer.departures,
  };
}

/** RFC 5280 §5.3. In an indirect list an entry without an issuer has that of the one before (§5.3.3). */
function readEntries(revoked: DerElement | undefined, listIssuer: Uint8Array): Map<string, RevokedEntry> {
  const entries = new Map<string, RevokedEntry>();
  let issuer = canonicalName(listIssuer);
  for (const item of revoked?.children ?? []) {
    const serialNumber = item.expect(tags.sequence).child(0).integerBytes();
    const extensions = item.children[2] && extensionsIn(item.child(2, tags.sequence));
    const value = (oid: string) => {
      const extension = extensions?.get(oid);
      return extension && readDer(extension.value, { encoding: "ber" });
    };
    const named = value(oids.certificateIssuer)?.children.find(({ tag }) => tag === 0xa4);
    if (named) issuer = canonicalName(named.child(0, tags.sequence).raw);
    const unknownCritical = [...(extensions ?? [])].find(([oid, { critical }]) => critical && !understood.has(oid));
    entries.set(keyOf(issuer, serialNumber), {
      serialNumber,
      revokedAt: item.child(1).time(),
      reason: reasonOf(value(oids.reasonCode)?.expect(tags.enumerated).value[0]),
      invalidSince: value(oids.invalidityDate)?.time(),
      unknownCritical: unknownCritical?.[0],
    });
  }
  return entries;
}

const understood: ReadonlySet<string> = new Set([oids.certificateIssuer, oids.reasonCode, oids.invalidityDate]);

function extensionsIn(list: DerElement): ReadonlyMap<string, CertificateExtension> {
  const found = new Map<string, CertificateExtension>();
  for (const extension of list.children) {
    const critical = extension.child(1).tag === tags.boolean && extension.child(1).boolean();
    found.set(extension.child(0).oid(), { critical, value: extension.children.at(-1)!.octets() });
  }
  return found;
}

function reasonOf(code: number | undefined): ListedReason {
  const named = Object.entries(listedReasons).find(([, number]) => number === code);
  return (named?.[0] ?? "unspecified") as ListedReason;
}

const keyOf = (issuer: string, serial: Uint8Array): string => `${Buffer.from(serial).toString("hex")} ${issuer}`;

function orMalformed<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof KabinaError) || !/^(der|certificate|revocation)\//.test(cause.code)) throw cause;
    throw new KabinaError("revocation/malformed", {}, { cause });
  }
}
