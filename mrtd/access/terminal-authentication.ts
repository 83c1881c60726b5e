/**
 * Terminal authentication, EAC version 1 (9303-11 §7.1, TR-03110-1 §3.5): the terminal proves by certificates and a signature that it may read
 * fingerprints or irises. The private key stays where it is (a token, a remote signer): only the signature comes in.
 */
import { createHash } from "node:crypto";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { AgreementGroup } from "../agreement/group.ts";
import { formatStatus, type ResponseApdu } from "../card/apdu.ts";
import { instruction } from "../card/instruction.ts";
import type { CardSession } from "../card/session.ts";
import { status } from "../card/status.ts";
import { parseCvCertificate } from "../cvc/certificate.ts";
import { isOf, parseDg14, protocolOid } from "../lds/security-infos.ts";
import { concat, tlv } from "../tlv/write.ts";

export interface TerminalIdentity {
  /** Below the chip's trust anchor, in order: link certificates if any, document verifier, terminal. */
  readonly certificates: readonly Uint8Array[];
  /** Signs with the terminal's key, by the algorithm of its certificate; ECDSA as r ‖ s. */
  sign(data: Uint8Array): Promise<Uint8Array>;
}

/** What of this session is signed (TR-03110-1 §3.5.1): who the chip is, and with which key the terminal did chip authentication. */
export interface TerminalBinding {
  readonly chipIdentity: Uint8Array;
  readonly terminalKey: Uint8Array;
}

export const terminalChallengeLength = 8;

/** Does this DG14 say that the chip knows terminal authentication? Not when it is absent or cannot be read. */
export function offersTerminalAuthentication(dg14: Uint8Array | undefined): boolean {
  try {
    return dg14 !== undefined && parseDg14(dg14).some((info) => isOf(info, protocolOid.terminalAuthentication));
  } catch (error) {
    if (!isCoded(error)) throw error;
    return false;
  }
}

/** Comp(): what stands for a public key in signatures: the x-coordinate of a point, SHA-1 of a number (TR-03110-3 §A.2.2.3). */
export function compressKey(group: AgreementGroup, publicKey: Uint8Array): Uint8Array {
  if (group.kind === "ECDH") return group.secretOf(publicKey);
  return new Uint8Array(createHash("sha1").update(publicKey).digest());
}

/** Bytes that terminal and chip sign and check. */
export function signedByTerminal({ chipIdentity, terminalKey }: TerminalBinding, challenge: Uint8Array): Uint8Array {
  return concat(chipIdentity, challenge, terminalKey);
}

/** Throws `mrtd/access-failed` (`step` says where) when the chip does not accept a certificate or the signature. */
export async function authenticateTerminal(
  session: CardSession,
  terminal: TerminalIdentity,
  binding: TerminalBinding,
): Promise<void> {
  const reference = (text: string) => tlv(0x83, new TextEncoder().encode(text));
  const send = (ins: number, p1: number, p2: number, data: Uint8Array) => session.send({ cla: 0, ins, p1, p2, data });
  const certificates = terminal.certificates.map(parseCvCertificate);
  for (const { authority, bodyAndSignature, holder } of certificates) {
    check("MSE:Set DST", await send(instruction.manageSecurityEnvironment, 0x81, 0xb6, reference(authority)));
    check(`certificate ${holder}`, await send(instruction.performSecurityOperation, 0x00, 0xbe, bodyAndSignature));
  }
  const holder = certificates.at(-1)?.holder ?? "";
  check("MSE:Set AT", await send(instruction.manageSecurityEnvironment, 0x81, 0xa4, reference(holder)));
  const challenge = await session.send({
    cla: 0,
    ins: instruction.getChallenge,
    p1: 0,
    p2: 0,
    le: terminalChallengeLength,
  });
  check("GET CHALLENGE", challenge);
  const signature = await terminal.sign(signedByTerminal(binding, challenge.data));
  check("EXTERNAL AUTHENTICATE", await send(instruction.externalAuthenticate, 0x00, 0x00, signature));
}

function check(step: string, response: ResponseApdu): void {
  if (response.status !== status.ok) {
    const details = { protocol: "terminal authentication", step, status: formatStatus(response.status) };
    throw new KabinaError("mrtd/access-failed", details);
  }
}
