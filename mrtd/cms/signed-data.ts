/**
 * CMS SignedData as EF.SOD, EF.CardSecurity and master lists have it, over `crypto/cms`: the BER that some issuers write is let through
 * and named in `departures`, and what cannot be read is an error of the document's own file.
 */
import type { Certificate } from "../../crypto/certificate/certificate.ts";
import { sameName } from "../../crypto/certificate/name.ts";
import {
  parseSignedData as parseCms,
  type SignedData as Signed,
  type SignerFault,
  type SignerInfo,
  signerFault,
} from "../../crypto/cms/signed-data.ts";
import type { ReadLimits } from "../../crypto/der/scan.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import { documentLimits } from "../tlv/limits.ts";
import { malformed } from "../tlv/node.ts";

export type Signer = SignerInfo;

export interface SignedData extends Signed {
  readonly content: Uint8Array;
}

/** Reads a ContentInfo that holds SignedData with its content. Throws `mrtd/tlv-malformed`, `proof/algorithm-unknown`. */
export function parseSignedData(bytes: Uint8Array, where: string, limits: ReadLimits = documentLimits): SignedData {
  const signed = asDocument(where, () => parseCms(bytes, { ...limits, encoding: "ber" }));
  const { content } = signed;
  if (content === undefined) throw malformed(where, 0, "content-missing");
  return { ...signed, content };
}

/** Runs a reader of `crypto/` on a part of a document; its errors become the document's. */
export function asDocument<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!isCoded(error)) throw error;
    const { code, details } = error;
    if (code === "signature/algorithm-unknown")
      throw new KabinaError("proof/algorithm-unknown", { algorithm: String(details.oid) }, { cause: error });
    if (code === "certificate/key-unreadable") throw new KabinaError("proof/key-unreadable", {}, { cause: error });
    if (!/^(der|cms|certificate|revocation)\//.test(code)) throw error;
    const offset = typeof details.at === "number" ? details.at : 0;
    throw malformed(where, offset, String(details.reason ?? code), error);
  }
}

/**
 * The signer's certificate among those at hand. Malaysia writes the issuer's name in the other order in the two places; there the
 * serial number alone decides, and the signature shows whether it was the right one.
 */
export function certificateOf({ id }: Signer, certificates: readonly Certificate[]): Certificate | undefined {
  if ("subjectKeyIdentifier" in id) {
    return certificates.find(({ subjectKeyIdentifier: own }) => own && same(own, id.subjectKeyIdentifier));
  }
  const bySerial = certificates.filter(({ serialNumber }) => same(serialNumber, id.serialNumber));
  const byName = bySerial.find((certificate) => sameName(certificate.issuer, id.issuer));
  return byName ?? (bySerial.length === 1 ? bySerial[0] : undefined);
}

const faults: Readonly<Record<SignerFault, string>> = {
  "content digest": "proof/signed-digest-wrong",
  "content type": "proof/signed-content-type-wrong",
  "signing certificate": "proof/signature-wrong",
  signature: "proof/signature-wrong",
};

/** Checks one signer's signature. Returns the code of what is wrong, or undefined. Throws `proof/key-unreadable`, `mrtd/tlv-malformed`. */
export function signatureFault(data: SignedData, signer: Signer, certificate: Certificate): string | undefined {
  const fault = asDocument("signed data", () => signerFault(data, signer, certificate, data.content));
  return fault && faults[fault];
}

/** Refuses content of another type than the one expected. */
export function assertContentType(data: SignedData, where: string, ...allowed: readonly string[]): void {
  if (!allowed.includes(data.contentType)) {
    throw new KabinaError("mrtd/content-type-wrong", { where, contentType: data.contentType });
  }
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
