/** The chip's side of terminal authentication, EAC version 1: from its trust anchor down to the terminal that signs its challenge. */

import { verifySignature } from "../../crypto/certificate/signature.ts";
import type { RandomBytes } from "../../crypto/environment.ts";
import { signedByTerminal, type TerminalBinding, terminalChallengeLength } from "../access/terminal-authentication.ts";
import { anchorOf, type CvTrust, parseCvCertificate, stepDown } from "../cvc/certificate.ts";
import { tlv } from "../tlv/write.ts";

export class VirtualTerminalAuthentication {
  readonly #anchor: CvTrust;
  readonly #today: () => Date;
  readonly #random: RandomBytes;
  #above: CvTrust | undefined;
  #terminal: CvTrust | undefined;
  #challenge: Uint8Array | undefined;
  #access = 0;

  constructor(anchor: Uint8Array, today: () => Date, random: RandomBytes) {
    this.#anchor = anchorOf(parseCvCertificate(anchor));
    this.#today = today;
    this.#random = random;
  }

  reset(): void {
    this.#above = undefined;
    this.#terminal = undefined;
    this.#challenge = undefined;
    this.#access = 0;
  }

  /** May the terminal read fingerprints, irises? */
  mayRead(name: "DG3" | "DG4"): boolean {
    return (this.#access & (name === "DG3" ? 1 : 2)) !== 0;
  }

  /** MSE:Set DST: the key that the next certificate is signed with. */
  setSigner(reference: string): boolean {
    const known = [this.#anchor, this.#above].find((trust) => trust?.certificate.holder === reference);
    this.#above = known;
    return known !== undefined;
  }

  /** PSO:Verify Certificate. */
  verifyCertificate(bodyAndSignature: Uint8Array): boolean {
    const above = this.#above;
    if (above === undefined) return false;
    const next = stepDown(above, parseCvCertificate(tlv(0x7f21, bodyAndSignature)), this.#today());
    if (next === undefined) return false;
    this.#above = next;
    if (next.certificate.role === "terminal" && next.certificate.isInspectionSystem) this.#terminal = next;
    return true;
  }

  /** MSE:Set AT: the terminal's own key. */
  setTerminal(reference: string): boolean {
    return this.#terminal?.certificate.holder === reference;
  }

  challenge(): Uint8Array {
    this.#challenge = Uint8Array.from(this.#random(terminalChallengeLength));
    return this.#challenge;
  }

  /** EXTERNAL AUTHENTICATE. */
  accepts(signature: Uint8Array, binding: TerminalBinding): boolean {
    const [terminal, challenge] = [this.#terminal, this.#challenge];
    this.#challenge = undefined;
    if (terminal === undefined || challenge === undefined) return false;
    const { scheme } = terminal.certificate.publicKey;
    if (!verifySignature(scheme, terminal.key, signedByTerminal(binding, challenge), signature)) return false;
    this.#access = terminal.access;
    return true;
  }
}
