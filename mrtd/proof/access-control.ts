/**
 * EF.CardAccess is read before anything is protected and nobody signs it: whoever stands between reader and chip could take PACE out of it. The signed
 * DG14 repeats it (9303-11 §9.2.11), so that shows afterwards.
 */
import { isOf, parseCardAccess, parseDg14, protocolOid, type SecurityInfo } from "../lds/security-infos.ts";
import { checking, failed, notChecked, notSupported, passed, reason } from "./reason.ts";
import type { ProofResult } from "./verdict.ts";

export function proveAccessControl(cardAccess: Uint8Array | undefined, dg14: Uint8Array | undefined): ProofResult {
  return checking(() => {
    const offered = cardAccess === undefined ? [] : parseCardAccess(cardAccess).filter(isPace);
    if (dg14 === undefined) {
      return offered.length === 0
        ? notSupported(reason("proof/pace-absent"))
        : notChecked(reason("proof/access-not-signed"));
    }
    const signed = parseDg14(dg14).filter(isPace).map(textOf);
    const differs = offered.map(textOf).sort().join() !== signed.sort().join();
    if (differs) return failed(reason("proof/access-differs"));
    return offered.length === 0 ? notSupported(reason("proof/pace-absent")) : passed;
  });
}

const isPace = (info: SecurityInfo) => isOf(info, protocolOid.pace);
const textOf = ({ protocol, required, optional }: SecurityInfo) =>
  [protocol, ...[required, optional].map((node) => Buffer.from(node?.raw ?? []).toString("hex"))].join();
