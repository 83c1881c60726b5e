/** Passive authentication (9303-11 §5.1) as a pure function of bytes and trust. */
import { createHash } from "node:crypto";
import type { Certificate } from "../../crypto/certificate/certificate.ts";
import { certificateOf, signatureFault } from "../cms/signed-data.ts";
import { type DataGroupNumber, dataGroupName, dataGroupNumbers, type PassportFiles } from "../lds/file.ts";
import { parseSecurityObject, type SecurityObject } from "../lds/security-object.ts";
import { equalBytes } from "../tlv/der.ts";
import { proveChain, readCertificatesOf, type Trust } from "./chain.ts";
import { checking, failed, notChecked, outcomeOf, passed, reason, wholeOf } from "./reason.ts";
import type { PassiveAuthenticationResult, ProofResult, Reason, Verdict } from "./verdict.ts";

export interface PassiveAuthenticationInput extends Trust {
  /** EF.SOD, and the data groups at hand; those that EF.SOD lists and that are not here are named, not failed. */
  readonly files: PassportFiles;
  /** The time at which the document is judged. */
  readonly at: Date;
}

/** Never throws on a bad document: the verdict says what is wrong with it. */
export function passiveAuthentication(input: PassiveAuthenticationInput): PassiveAuthenticationResult {
  const sod = input.files["EF.SOD"];
  if (sod === undefined) return nothingProved(notChecked(reason("proof/sod-missing")));
  try {
    return prove(parseSecurityObject(sod), input);
  } catch (error) {
    return nothingProved(outcomeOf(error));
  }
}

function prove(object: SecurityObject, input: PassiveAuthenticationInput): PassiveAuthenticationResult {
  const { hashes, dataGroups } = proveHashes(object, input.files);
  const { signature, certificate } = proveSignature(object, input.csca);
  const chain =
    certificate === undefined
      ? notChecked(reason("proof/signer-missing"))
      : checking(() => proveChain(certificate, input, input.at));
  return {
    ...wholeOf([hashes, signature, chain]),
    hashes: { ...hashes, dataGroups },
    signature,
    chain,
    digestAlgorithm: object.lds.hash,
    ...(certificate && {
      signer: {
        subject: certificate.subjectText,
        issuer: certificate.issuerText,
        serial: certificate.serialHex,
        notAfter: certificate.notAfter.toISOString(),
      },
    }),
  };
}

function proveHashes(
  { lds }: SecurityObject,
  files: PassportFiles,
): { hashes: ProofResult; dataGroups: Record<string, Verdict> } {
  const dataGroups: Record<string, Verdict> = {};
  const faults: Reason[] = [];
  const missing: DataGroupNumber[] = [];
  let matches = 0;
  for (const number of dataGroupNumbers) {
    const name = dataGroupName(number);
    const file = files[name];
    const expected = lds.hashes.get(number);
    if (file === undefined) {
      if (expected !== undefined) {
        dataGroups[name] = "not-checked";
        missing.push(number);
      }
    } else if (expected === undefined) {
      dataGroups[name] = "failed";
      faults.push(reason("proof/data-group-not-signed", { dataGroup: name }));
    } else if (equalBytes(createHash(lds.hash).update(file).digest(), expected)) {
      dataGroups[name] = "passed";
      matches++;
    } else {
      dataGroups[name] = "failed";
      faults.push(reason("proof/hash-wrong", { dataGroup: name }));
    }
  }
  if (faults.length > 0) return { hashes: failed(...faults), dataGroups };
  if (matches > 0) return { hashes: passed, dataGroups };
  return { hashes: notChecked(reason("proof/data-groups-missing", { dataGroups: missing.join(", ") })), dataGroups };
}

/** Every signer must hold; real security objects have one. */
function proveSignature(
  { signed }: SecurityObject,
  known: readonly Uint8Array[],
): { signature: ProofResult; certificate: Certificate | undefined } {
  if (signed.signers.length === 0)
    return { signature: failed(reason("proof/signature-missing")), certificate: undefined };
  // The first version let an issuer leave its signer's certificate out: it may be among those at hand, as in ICAO's directory.
  const leftOut = signed.certificates.length === 0;
  const candidates = leftOut ? readCertificatesOf(known) : signed.certificates;
  const certificates = signed.signers.map((signer) => certificateOf(signer, candidates));
  const signature = checking(() => {
    for (const [i, signer] of signed.signers.entries()) {
      const certificate = certificates[i];
      if (certificate === undefined) return (leftOut ? notChecked : failed)(reason("proof/signer-missing"));
      const fault = signatureFault(signed, signer, certificate);
      if (fault !== undefined) return failed(reason(fault));
    }
    return passed;
  });
  // A chain is proved for one signer; a second one would be a way to lend a good signer's chain to a bad signature.
  if (signed.signers.length > 1)
    return { signature: failed(reason("proof/signers-many")), certificate: certificates[0] };
  return { signature, certificate: certificates[0] };
}

function nothingProved(result: ProofResult): PassiveAuthenticationResult {
  const unknown = notChecked(reason("proof/sod-unreadable"));
  return { ...result, hashes: { ...unknown, dataGroups: {} }, signature: unknown, chain: unknown };
}
