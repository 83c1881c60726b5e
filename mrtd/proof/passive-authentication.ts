import type { PassportFiles } from "../lds/file.ts";
import type { PassiveAuthenticationResult } from "./verdict.ts";

export interface PassiveAuthenticationInput {
  /** EF.SOD, and the data groups at hand; those that EF.SOD lists and that are not here are named, not failed. */
  readonly files: PassportFiles;
  /** Trusted country signing certificates, DER. */
  readonly csca: readonly Uint8Array[];
  /** Revocation lists, DER. */
  readonly crls?: readonly Uint8Array[];
  /** The time at which the document is judged. */
  readonly at: Date;
}

/**
 * Passive authentication (9303-11 §5.1) as a pure function of bytes and trust: it never throws on a bad document, it says
 * in the verdict what is wrong with it.
 */
export function passiveAuthentication(_input: PassiveAuthenticationInput): PassiveAuthenticationResult {
  throw new Error("lands next");
}
