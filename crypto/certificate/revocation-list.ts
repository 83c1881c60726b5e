/** Certificate revocation lists (RFC 5280 §5): what an authority has taken back, since when, and why. */
import { readDer } from "../der/reader.ts";
import { tags } from "../der/tags.ts";
import {
  bitString,
  contextConstructed,
  type DerValue,
  encode,
  integer,
  raw,
  sequence,
  tagged,
  time,
  unsignedInteger,
} from "../der/writer.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { encodeExtension } from "./builder.ts";
import type { Certificate } from "./certificate.ts";
import { authorityKeyIdentifier, keyUsageBits } from "./extensions.ts";
import { sameName } from "./name.ts";
import { oids } from "./oids.ts";
import { readScheme, type Signer, signatureAlgorithm, verifySignature } from "./signature.ts";

/** CRLReason (RFC 5280 §5.3.1), those that Kabina uses. */
export const revocationReasons = {
  unspecified: 0,
  keyCompromise: 1,
  authorityCompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
} as const;
export type RevocationReason = keyof typeof revocationReasons;

export interface Revocation {
  /** Contents of the serial number INTEGER. */
  readonly serialNumber: Uint8Array;
  /** When the authority took it back. */
  readonly revokedAt: Date;
  readonly reason: RevocationReason;
  /** Since when it is no longer to be believed (RFC 5280 §5.3.2): the suspected moment, before `revokedAt`. */
  readonly invalidSince?: Date | undefined;
}

export interface RevocationListFields {
  readonly issuer: Certificate;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** Grows with every list of an authority; a list with a lower one is an older one. */
  readonly number: number;
  readonly revocations: readonly Revocation[];
}

/** Bytes of a list: some 50 a revocation. */
const largestList = 16 * 1024 * 1024;
const mostElements = 4_000_000;

/** Signs a list; its DER. */
export async function buildRevocationList(fields: RevocationListFields, signer: Signer): Promise<Uint8Array> {
  const { issuer, revocations } = fields;
  const entries = revocations.map(encodeEntry);
  const extensions = [
    authorityKeyIdentifier(issuer.subjectKeyIdentifier ?? Buffer.from(issuer.keyId, "hex")),
    { oid: oids.crlNumber, critical: false, value: integer(fields.number) },
  ];
  const body = encode(
    sequence(
      integer(1),
      signatureAlgorithm(signer.scheme),
      raw(issuer.subject),
      time(fields.thisUpdate),
      time(fields.nextUpdate),
      ...(entries.length > 0 ? [sequence(...entries)] : []),
      contextConstructed(0, sequence(...extensions.map(encodeExtension))),
    ),
  );
  return encode(sequence(raw(body), signatureAlgorithm(signer.scheme), bitString(await signer.sign(body))));
}

function encodeEntry({ serialNumber, revokedAt, reason, invalidSince }: Revocation): DerValue {
  const extensions: DerValue[] = [];
  if (reason !== "unspecified") {
    const value = tagged(tags.enumerated, raw(Uint8Array.of(revocationReasons[reason])));
    extensions.push(encodeExtension({ oid: oids.reasonCode, critical: false, value }));
  }
  if (invalidSince)
    extensions.push(
      encodeExtension({ oid: oids.invalidityDate, critical: false, value: generalizedTime(invalidSince) }),
    );
  return sequence(
    unsignedInteger(serialNumber),
    time(revokedAt),
    ...(extensions.length > 0 ? [sequence(...extensions)] : []),
  );
}

/** InvalidityDate and everything in OCSP is a GeneralizedTime whatever the year. */
export const generalizedTime = (at: Date): DerValue =>
  tagged(tags.generalizedTime, raw(Buffer.from(at.toISOString().replace(/[-:T]|\.\d+(?=Z)/g, ""), "latin1")));

/** A list that was read; believed only after `assertSignedBy`. */
export class RevocationList {
  readonly der: Uint8Array;
  readonly issuer: Uint8Array;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly number: number;
  readonly #entries: ReadonlyMap<string, Revocation>;
  readonly #signed: ReturnType<typeof readSigned>;

  /** Throws `revocation/malformed`. */
  constructor(der: Uint8Array) {
    try {
      const signed = readSigned(der);
      this.#signed = signed;
      this.der = der;
      const fields = signed.body.children;
      const [, , issuer, thisUpdate, nextUpdate] = fields;
      this.issuer = issuer!.expect(tags.sequence).raw;
      this.thisUpdate = thisUpdate!.time();
      this.nextUpdate = nextUpdate!.time();
      const list = fields[5]?.tag === tags.sequence ? fields[5] : undefined;
      this.number = readNumber(fields.at(-1)!);
      this.#entries = new Map(
        (list?.children ?? []).map((entry) => {
          const revocation = readEntry(entry);
          return [Buffer.from(revocation.serialNumber).toString("hex"), revocation];
        }),
      );
    } catch (cause) {
      throw new KabinaError("revocation/malformed", {}, { cause });
    }
  }

  /** Throws `revocation/foreign` unless the authority signed it. */
  assertSignedBy(authority: Certificate): void {
    const { body, algorithm, signature } = this.#signed;
    const right =
      sameName(this.issuer, authority.subject) &&
      authority.keyUsage(keyUsageBits.cRLSign) &&
      verifySignature(readScheme(algorithm), authority.publicKey, body.raw, signature);
    if (!right) throw new KabinaError("revocation/foreign", { issuer: authority.commonName ?? "" });
  }

  get size(): number {
    return this.#entries.size;
  }

  find(serialNumber: Uint8Array): Revocation | undefined {
    return this.#entries.get(Buffer.from(serialNumber).toString("hex"));
  }

  /** Whether a certificate is not to be believed for what it did at a moment: from the suspected moment where one is named. */
  revokes(certificate: Pick<Certificate, "serialNumber">, at: Date): boolean {
    const found = this.find(certificate.serialNumber);
    return found !== undefined && at >= (found.invalidSince ?? found.revokedAt);
  }
}

function readSigned(der: Uint8Array) {
  const outer = readDer(der, { bytes: largestList, elements: mostElements, depth: 12 }).expect(tags.sequence);
  return { body: outer.child(0, tags.sequence), algorithm: outer.child(1), signature: outer.child(2).bits() };
}

function readNumber(wrapper: ReturnType<typeof readDer>): number {
  for (const extension of wrapper.expect(0xa0).child(0, tags.sequence).children)
    if (extension.child(0).oid() === oids.crlNumber) return readDer(extension.children.at(-1)!.octets()).smallInteger();
  throw new KabinaError("revocation/malformed");
}

function readEntry(entry: ReturnType<typeof readDer>): Revocation {
  let reason: RevocationReason = "unspecified";
  let invalidSince: Date | undefined;
  for (const extension of entry.children[2]?.children ?? []) {
    const oid = extension.child(0).oid();
    const value = readDer(extension.children.at(-1)!.octets());
    if (oid === oids.invalidityDate) invalidSince = value.time();
    if (oid === oids.reasonCode) {
      const code = value.expect(tags.enumerated).value[0];
      const named = Object.entries(revocationReasons).find(([, number]) => number === code);
      reason = (named?.[0] ?? "unspecified") as RevocationReason;
    }
  }
  return { serialNumber: entry.child(0).integerBytes(), revokedAt: entry.child(1).time(), reason, invalidSince };
}
