/** That the chip is no copy, and that nobody stood between it and the booth: what can be proved of that again, from files and record alone. */
import type { Enrolment } from "../../crypto/package/enrolment.ts";
import { isChipAuthenticationKey, parseDg14 } from "../../mrtd/lds/security-infos.ts";
import { proveAccessControl } from "../../mrtd/proof/access-control.ts";
import { proveActiveAuthentication } from "../../mrtd/proof/active-authentication.ts";
import { readCardSecurity } from "../../mrtd/proof/card-security.ts";
import { checking, failed, notChecked, notSupported, passed, reason } from "../../mrtd/proof/reason.ts";
import type { ProofResult } from "../../mrtd/proof/verdict.ts";
import type { ChipEvidence } from "./chip-evidence.ts";

export type ChipRecord = NonNullable<Enrolment["document"]["chip"]>;

/** What the booth says that a proof came to; undefined where its record does not speak of it. */
export const atBooth = ({ proofs }: ChipRecord, name: string) => proofs.find((proof) => proof.name === name);

/** A proof by a key is worth what the proof of that key is worth: signed by EF.SOD, and EF.SOD by its signer. */
function keyOf(evidence: ChipEvidence, number: 14 | 15, without: string): ProofResult | undefined {
  const dataGroup = `DG${number}`;
  switch (evidence.standing(number)) {
    case "unknown":
      return notChecked(reason("proof/sod-unreadable"));
    case "absent":
      return notSupported(reason(without));
    case "hidden":
      return failed(reason("proof/data-group-hidden", { dataGroup }));
    case "wrong":
      return failed(reason("proof/hash-wrong", { dataGroup }));
    case "signed":
      return evidence.passive.signature.verdict === "passed"
        ? undefined
        : notChecked(reason("proof/key-not-signed", { file: dataGroup }));
  }
}

/** The chip's signature again. The challenge was the booth's: it vouches for its freshness. */
export function activeAuthentication(chip: ChipRecord, evidence: ChipEvidence): ProofResult {
  const unkeyed = keyOf(evidence, 15, "proof/active-authentication-absent");
  if (unkeyed !== undefined) return unkeyed;
  const { signedChallenge } = chip;
  if (!signedChallenge) {
    return atBooth(chip, "active-authentication")?.outcome === "failed"
      ? failed(reason("proof/active-authentication-wrong"))
      : notChecked(reason("review/chip-signed-nothing"));
  }
  const { DG14, DG15 } = evidence.files;
  return checking(() =>
    proveActiveAuthentication({
      dg15: DG15!,
      challenge: Buffer.from(signedChallenge.challenge, "hex"),
      signature: Buffer.from(signedChallenge.signature, "hex"),
      // It names the algorithm: one that nobody signed must not.
      ...(DG14 && evidence.standing(14) === "signed" && { dg14: DG14 }),
    }),
  );
}

/**
 * Its proof is keys that chip and booth agreed on: who has them could have written the chip's answers, so that the chip has the key cannot be
 * proved again. What can be: that the booth claims no more than the document's signed files offer.
 */
export function chipAuthentication(
  chip: ChipRecord,
  evidence: ChipEvidence,
  csca: readonly Uint8Array[],
  at: Date,
): ProofResult {
  const claim = atBooth(chip, "chip-authentication")?.outcome;
  const offered = checking(() => offeredKey(evidence, csca, at));
  if (offered.verdict === "not-supported")
    return claim === "passed" ? failed(reason("review/chip-proof-invented")) : offered;
  if (offered.verdict !== "passed") return offered;
  if (claim === "failed") return failed(reason("proof/chip-authentication-wrong"));
  if (claim === "passed") return notChecked(reason("review/chip-agreement-unrepeatable"));
  return notChecked(reason("review/chip-agreement-unmade"));
}

/** Passed: the document has such a key, and a signature stands over it. PACE with chip authentication mapping keeps it in EF.CardSecurity. */
function offeredKey(evidence: ChipEvidence, csca: readonly Uint8Array[], at: Date): ProofResult {
  const { DG14, "EF.CardSecurity": cardSecurity } = evidence.files;
  if (cardSecurity !== undefined) {
    const { chipKeys, proof } = readCardSecurity(cardSecurity, { csca }, at);
    if (chipKeys.length > 0) return proof;
  }
  const unkeyed = keyOf(evidence, 14, "proof/chip-authentication-absent");
  if (unkeyed !== undefined) return unkeyed;
  return parseDg14(DG14!).some(isChipAuthenticationKey)
    ? passed
    : notSupported(reason("proof/chip-authentication-absent"));
}

/** What EF.CardAccess offered in the clear against the signed DG14. */
export function accessControl(evidence: ChipEvidence): ProofResult {
  const { DG14, "EF.CardAccess": cardAccess } = evidence.files;
  const standing = evidence.standing(14);
  if (standing === "hidden" || standing === "wrong") return keyOf(evidence, 14, "proof/pace-absent")!;
  const proof = proveAccessControl(cardAccess, standing === "signed" ? DG14 : undefined);
  if (proof.verdict !== "passed") return proof;
  return keyOf(evidence, 14, "proof/pace-absent") ?? proof;
}
