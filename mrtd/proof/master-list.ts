/** CSCA master lists (9303-12 §9, Doc 9303 "CscaMasterList"): a signed list of country signing certificates. */
import { Certificate } from "../../crypto/certificate/certificate.ts";
import {
  assertContentType,
  certificateOf,
  parseSignedData,
  type SignedData,
  signatureFault,
} from "../cms/signed-data.ts";
import { derTag } from "../tlv/der.ts";
import { listLimits } from "../tlv/limits.ts";
import { parseTlv } from "../tlv/node.ts";
import { proveChain } from "./chain.ts";
import { checking, failed, passed, reason, wholeOf } from "./reason.ts";
import type { ProofResult } from "./verdict.ts";

/** id-icao-cscaMasterList. */
export const masterListOid = "2.23.136.1.1.2";

export interface MasterListEntry {
  readonly der: Uint8Array;
  /** Absent when the certificate cannot be read; `fault` says why. */
  readonly certificate?: Certificate;
  readonly fault?: string;
}

export interface MasterList {
  readonly entries: readonly MasterListEntry[];
  readonly signed: SignedData;
}

/** Reads a master list without checking its signature. Throws `mrtd/tlv-malformed`, `mrtd/content-type-wrong`. */
export function parseMasterList(bytes: Uint8Array): MasterList {
  const signed = parseSignedData(bytes, "master list", listLimits);
  assertContentType(signed, "master list", masterListOid);
  const list = parseTlv(signed.content, { where: "master list", limits: listLimits }).expect(derTag.sequence);
  const entries = list
    .at(1, derTag.set)
    .children()
    .map((node): MasterListEntry => {
      try {
        return { der: node.raw, certificate: new Certificate(node.raw, { encoding: "ber" }) };
      } catch (error) {
        return { der: node.raw, fault: error instanceof Error ? error.message : String(error) };
      }
    });
  return { entries, signed };
}

/** Was the list signed by who issues it? `roots`: the issuer's country signing certificates, DER, from another source than the list. */
export function proveMasterList(list: MasterList, roots: readonly Uint8Array[], at: Date): ProofResult {
  return checking(() =>
    wholeOf(
      list.signed.signers.map((signer) => {
        const certificate = certificateOf(signer, list.signed.certificates);
        if (certificate === undefined) return failed(reason("proof/signer-missing"));
        const fault = signatureFault(list.signed, signer, certificate);
        return fault === undefined
          ? wholeOf([passed, proveChain(certificate, { csca: roots }, at)])
          : failed(reason(fault));
      }),
    ),
  );
}
