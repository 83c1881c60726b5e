/** Opens a chip with PACE (9303-11 §4.4.4): MSE:Set AT, then four rounds of GENERAL AUTHENTICATE. */
import type { RandomBytes } from "../../../crypto/environment.ts";
import { KabinaError } from "../../../crypto/errors/kabina-error.ts";
import type { AgreementPublicKey } from "../../agreement/public-key.ts";
import { formatStatus, type ResponseApdu } from "../../card/apdu.ts";
import { instruction } from "../../card/instruction.ts";
import type { CardSession } from "../../card/session.ts";
import { status } from "../../card/status.ts";
import { oid } from "../../tlv/der.ts";
import { parseTlv } from "../../tlv/node.ts";
import { concat, tlv } from "../../tlv/write.ts";
import type { AccessKey } from "../access-key.ts";
import { compressKey } from "../terminal-authentication.ts";
import { PaceTerminal } from "./pace.ts";
import type { PaceProtocol } from "./protocol.ts";

/** What chip authentication mapping leaves to be checked once the chip's static key is proved. */
export interface PaceOutcome {
  /** Is the chip the owner of this public key? Absent for the other mappings. */
  readonly chipProves?: (chipKey: AgreementPublicKey) => boolean;
  /** The chip's ephemeral key, compressed: who the chip is in terminal authentication. */
  readonly chipIdentity: Uint8Array;
}

/** Password references of MSE:Set AT (§4.4.4.1). */
export const passwordReference = { mrz: 1, can: 2 } as const;

const dynamic = 0x7c;

/**
 * Throws `mrtd/access-denied` when the chip does not accept the password, `mrtd/access-chip-not-authentic` when the chip does not know it,
 * `mrtd/access-failed` when the protocol breaks off.
 */
export async function openWithPace(
  session: CardSession,
  protocol: PaceProtocol,
  key: AccessKey,
  random: RandomBytes,
): Promise<PaceOutcome> {
  await setTemplate(session, protocol, key);
  const terminal = new PaceTerminal(protocol, key, random);
  terminal.takeNonce(await round(session, "nonce", undefined, 0x80));
  const mapping = terminal.mappingData();
  terminal.map(await round(session, "mapping", tlv(0x81, mapping), 0x82, protocol.mapping === "IM"));
  const publicKey = terminal.ephemeralKey();
  const chipKey = await round(session, "agreement", tlv(0x83, publicKey), 0x84);
  terminal.agree(chipKey);
  const chipIdentity = compressKey(protocol.group, chipKey);
  const last = await exchange(session, tlv(0x85, terminal.token()), true);
  if (last.status !== status.ok) throw denied(last);
  const answer = readDynamic(last, "token");
  if (!terminal.accepts(answer.get(0x86).value)) {
    throw new KabinaError("mrtd/access-chip-not-authentic", { protocol: "PACE" });
  }
  session.secure = terminal.session();
  const encryptedData = answer.find(0x8a)?.value;
  if (protocol.mapping !== "CAM") return { chipIdentity };
  if (encryptedData === undefined) throw failed("chip-authentication-data", last);
  // EF.CardSecurity may hold keys of other groups too, for other mechanisms.
  const chipProves = ({ group, element }: AgreementPublicKey) =>
    group.name === protocol.group.name && terminal.chipProves(encryptedData, element);
  return { chipIdentity, chipProves };
}

/**
 * Most documents want the parameter reference (tag 84) when they offer several sets, older Ukrainian ones always; a document that refuses the
 * command with it is asked once more without. No Le: German documents refuse it (7816-4 says that there is no answer).
 */
async function setTemplate(session: CardSession, protocol: PaceProtocol, key: AccessKey): Promise<void> {
  const reference = key.kind === "can" ? passwordReference.can : passwordReference.mrz;
  const template = concat(tlv(0x80, oid(protocol.oid).subarray(2)), tlv(0x83, Uint8Array.of(reference)));
  const send = (data: Uint8Array) =>
    session.send({ cla: 0, ins: instruction.manageSecurityEnvironment, p1: 0xc1, p2: 0xa4, data });
  let response = await send(concat(template, tlv(0x84, Uint8Array.of(protocol.parameterId))));
  if (response.status >> 8 === 0x6a) response = await send(template);
  // 63Cx: the password is right so far, x tries are left (§4.4.4.1).
  if (response.status !== status.ok && response.status >> 4 !== 0x63c) throw failed("MSE:Set AT", response);
}

async function round(
  session: CardSession,
  step: string,
  data: Uint8Array | undefined,
  answerTag: number,
  mayBeEmpty = false,
): Promise<Uint8Array> {
  const response = await exchange(session, data ?? new Uint8Array(), false);
  if (response.status !== status.ok) throw failed(step, response);
  const answer = readDynamic(response, step);
  return mayBeEmpty ? (answer.find(answerTag)?.value ?? new Uint8Array()) : answer.get(answerTag).value;
}

function exchange(session: CardSession, data: Uint8Array, last: boolean): Promise<ResponseApdu> {
  const cla = last ? 0x00 : 0x10;
  return session.send({ cla, ins: instruction.generalAuthenticate, p1: 0, p2: 0, data: tlv(dynamic, data), le: 256 });
}

function readDynamic(response: ResponseApdu, step: string) {
  try {
    return parseTlv(response.data, { where: "PACE" }).expect(dynamic);
  } catch (error) {
    throw new KabinaError(
      "mrtd/access-failed",
      { protocol: "PACE", step, status: formatStatus(response.status) },
      { cause: error },
    );
  }
}

/** At the last step the chip has seen that the terminal's token, and so its password, is wrong. */
function denied(response: ResponseApdu): KabinaError {
  return new KabinaError("mrtd/access-denied", { protocol: "PACE", status: formatStatus(response.status) });
}

function failed(step: string, response: ResponseApdu): KabinaError {
  return new KabinaError("mrtd/access-failed", { protocol: "PACE", step, status: formatStatus(response.status) });
}
