import { isCoded } from "../../crypto/errors/kabina-error.ts";
import type { PassportProof, ProofResult, Reason, Verdict } from "./verdict.ts";

export const reason = (code: string, details: Reason["details"] = {}): Reason => ({ code, details });

export const passed: ProofResult = { verdict: "passed", reasons: [] };
export const failed = (...reasons: readonly Reason[]): ProofResult => ({ verdict: "failed", reasons });
export const notChecked = (...reasons: readonly Reason[]): ProofResult => ({ verdict: "not-checked", reasons });
export const notSupported = (...reasons: readonly Reason[]): ProofResult => ({ verdict: "not-supported", reasons });

/** The worst of several parts is the whole: one failure fails it, one unchecked part leaves it unchecked. */
export function wholeOf(parts: readonly ProofResult[]): ProofResult {
  const verdicts = parts.map((part) => part.verdict);
  const verdict: Verdict = verdicts.includes("failed")
    ? "failed"
    : verdicts.every((one) => one === "passed")
      ? "passed"
      : "not-checked";
  return { verdict, reasons: verdict === "passed" ? [] : once(parts.flatMap((part) => part.reasons)) };
}

/** Two parts may lack the same thing: it is said once. */
function once(reasons: readonly Reason[]): readonly Reason[] {
  const said = new Set<string>();
  return reasons.filter((one) => {
    const text = JSON.stringify(one);
    return !said.has(text) && said.add(text);
  });
}

/** What we do not know how to check is not checked; the document may be sound. */
const ourLimits: readonly string[] = [
  "proof/algorithm-unknown",
  "proof/key-unreadable",
  "proof/crl-unreadable",
  "certificate/key-unreadable",
];

/** Runs a check on bytes of a document; what cannot even be read fails it, with the reader's own code. */
export function checking(check: () => ProofResult): ProofResult {
  try {
    return check();
  } catch (error) {
    return outcomeOf(error);
  }
}

/** What a coded error in the middle of a check means for it; others are thrown on. */
export function outcomeOf(error: unknown): ProofResult {
  if (!isCoded(error)) throw error;
  return ourLimits.includes(error.code) ? notChecked(reasonOf(error)) : failed(reasonOf(error));
}

/** A coded error as a reason. */
export function reasonOf(error: { code: string; details: Readonly<Record<string, unknown>> }): Reason {
  const details = Object.fromEntries(
    Object.entries(error.details).map(([name, value]) => [name, typeof value === "number" ? value : String(value)]),
  );
  return reason(error.code, details);
}

/** What all proofs together say of a document: one that failed decides; else passive authentication does. */
export function wholeVerdict(proof: PassportProof): ProofResult {
  const failures = Object.values(proof).filter(({ verdict }) => verdict === "failed");
  if (failures.length === 0) return proof.passiveAuthentication;
  return failed(...failures.flatMap(({ reasons }) => reasons));
}
