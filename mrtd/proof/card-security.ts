/** EF.CardSecurity (9303-11 §9.2.11): the chip's static key for chip authentication mapping, signed by a document signer. */

import { type AgreementPublicKey, readAgreementKey } from "../agreement/public-key.ts";
import { assertContentType, certificateOf, parseSignedData, signatureFault } from "../cms/signed-data.ts";
import { isChipAuthenticationKey, parseSecurityInfos, type SecurityInfo } from "../lds/security-infos.ts";
import { proveChain, type Trust } from "./chain.ts";
import { checking, failed, passed, reason, wholeOf } from "./reason.ts";
import type { ProofResult } from "./verdict.ts";

/** id-SecurityObject of BSI TR-03110. */
export const cardSecurityContentOid = "0.4.0.127.0.7.3.2.1";

export interface CardSecurity {
  readonly infos: readonly SecurityInfo[];
  /** Every chip authentication key in it, of whatever group. */
  readonly chipKeys: readonly AgreementPublicKey[];
  readonly proof: ProofResult;
}

/** Reads and proves it. Throws `mrtd/tlv-malformed`, `mrtd/content-type-wrong` when it cannot be read at all. */
export function readCardSecurity(bytes: Uint8Array, trust: Trust, at: Date): CardSecurity {
  const signed = parseSignedData(bytes, "EF.CardSecurity");
  assertContentType(signed, "EF.CardSecurity", cardSecurityContentOid);
  const infos = parseSecurityInfos(signed.content, "EF.CardSecurity");
  const chipKeys = infos
    .filter(isChipAuthenticationKey)
    .map((info) => readAgreementKey(info.required))
    .filter((key) => key !== undefined);
  const proof = checking(() => {
    const [signer] = signed.signers;
    const certificate = signer && certificateOf(signer, signed.certificates);
    if (signer === undefined || certificate === undefined) return failed(reason("proof/signer-missing"));
    const fault = signatureFault(signed, signer, certificate);
    return wholeOf([fault === undefined ? passed : failed(reason(fault)), proveChain(certificate, trust, at)]);
  });
  return { infos, chipKeys, proof };
}
