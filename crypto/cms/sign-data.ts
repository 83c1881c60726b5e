/** Writes CMS SignedData (RFC 5652 §5): one or more signers, signed attributes always. */
import { createHash } from "node:crypto";
import type { Certificate } from "../certificate/certificate.ts";
import { oids } from "../certificate/oids.ts";
import { digestAlgorithm, type Signer, signatureAlgorithm } from "../certificate/signature.ts";
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
  const scheme = { kind: "ecdsa", digest: "sha256" } as const;
  return { scheme, certificate: key.chain[0]!, signingTime, sign: (data) => key.sign(data) };
}

/** Signs the content and returns the ContentInfo as DER. */
export async function signData(
  content: Uint8Array,
  signers: readonly DataSigner[],
  options: SignDataOptions,
): Promise<Uint8Array> {
  const contentType = options.contentType ?? oids.data;
  const infos: DerValue[] = [];
  for (const signer of signers) infos.push(await signerInfo(content, contentType, signer));
  const digests = [...new Set(signers.map((signer) => signer.scheme.digest))].map(digestAlgorithm);
  const contents = options.detached ? [] : [contextConstructed(0, octetString(content))];
  const certificates = options.certificates.map((certificate) => certificate.der).sort(Buffer.compare);
  const body = sequence(
    integer(contentType === oids.data ? 1 : 3), // RFC 5652 §5.1
    setOf(...digests),
    sequence(objectIdentifier(contentType), ...contents),
    ...(certificates.length ? [contextConstructed(0, ...certificates.map(raw))] : []),
    setOf(...infos),
  );
  return encode(sequence(objectIdentifier(oids.signedData), contextConstructed(0, body)));
}

async function signerInfo(content: Uint8Array, contentType: string, signer: DataSigner): Promise<DerValue> {
  const { scheme, certificate } = signer;
  const attributes = [
    attribute(oids.contentType, objectIdentifier(contentType)),
    attribute(oids.messageDigest, octetString(createHash(scheme.digest).update(content).digest())),
    attribute(oids.signingCertificateV2, signingCertificate(certificate)),
    ...(signer.signingTime ? [attribute(oids.signingTime, time(signer.signingTime))] : []),
  ];
  const signed = encode(setOf(...attributes));
  const travelling = Uint8Array.from(signed);
  travelling[0] = 0xa0; // [0] IMPLICIT
  return sequence(
    integer(1),
    sequence(raw(certificate.issuer), { length: certificate.serialNumber.length + 2, chunks: serial(certificate) }),
    digestAlgorithm(scheme.digest),
    raw(travelling),
    signatureAlgorithm(scheme),
    octetString(await signer.sign(signed)),
  );
}

const serial = (certificate: Certificate): Uint8Array[] => [
  Uint8Array.of(0x02, certificate.serialNumber.length),
  certificate.serialNumber,
];

const attribute = (oid: string, value: DerValue): DerValue => sequence(objectIdentifier(oid), setOf(value));

/** RFC 5035 §3: SigningCertificateV2 with one ESSCertIDv2; SHA-256 is the default and so is left out. */
const signingCertificate = (certificate: Certificate): DerValue =>
  sequence(sequence(sequence(octetString(Buffer.from(certificate.sha256, "hex")))));
