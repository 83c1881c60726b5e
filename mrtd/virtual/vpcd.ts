import type { VirtualPassport } from "./passport.ts";

export interface VpcdOptions {
  /** Where the vpcd driver of pcscd listens. */
  readonly host: string;
  readonly port: number;
  readonly passport: VirtualPassport;
  /** Ends the service: the card leaves the reader. */
  readonly signal: AbortSignal;
}

/**
 * Puts a virtual passport into the virtual reader of vsmartcard's vpcd: connects, answers until the signal aborts (resolves) or the
 * reader is gone (rejects with `card/reader-gone`).
 */
export async function serveVpcd(_options: VpcdOptions): Promise<void> {
  throw new Error("lands next");
}
