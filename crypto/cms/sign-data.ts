/** Writes CMS SignedData (RFC 5652 §5): one or more signers, signed attributes always. */
import { createHash } from "node:crypto";
import type { Certificate } from "../certificate/certificate.ts";
import { oids } from "../certificate/oids.ts";
import {
  digestAlgorithm,
  type SignatureScheme,
  type Signer,
  schemeOf,
  signatureAlgorithm,
} from "../certificate/signature.ts";
import { tags } from "../der/tags.ts";
import {
  contextConstructed,
  type DerValue,
  encode,
  integer,
  objectIdentifier,
  octetString,
  raw,
  sequence,
  setOf,
  tagged,
  time,
} from "../der/writer.ts";
import type { PrivateKeyHandle } from "../keys/key.ts";

export interface DataSigner extends Signer {
  /** Of the signing key. */
  readonly certificate: Certificate;
  /** Stated in the signingTime attribute when given; whole seconds. */
  readonly signingTime?: Date;
}

export interface SignDataOptions {
  /** `data` when absent. */
  readonly contentType?: string;
  /** Leaves the content out. */
  readonly detached: boolean;
  /** Certificates that travel along: the signers' own are not added by themselves. */
  readonly certificates: readonly Certificate[];
}

/** A signer over a key handle with its first certificate. */
export function handleSigner(key: PrivateKeyHandle, signingTime: Date): DataSigner {
  const scheme = schemeOf(key);
  return { scheme, certificate: key.chain[0]!, signingTime, sign: (data) => key.sign(data) };
}

/** A signature that was made, and what it was made over. */
export interface MadeSignature {
  readonly scheme: SignatureScheme;
  readonly certificate: Certificate;
  /** The SET OF encoding. */
  readonly signedAttributes: Uint8Array;
  readonly signature: Uint8Array;
}

/** Signs the content and returns the ContentInfo as DER. */
export async function signData(
  content: Uint8Array,
  signers: readonly DataSigner[],
  options: SignDataOptions,
): Promise<Uint8Array> {
  const contentType = options.contentType ?? oids.data;
  const made: MadeSignature[] = [];
  for (const signer of signers) {
    const { scheme, certificate } = signer;
    const signedAttributes = encode(setOf(...attributesOf(content, contentType, signer)));
    made.push({ scheme, certificate, signedAttributes, signature: await signer.sign(signedAttributes) });
  }
  return encodeSignedData(contentType, options.detached ? undefined : content, made, options.certificates);
}

/** The one DER form of a SignedData around signatures that were made already. */
export function encodeSignedData(
  contentType: string,
  content: Uint8Array | undefined,
  signatures: readonly MadeSignature[],
  certificates: readonly Certificate[],
): Uint8Array {
  const digests = [...new Set(signatures.map(({ scheme }) => scheme.digest))].map(digestAlgorithm);
  const sorted = certificates.map((certificate) => certificate.der).sort(Buffer.compare);
  const body = sequence(
    integer(contentType === oids.data ? 1 : 3), // RFC 5652 §5.1
    setOf(...digests),
    sequence(objectIdentifier(contentType), ...(content ? [contextConstructed(0, octetString(content))] : [])),
    ...(sorted.length ? [contextConstructed(0, ...sorted.map(raw))] : []),
    setOf(...signatures.map(signerInfo)),
  );
  return encode(sequence(objectIdentifier(oids.signedData), contextConstructed(0, body)));
}

function attributesOf(content: Uint8Array, contentType: string, signer: DataSigner): DerValue[] {
  return [
    attribute(oids.contentType, objectIdentifier(contentType)),
    attribute(oids.messageDigest, octetString(createHash(signer.scheme.digest).update(content).digest())),
    attribute(oids.signingCertificateV2, signingCertificate(signer.certificate)),
    ...(signer.signingTime ? [attribute(oids.signingTime, time(signer.signingTime))] : []),
  ];
}

/** RFC 5652 §5.3; signed attributes travel as [0] IMPLICIT. */
function signerInfo({ scheme, certificate, signedAttributes, signature }: MadeSignature): DerValue {
  const travelling = Uint8Array.from(signedAttributes);
  travelling[0] = 0xa0;
  return sequence(
    integer(1),
    sequence(raw(certificate.issuer), tagged(tags.integer, raw(certificate.serialNumber))),
    digestAlgorithm(scheme.digest),
    raw(travelling),
    signatureAlgorithm(scheme),
    octetString(signature),
  );
}

const attribute = (oid: string, value: DerValue): DerValue => sequence(objectIdentifier(oid), setOf(value));

/** RFC 5035 §3: SigningCertificateV2 with one ESSCertIDv2; SHA-256 is the default and so is left out. */
const signingCertificate = (certificate: Certificate): DerValue =>
  sequence(sequence(sequence(octetString(Buffer.from(certificate.sha256, "hex")))));
