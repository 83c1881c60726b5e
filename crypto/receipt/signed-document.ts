/** A canonical JSON document with a detached CMS signature: what receipts and decision notices are made of. docs/formats/receipt.md. */
import canonicalize from "canonicalize";
import { z } from "zod";
import type { Certificate } from "../certificate/certificate.ts";
import { validatePath } from "../certificate/path.ts";
import { encodeSignedData, handleSigner, signData } from "../cms/sign-data.ts";
import { identifies, parseSignedData, type SignedData, signingTime, verifySigner } from "../cms/signed-data.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import type { PrivateKeyHandle } from "../keys/key.ts";
import { toInstant } from "../package/manifest.ts";

/** Bytes of the document and of its signature, at most. */
const largestDocument = 16 * 1024;
const largestSignature = 16 * 1024;
/** Characters of both in their envelope, at most. */
const largestText = 64 * 1024;

export interface SignedDocument {
  /** Canonical JSON (RFC 8785). */
  readonly document: Uint8Array;
  /** ContentInfo with detached SignedData, DER. */
  readonly signature: Uint8Array;
}

export interface DocumentTrust {
  readonly anchors: readonly Certificate[];
  readonly revoked?: (certificate: Certificate, judgedAt: Date) => boolean;
}

const Envelope = z.strictObject({ document: z.base64(), signature: z.base64() });

/** Signs a document as of a moment that it also states. */
export async function signDocument(value: unknown, key: PrivateKeyHandle, at: Date): Promise<SignedDocument> {
  const document = encodeDocument(value);
  const signature = await signData(document, [handleSigner(key, at)], { detached: true, certificates: key.chain });
  return { document, signature };
}

/**
 * Checks form, signature, and the signer's chain at the moment the document states (`statedAt`), and gives the document's value.
 * Throws `receipt/malformed`, `receipt/signature-invalid`, `certificate/*`.
 */
export function verifyDocument<T>(
  signed: SignedDocument,
  schema: z.ZodType<T>,
  statedAt: (value: T) => string,
  purpose: string,
  trust: DocumentTrust,
): { readonly value: T; readonly signer: Certificate } {
  const value = decodeDocument(signed.document, schema);
  if (signed.signature.length > largestSignature) throw malformed("signature too large");
  const data = readSignature(signed.signature);
  const info = data.signers[0];
  const signer = data.certificates.find((certificate) => info && identifies(info.id, certificate));
  if (!info?.signedAttributes || data.signers.length !== 1 || !signer)
    throw malformed("not one signer with its certificate");
  try {
    verifySigner(data, info, signer, signed.document);
  } catch (cause) {
    throw new KabinaError("receipt/signature-invalid", {}, { cause });
  }
  const at = signingTime(info);
  if (!at || toInstant(at) !== statedAt(value)) throw malformed("signing time is not the document's");
  const path = validatePath({
    leaf: signer,
    intermediates: data.certificates.filter((certificate) => certificate !== signer),
    anchors: trust.anchors,
    at,
    purpose,
    usage: "digitalSignature",
    revoked: trust.revoked,
  });
  const { scheme, signedAttributes, signature } = info;
  const one = encodeSignedData(
    data.contentType,
    undefined,
    [{ scheme, certificate: signer, signedAttributes, signature }],
    path.slice(0, -1),
  );
  if (!Buffer.from(one).equals(signed.signature)) throw malformed("signature is not in its one form");
  return { value, signer };
}

/** The text that travels and is stored: both in base64, canonical JSON. */
export function encodeSigned(signed: SignedDocument): string {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
  // Two names in their order, and text that needs no escapes: that is canonical.
  return JSON.stringify({ document: base64(signed.document), signature: base64(signed.signature) });
}

/** Reads that text; nothing is verified. Throws `receipt/malformed`. */
export function decodeSigned(text: string): SignedDocument {
  if (text.length > largestText) throw malformed("too large");
  try {
    const { document, signature } = Envelope.parse(JSON.parse(text));
    return { document: Buffer.from(document, "base64"), signature: Buffer.from(signature, "base64") };
  } catch (cause) {
    throw malformed("not an envelope", cause);
  }
}

const encodeDocument = (value: unknown): Uint8Array => new TextEncoder().encode(canonicalize(value) as string);

/** The document's value when its bytes are the one form of a value of the schema. Throws `receipt/malformed`. */
export function decodeDocument<T>(bytes: Uint8Array, schema: z.ZodType<T>): T {
  if (bytes.length > largestDocument) throw malformed("too large");
  let value: T;
  try {
    value = schema.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch (cause) {
    throw malformed("not of its schema", cause);
  }
  if (!Buffer.from(encodeDocument(value)).equals(bytes)) throw malformed("not in canonical form");
  return value;
}

function readSignature(bytes: Uint8Array): SignedData {
  try {
    return parseSignedData(bytes, { bytes: largestSignature });
  } catch (cause) {
    throw malformed("signature unreadable", cause);
  }
}

const malformed = (reason: string, cause?: unknown): KabinaError =>
  new KabinaError("receipt/malformed", { reason }, { cause });
