/** What a proof by a key is worth: the key itself must be proved. */
import type { DataGroupName } from "../lds/file.ts";
import { readCardSecurity } from "../proof/card-security.ts";
import type { Trust } from "../proof/chain.ts";
import { checking, failed, notChecked, passed, reason, wholeOf } from "../proof/reason.ts";
import type { PassiveAuthenticationResult, ProofResult } from "../proof/verdict.ts";
import type { OpenedChip } from "./chip-opening.ts";

/** A proof by a key is worth what the proof of that key is worth. */
export function onlyWithSigned(
  proof: ProofResult,
  file: DataGroupName,
  passive: PassiveAuthenticationResult,
): ProofResult {
  if (proof.verdict !== "passed") return proof;
  const isSigned = passive.hashes.dataGroups[file] === "passed" && passive.signature.verdict === "passed";
  return isSigned ? proof : notChecked(reason("proof/key-not-signed", { file }));
}

/** Chip authentication mapping: EF.CardSecurity must be proved, and one of its keys must be the chip's. */
export function proveMapping(mapping: NonNullable<OpenedChip["mapping"]>, trust: Trust, at: Date): ProofResult {
  const { cardSecurity, chipProves } = mapping;
  if (cardSecurity === undefined) return notChecked(reason("proof/card-security-missing"));
  return checking(() => {
    const { chipKeys, proof } = readCardSecurity(cardSecurity, trust, at);
    return wholeOf([chipKeys.some(chipProves) ? passed : failed(reason("proof/chip-authentication-wrong")), proof]);
  });
}
