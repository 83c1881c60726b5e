/** An issuer of documents that writes as the world's issuers do: every choice that the norms leave, and what some do beside them. For tests. */
import { constants, createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { type Extension, encodeExtension } from "../../crypto/certificate/builder.ts";
import { basicConstraints, keyUsage } from "../../crypto/certificate/extensions.ts";
import { oids } from "../../crypto/certificate/oids.ts";
import {
  bitString,
  contextConstructed,
  contextPrimitive,
  type DerValue,
  encode,
  integer,
  nullValue,
  objectIdentifier,
  octetString,
  raw,
  sequence,
  setOf,
  tagged,
  time,
} from "../../crypto/der/writer.ts";
import { ldsSecurityObjectOid } from "../../mrtd/lds/security-object.ts";

/** How a signature is named, and made. */
export interface ForeignScheme {
  readonly identifier: DerValue;
  sign(data: Uint8Array, key: KeyObject): Uint8Array;
}

const sha = { sha1: oids.sha1, sha224: oids.sha224, sha256: oids.sha256, sha384: oids.sha384, sha512: oids.sha512 };
export type ForeignDigest = keyof typeof sha;
export const digestIdentifier = (digest: ForeignDigest, parameters = true): DerValue =>
  sequence(objectIdentifier(sha[digest]), ...(parameters ? [nullValue()] : []));

export const ecdsa = (digest: ForeignDigest): ForeignScheme => ({
  identifier: sequence(
    objectIdentifier(
      `1.2.840.10045.4.${digest === "sha1" ? "1" : `3.${["sha224", "sha256", "sha384", "sha512"].indexOf(digest) + 1}`}`,
    ),
  ),
  sign: (data, key) => sign(digest, data, key),
});
export const pkcs1 = (digest: ForeignDigest, identifier?: DerValue): ForeignScheme => ({
  identifier:
    identifier ??
    sequence(
      objectIdentifier(`1.2.840.113549.1.1.${{ sha1: 5, sha224: 14, sha256: 11, sha384: 12, sha512: 13 }[digest]}`),
      nullValue(),
    ),
  sign: (data, key) => sign(digest, data, { key, padding: constants.RSA_PKCS1_PADDING }),
});
export const pss = (digest: ForeignDigest, saltLength: number): ForeignScheme => ({
  identifier: sequence(
    objectIdentifier(oids.rsaPss),
    sequence(
      contextConstructed(0, digestIdentifier(digest)),
      contextConstructed(1, sequence(objectIdentifier(oids.mgf1), digestIdentifier(digest))),
      contextConstructed(2, integer(saltLength)),
    ),
  ),
  sign: (data, key) => sign(digest, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }),
});

export const ecKey = (namedCurve = "P-256", paramEncoding: "named" | "explicit" = "named"): KeyObject =>
  generateKeyPairSync("ec", { namedCurve, paramEncoding }).privateKey;

/** String types of a name's attributes. */
const strings = { printable: 0x13, utf8: 0x0c, teletex: 0x14, bmp: 0x1e, universal: 0x1c } as const;
export type StringType = keyof typeof strings;

export function nameOf(type: StringType, ...attributes: readonly (readonly [oid: string, text: string])[]): Uint8Array {
  const bytes = (text: string) => {
    if (type === "bmp") return Buffer.from(text, "utf16le").swap16();
    if (type === "universal")
      return Buffer.concat(
        [...text].map((one) => Buffer.from([0, 0, one.codePointAt(0)! >> 8, one.codePointAt(0)! & 0xff])),
      );
    return Buffer.from(text, type === "utf8" ? "utf8" : "latin1");
  };
  const pair = ([oid, text]: readonly [string, string]) =>
    setOf(sequence(objectIdentifier(oid), tagged(strings[type], raw(bytes(text)))));
  return encode(sequence(...attributes.map(pair)));
}

export interface ForeignCertificate {
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly key: KeyObject;
  readonly signingKey: KeyObject;
  readonly scheme: ForeignScheme;
  readonly extensions?: readonly Extension[];
  readonly serial?: number;
  readonly from?: Date;
  readonly until?: Date;
}

export function foreignCertificate(made: ForeignCertificate): Uint8Array {
  const { scheme, serial = 7, from = new Date("2020-01-01"), until = new Date("2035-01-01"), extensions = [] } = made;
  const body = encode(
    sequence(
      contextConstructed(0, integer(2)),
      integer(serial),
      scheme.identifier,
      raw(made.issuer),
      sequence(time(from), time(until)),
      raw(made.subject),
      raw(createPublicKey(made.key).export({ format: "der", type: "spki" })),
      ...(extensions.length > 0 ? [contextConstructed(3, sequence(...extensions.map(encodeExtension)))] : []),
    ),
  );
  return encode(sequence(raw(body), scheme.identifier, bitString(scheme.sign(body, made.signingKey))));
}

export const authorityExtensions: readonly Extension[] = [keyUsage("keyCertSign", "cRLSign"), basicConstraints(0)];
export const signerExtensions: readonly Extension[] = [keyUsage("digitalSignature")];

export interface ForeignSecurityObject {
  readonly certificate: Uint8Array;
  readonly key: KeyObject;
  readonly scheme: ForeignScheme;
  readonly dataGroups: Readonly<Record<number, Uint8Array>>;
  /** Of the data groups' hashes. */
  readonly hash?: ForeignDigest;
  /** Names that hash, where it is another than one of ours. */
  readonly hashIdentifier?: DerValue;
  /** Of the content, in the signed attributes. */
  readonly digest?: ForeignDigest;
  readonly version?: 0 | 1;
  /** How the signer is named. */
  readonly signer: DerValue;
  readonly attributes?: boolean;
  readonly certificates?: readonly Uint8Array[];
  readonly contentType?: string;
}

export const byIssuer = (issuer: Uint8Array, serial = 7): DerValue => sequence(raw(issuer), integer(serial));
export const byKeyIdentifier = (id: Uint8Array): DerValue => contextPrimitive(0, id);

export function foreignSecurityObject(made: ForeignSecurityObject): Uint8Array {
  const { hash = "sha256", digest = "sha256", version = 0, attributes = true, scheme, key } = made;
  const { contentType = ldsSecurityObjectOid, certificates = [made.certificate] } = made;
  const hashes = Object.entries(made.dataGroups).map(([number, bytes]) =>
    sequence(integer(Number(number)), octetString(createHash(hash).update(bytes).digest())),
  );
  const printable = (text: string) => tagged(strings.printable, raw(Buffer.from(text)));
  const content = encode(
    sequence(
      integer(version),
      made.hashIdentifier ?? digestIdentifier(hash),
      sequence(...hashes),
      ...(version === 1 ? [sequence(printable("0108"), printable("040000"))] : []),
    ),
  );
  const signedAttributes = encode(
    setOf(
      sequence(objectIdentifier(oids.contentType), setOf(objectIdentifier(contentType))),
      sequence(objectIdentifier(oids.messageDigest), setOf(octetString(createHash(digest).update(content).digest()))),
    ),
  );
  const signature = scheme.sign(attributes ? signedAttributes : content, key);
  const signedData = sequence(
    integer(3),
    setOf(digestIdentifier(digest)),
    sequence(objectIdentifier(contentType), contextConstructed(0, octetString(content))),
    ...(certificates.length > 0 ? [contextConstructed(0, ...certificates.map(raw))] : []),
    setOf(
      sequence(
        integer(1),
        made.signer,
        digestIdentifier(digest, false),
        ...(attributes ? [raw(Uint8Array.from([0xa0, ...signedAttributes.subarray(1)]))] : []),
        scheme.identifier,
        octetString(signature),
      ),
    ),
  );
  return encode(tagged(0x77, sequence(objectIdentifier(oids.signedData), contextConstructed(0, signedData))));
}

export interface ForeignList {
  readonly issuer: Uint8Array;
  readonly key: KeyObject;
  readonly revoked?: readonly number[];
  readonly from?: Date;
  readonly until?: Date;
  readonly extensions?: readonly Extension[];
  readonly entryExtensions?: readonly Extension[];
}

export function foreignList({
  issuer,
  key,
  revoked = [],
  extensions = [],
  entryExtensions = [],
  ...rest
}: ForeignList) {
  const scheme = ecdsa("sha256");
  const { from = new Date("2026-05-01"), until = new Date("2026-12-01") } = rest;
  const entry = (serial: number) =>
    sequence(
      integer(serial),
      time(from),
      ...(entryExtensions.length > 0 ? [sequence(...entryExtensions.map(encodeExtension))] : []),
    );
  const body = encode(
    sequence(
      integer(1),
      scheme.identifier,
      raw(issuer),
      time(from),
      time(until),
      ...(revoked.length > 0 ? [sequence(...revoked.map(entry))] : []),
      ...(extensions.length > 0 ? [contextConstructed(0, sequence(...extensions.map(encodeExtension)))] : []),
    ),
  );
  return encode(sequence(raw(body), scheme.identifier, bitString(scheme.sign(body, key))));
}
