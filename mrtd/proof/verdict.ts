/**
 * The outcome of one proof of a chip. `not-supported`: the document has no such mechanism. `not-checked`: the document has
 * it, but something was missing to check it (the reason says what).
 */
export type Verdict = "passed" | "failed" | "not-checked" | "not-supported";

/** One reason, a code of the error catalogue with what fills its text. */
export interface Reason {
  readonly code: string;
  readonly details: Readonly<Record<string, string | number>>;
}

export interface ProofResult {
  readonly verdict: Verdict;
  /** Empty only when the verdict is `passed`. */
  readonly reasons: readonly Reason[];
}

/** Every proof of 9303-11 that a reading can give. */
export interface PassportProof {
  readonly passiveAuthentication: PassiveAuthenticationResult;
  readonly activeAuthentication: ProofResult;
  /** By chip authentication, or by PACE with chip authentication mapping. */
  readonly chipAuthentication: ProofResult;
  /** Was what the chip said of its access protocols before it was open (unsigned) what its signed DG14 says? */
  readonly accessControl: ProofResult;
}

/** 9303-11 §5.1, part by part. `verdict` is `passed` only if all three parts are. */
export interface PassiveAuthenticationResult extends ProofResult {
  /** Hash of each data group against EF.SOD. */
  readonly hashes: ProofResult & { readonly dataGroups: Readonly<Record<string, Verdict>> };
  /** Signature of EF.SOD by the document signer in it. */
  readonly signature: ProofResult;
  /** Document signer to a trusted country signing certificate. */
  readonly chain: ProofResult;
  /** Names for the operator's screen; absent when EF.SOD could not be read that far. */
  readonly signer?: {
    readonly subject: string;
    readonly issuer: string;
    readonly serial: string;
    readonly notAfter: string;
  };
  readonly digestAlgorithm?: string;
}
