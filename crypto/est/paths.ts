/** Where the authority's office answers (RFC 7030 §3.2.2), and what booth and server agree on beyond the RFC. */
export const estPath = (label: string, operation: string): string => `/.well-known/est/${label}/${operation}`;

export const PKI_PATHS = {
  /** `GET …/<issuer>.crl`: the revocation list, DER. */
  lists: "/pki/lists",
  /** `POST`, or `GET …/<base64 of the question>` (RFC 6960 Appendix A). */
  status: "/pki/status",
  /** TUF's repository: policy, hot-lists, updates. */
  updates: "/pki/updates",
  /** What a booth says of itself: policy version, clock. */
  reports: "/pki/reports",
} as const;

/** Bytes of a request's or an answer's body in the form it is sent in: base64 of at most 8 KiB, and of a bundle. */
export const LARGEST_EST_REQUEST = 12 * 1024;
export const LARGEST_EST_ANSWER = 512 * 1024;
