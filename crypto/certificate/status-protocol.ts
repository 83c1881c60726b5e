/** OCSP (RFC 6960): questions about certificates, and signed answers. */
import { createHash } from "node:crypto";
import { type DerElement, readDer } from "../der/reader.ts";
import { tags } from "../der/tags.ts";
import {
  bitString,
  contextConstructed,
  contextPrimitive,
  type DerValue,
  encode,
  objectIdentifier,
  octetString,
  raw,
  sequence,
  tagged,
} from "../der/writer.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { encodeExtension } from "./builder.ts";
import type { Certificate } from "./certificate.ts";
import { oids } from "./oids.ts";
import { generalizedTime, type Revocation, revocationReasons } from "./revocation-builder.ts";
import { type Signer, signatureAlgorithm } from "./signature.ts";

/** Bytes of a question, and certificates that one may ask about. */
export const largestQuestion = 4 * 1024;
const mostAsked = 20;
/** Bytes of a nonce (RFC 8954 §2.1). */
const longestNonce = 32;

/** Which certificate is meant (RFC 6960 §4.1.1 CertID). */
export interface CertificateId {
  /** As it came; it goes into the answer unchanged. */
  readonly der: Uint8Array;
  readonly hash: "sha1" | "sha256" | undefined;
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  /** Contents of the serial number INTEGER. */
  readonly serialNumber: Uint8Array;
}

export interface StatusQuestion {
  readonly asked: readonly CertificateId[];
  /** Against replay; goes into the answer. */
  readonly nonce: Uint8Array | undefined;
}

const hashes: Readonly<Record<string, CertificateId["hash"]>> = { [oids.sha1]: "sha1", [oids.sha256]: "sha256" };

/** Reads a question. Throws `status/question-malformed`. */
export function readQuestion(der: Uint8Array): StatusQuestion {
  try {
    const request = readDer(der, { bytes: largestQuestion, depth: 12, elements: 600 }).expect(tags.sequence);
    const fields = request.child(0, tags.sequence).children;
    const list = fields.find((field) => field.tag === tags.sequence);
    if (!list || list.children.length === 0 || list.children.length > mostAsked) throw new Error("number of questions");
    const extensions = fields.find((field) => field.tag === 0xa2);
    return {
      asked: list.children.map((single) => readId(single.child(0, tags.sequence))),
      nonce: readNonce(extensions),
    };
  } catch (cause) {
    throw new KabinaError("status/question-malformed", {}, { cause });
  }
}

function readId(id: DerElement): CertificateId {
  return {
    der: id.raw,
    hash: hashes[id.child(0, tags.sequence).child(0).oid()],
    issuerNameHash: id.child(1).octets(),
    issuerKeyHash: id.child(2).octets(),
    serialNumber: id.child(3).integerBytes(),
  };
}

function readNonce(extensions: DerElement | undefined): Uint8Array | undefined {
  for (const extension of extensions?.child(0, tags.sequence).children ?? []) {
    if (extension.child(0).oid() !== oids.ocspNonce) continue;
    const value = extension.children.at(-1)!.octets();
    if (value.length > longestNonce + 2) throw new Error("nonce too long");
    return value;
  }
  return undefined;
}

/** Writes a question about certificates of one issuer. */
export function buildQuestion(
  certificates: readonly Certificate[],
  issuer: Certificate,
  nonce?: Uint8Array,
): Uint8Array {
  const requests = certificates.map((certificate) => sequence(raw(idOf(certificate.serialNumber, issuer))));
  const extensions = nonce
    ? [
        contextConstructed(
          2,
          sequence(encodeExtension({ oid: oids.ocspNonce, critical: false, value: octetString(nonce) })),
        ),
      ]
    : [];
  return encode(sequence(sequence(sequence(...requests), ...extensions)));
}

/** The SHA-1 CertID of a certificate, which every client knows. */
export function idOf(serialNumber: Uint8Array, issuer: Certificate): Uint8Array {
  const names = issuerHashes(issuer, "sha1");
  return encode(
    sequence(
      sequence(objectIdentifier(oids.sha1), tagged(tags.null)),
      octetString(names.name),
      octetString(names.key),
      tagged(tags.integer, raw(serialNumber)),
    ),
  );
}

/** Hashes that name an issuer: of its name, and of its public key's bits without tag and length. */
export function issuerHashes(issuer: Certificate, hash: "sha1" | "sha256"): { name: Uint8Array; key: Uint8Array } {
  const bits = readDer(issuer.publicKeyInfo).child(1).bits();
  return { name: createHash(hash).update(issuer.subject).digest(), key: createHash(hash).update(bits).digest() };
}

export type CertificateStatus =
  | { readonly kind: "good" | "unknown" }
  | { readonly kind: "revoked"; readonly revocation: Revocation };

export interface StatusAnswerFields {
  readonly responder: Certificate;
  /** Sent along, so that the answer verifies by itself. */
  readonly chain: readonly Certificate[];
  readonly producedAt: Date;
  readonly nextUpdate: Date;
  readonly answers: readonly { readonly id: Uint8Array; readonly status: CertificateStatus }[];
  readonly nonce: Uint8Array | undefined;
}

/** The `[2] byKey` of a responder, which is in every answer of it. */
const responders = new WeakMap<Certificate, Uint8Array>();
function responderOf(certificate: Certificate): Uint8Array {
  const known = responders.get(certificate);
  if (known) return known;
  const made = encode(contextConstructed(2, octetString(issuerHashes(certificate, "sha1").key)));
  responders.set(certificate, made);
  return made;
}

/** Signs an answer; the DER of the OCSPResponse. */
export async function buildAnswer(fields: StatusAnswerFields, signer: Signer): Promise<Uint8Array> {
  const responder = responderOf(fields.responder);
  const [produced, next] = [generalizedTime(fields.producedAt), generalizedTime(fields.nextUpdate)];
  const nonce = fields.nonce
    ? [
        contextConstructed(
          1,
          sequence(encodeExtension({ oid: oids.ocspNonce, critical: false, value: raw(fields.nonce) })),
        ),
      ]
    : [];
  const body = encode(
    sequence(
      raw(responder),
      produced,
      sequence(...fields.answers.map(({ id, status }) => encodeSingle(id, status, produced, next))),
      ...nonce,
    ),
  );
  const basic = sequence(
    raw(body),
    signatureAlgorithm(signer.scheme),
    bitString(await signer.sign(body)),
    contextConstructed(0, sequence(...fields.chain.map((certificate) => raw(certificate.der)))),
  );
  return encode(
    sequence(
      tagged(tags.enumerated, raw(Uint8Array.of(0))),
      contextConstructed(0, sequence(objectIdentifier(oids.ocspBasic), octetString(encode(basic)))),
    ),
  );
}

function encodeSingle(id: Uint8Array, status: CertificateStatus, produced: DerValue, next: DerValue): DerValue {
  return sequence(raw(id), encodeStatus(status), produced, contextConstructed(0, next));
}

function encodeStatus(status: CertificateStatus): DerValue {
  if (status.kind !== "revoked") return contextPrimitive(status.kind === "good" ? 0 : 2, new Uint8Array(0));
  const { reason, revokedAt } = status.revocation;
  const code = tagged(tags.enumerated, raw(Uint8Array.of(revocationReasons[reason])));
  return contextConstructed(1, generalizedTime(revokedAt), contextConstructed(0, code));
}

/** OCSPResponseStatus of a refusal (RFC 6960 §4.2.1), which nobody signs. */
export const refusals = { malformedRequest: 1, internalError: 2, tryLater: 3, unauthorized: 6 } as const;

export const refusalAnswer = (kind: keyof typeof refusals): Uint8Array =>
  encode(sequence(tagged(tags.enumerated, raw(Uint8Array.of(refusals[kind])))));
