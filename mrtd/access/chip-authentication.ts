/**
 * Chip authentication (9303-11 §6.2): the chip agrees on new session keys with its static key, whose public half is signed. A copy of the
 * data without that key cannot go on talking.
 */
import type { RandomBytes } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { drawKeyPair } from "../agreement/group.ts";
import { type AgreementPublicKey, readAgreementKey } from "../agreement/public-key.ts";
import { formatStatus, type ResponseApdu } from "../card/apdu.ts";
import { instruction } from "../card/instruction.ts";
import type { CardSession } from "../card/session.ts";
import { status } from "../card/status.ts";
import {
  isChipAuthenticationKey,
  isOf,
  optionalNumber,
  protocolOid,
  type SecurityInfo,
} from "../lds/security-infos.ts";
import { SecureMessaging } from "../messaging/secure-messaging.ts";
import { aesSuite, tdesSuite } from "../messaging/suite.ts";
import { oid } from "../tlv/der.ts";
import { concat, tlv } from "../tlv/write.ts";
import { type CipherName, deriveKey, keyPurpose } from "./key-derivation.ts";
import { compressKey } from "./terminal-authentication.ts";

export interface ChipAuthentication extends AgreementPublicKey {
  /** With the cipher arc; the key's own family with triple DES when the document names none (§9.2.6). */
  readonly oid: string;
  readonly cipher: CipherName;
  readonly keyId: number | undefined;
}

const ciphers: readonly CipherName[] = ["3DES", "AES-128", "AES-192", "AES-256"];

/** The best way to authenticate this chip: AES before triple DES; undefined when the infos have none that we speak. */
export function chooseChipAuthentication(infos: readonly SecurityInfo[]): ChipAuthentication | undefined {
  const ways: ChipAuthentication[] = [];
  for (const info of infos.filter(isChipAuthenticationKey)) {
    const key = readAgreementKey(info.required);
    if (key === undefined) continue;
    const keyId = optionalNumber(info);
    const family = info.protocol.slice(protocolOid.chipAuthenticationKey.length + 1);
    const offers = infos.filter(
      (one) => isOf(one, `${protocolOid.chipAuthentication}.${family}`) && optionalNumber(one) === keyId,
    );
    for (const { protocol } of offers) {
      const cipher = ciphers[Number(protocol.split(".").at(-1)) - 1];
      if (cipher !== undefined) ways.push({ ...key, oid: protocol, cipher, keyId });
    }
    if (offers.length === 0) {
      ways.push({ ...key, oid: `${protocolOid.chipAuthentication}.${family}.1`, cipher: "3DES", keyId });
    }
  }
  return ways.sort((a, b) => ciphers.indexOf(b.cipher) - ciphers.indexOf(a.cipher))[0];
}

/**
 * Agrees on new keys; the session goes on with them. Gives the terminal's key as terminal authentication signs it. That the chip has the key shows when it answers the next command. Throws
 * `mrtd/access-failed` when the chip refuses (the old session goes on then).
 */
export async function authenticateChip(
  session: CardSession,
  way: ChipAuthentication,
  random: RandomBytes,
): Promise<{ readonly terminalKey: Uint8Array }> {
  const pair = drawKeyPair(way.group, random);
  const keyReference = way.keyId === undefined ? new Uint8Array() : tlv(0x84, Uint8Array.of(way.keyId));
  if (way.cipher === "3DES") {
    const data = concat(tlv(0x91, pair.publicKey), keyReference);
    check("MSE:Set KAT", await manage(session, 0xa6, data));
  } else {
    check("MSE:Set AT", await manage(session, 0xa4, concat(tlv(0x80, oid(way.oid).subarray(2)), keyReference)));
    const response = await session.send({
      cla: 0,
      ins: instruction.generalAuthenticate,
      p1: 0,
      p2: 0,
      data: tlv(0x7c, tlv(0x80, pair.publicKey)),
      le: 256,
    });
    check("GENERAL AUTHENTICATE", response);
  }
  session.secure = chipAuthenticationSession(way.cipher, way.group.agree(way.element, pair.secret));
  return { terminalKey: compressKey(way.group, pair.publicKey) };
}

/** The session that both sides derive from the common secret (§6.2.3). */
export function chipAuthenticationSession(cipher: CipherName, secret: Uint8Array): SecureMessaging {
  const keys = {
    encryption: deriveKey(secret, keyPurpose.encryption, cipher),
    mac: deriveKey(secret, keyPurpose.mac, cipher),
  };
  return new SecureMessaging(cipher === "3DES" ? tdesSuite(keys) : aesSuite(keys));
}

function manage(session: CardSession, p2: number, data: Uint8Array): Promise<ResponseApdu> {
  return session.send({ cla: 0, ins: instruction.manageSecurityEnvironment, p1: 0x41, p2, data });
}

function check(step: string, response: ResponseApdu): void {
  if (response.status !== status.ok) {
    throw new KabinaError("mrtd/access-failed", {
      protocol: "chip authentication",
      step,
      status: formatStatus(response.status),
    });
  }
}
