/** Limits of the authority's office, with their units; the deployment's policy will be able to change them. */
export const PKI_LIMITS = {
  /** Requests that wait for an officer, in all and from one address: beyond that nobody could compare them. */
  waitingRequests: 200,
  waitingFromOneAddress: 10,
  /** Hex digits of a key's fingerprint that an officer must have compared. */
  comparedDigits: 16,
  /** Milliseconds after which a booth that waits for an officer asks again. */
  askAgainMs: 30_000,
  /** Hours that a revocation list holds, and after which part of that time a new one is signed. */
  listHours: 7 * 24,
  listRenewedAfter: 1 / 4,
  /** Hours that an answer about a certificate holds. */
  answerHours: 12,
  /** Answers kept signed. */
  answersKept: 10_000,
  /** Milliseconds between two renewals of one name, at least. */
  betweenRenewalsMs: 60 * 60_000,
  /** Milliseconds of life that a status responder's certificate has left when it is renewed. */
  responderRenewedMs: 10 * 24 * 60 * 60_000,
  /** Milliseconds that a proposal waits for the second officer. */
  proposalMs: 24 * 60 * 60_000,
  /** Days ahead that the console's forecast looks. */
  forecastDays: 30,
} as const;
