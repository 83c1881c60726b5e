/** Proofs that need the chip itself, while it is open: chip authentication, active authentication. */

import type { RandomBytes } from "../../crypto/environment.ts";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import { authenticateChip, chooseChipAuthentication } from "../access/chip-authentication.ts";
import { formatStatus } from "../card/apdu.ts";
import { instruction } from "../card/instruction.ts";
import type { CardSession } from "../card/session.ts";
import { status } from "../card/status.ts";
import { fileIdentities, type PassportFiles } from "../lds/file.ts";
import { isChipAuthenticationKey, parseDg14 } from "../lds/security-infos.ts";
import { challengeLength, proveActiveAuthentication } from "../proof/active-authentication.ts";
import { failed, notChecked, notSupported, passed, reason, reasonOf } from "../proof/reason.ts";
import type { ProofResult } from "../proof/verdict.ts";

/** Failures of the chip, as opposed to those of the reader device or of whoever took the card away. */
const isChips = (error: unknown): error is Error & { code: string; details: Readonly<Record<string, unknown>> } =>
  isCoded(error) && (error.code.startsWith("mrtd/") || error.code.startsWith("card/response"));

export interface ChipAgreement {
  readonly proof: ProofResult;
  /** The terminal's key of this agreement, which terminal authentication signs; only when it succeeded. */
  readonly terminalKey?: Uint8Array;
}

/** Agrees on new keys. `passed` holds once the chip has answered under them: the caller's next command shows it. */
export async function proveChipByAgreement(
  session: CardSession,
  files: PassportFiles,
  random: RandomBytes,
): Promise<ChipAgreement> {
  const only = (proof: ProofResult): ChipAgreement => ({ proof });
  if (files.DG14 === undefined) return only(notSupported(reason("proof/chip-authentication-absent")));
  try {
    const infos = parseDg14(files.DG14);
    const way = chooseChipAuthentication(infos);
    if (way === undefined) {
      return only(
        infos.some(isChipAuthenticationKey)
          ? notChecked(reason("proof/chip-authentication-unknown"))
          : notSupported(reason("proof/chip-authentication-absent")),
      );
    }
    const { terminalKey } = await authenticateChip(session, way, random);
    // Under the new keys a wrong chip cannot answer. A SELECT every chip understands, and whatever it says is said under those keys.
    const { id } = fileIdentities["EF.COM"];
    const data = Uint8Array.of(id >> 8, id & 0xff);
    await session.send({ cla: 0, ins: instruction.select, p1: 0x02, p2: 0x0c, data });
    return session.secure === undefined
      ? only(failed(reason("proof/chip-authentication-wrong")))
      : { proof: passed, terminalKey };
  } catch (error) {
    if (!isChips(error)) throw error;
    session.secure = undefined;
    return only(failed(reason("proof/chip-authentication-wrong"), reasonOf(error)));
  }
}

/** What the chip signed: with DG15 anybody can check it again (9303-11 §6.1). */
export interface SignedChallenge {
  readonly challenge: Uint8Array;
  readonly signature: Uint8Array;
}

export interface ChipSignature {
  readonly proof: ProofResult;
  /** Only when the chip answered. */
  readonly signed?: SignedChallenge;
}

/** Lets the chip sign a challenge. */
export async function proveChipBySignature(
  session: CardSession,
  files: PassportFiles,
  options: { readonly random: RandomBytes; readonly extended: boolean },
): Promise<ChipSignature> {
  const { DG14, DG15 } = files;
  if (DG15 === undefined) return { proof: notSupported(reason("proof/active-authentication-absent")) };
  const challenge = options.random(challengeLength);
  try {
    const response = await session.send({
      cla: 0,
      ins: instruction.internalAuthenticate,
      p1: 0,
      p2: 0,
      data: challenge,
      le: options.extended ? 65_536 : 256,
    });
    if (response.status !== status.ok) {
      const { status: word } = response;
      return { proof: failed(reason("proof/active-authentication-refused", { status: formatStatus(word) })) };
    }
    const signed = { challenge, signature: response.data };
    const dg14 = DG14 === undefined ? {} : { dg14: DG14 };
    return { proof: proveActiveAuthentication({ dg15: DG15, ...signed, ...dg14 }), signed };
  } catch (error) {
    if (!isChips(error)) throw error;
    return { proof: failed(reasonOf(error)) };
  }
}
