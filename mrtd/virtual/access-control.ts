/** How a virtual chip lets a terminal in: BAC, PACE, then chip authentication (9303-11 §4, §6.2). */
import type { RandomBytes } from "../../crypto/environment.ts";
import { answerBac, bacKeys, bacLength } from "../access/bac/bac.ts";
import { chipAuthenticationSession, chooseChipAuthentication } from "../access/chip-authentication.ts";
import { documentIdentity } from "../access/key-derivation.ts";
import { passwordReference } from "../access/pace/open.ts";
import { PaceChip } from "../access/pace/pace.ts";
import { type PaceProtocol, paceProtocolOf } from "../access/pace/protocol.ts";
import { compressKey } from "../access/terminal-authentication.ts";
import { secretNumber } from "../agreement/private-key.ts";
import type { CommandApdu, ResponseApdu } from "../card/apdu.ts";
import { status } from "../card/status.ts";
import { parseCardAccess, parseDg14 } from "../lds/security-infos.ts";
import type { SecureMessaging } from "../messaging/secure-messaging.ts";
import type { PassportData } from "../synthetic/passport.ts";
import { equalBytes, oid } from "../tlv/der.ts";
import { parseTlv, parseTlvRow, type TlvNode } from "../tlv/node.ts";
import { concat, tlv } from "../tlv/write.ts";
import { answer } from "./file-system.ts";
import { VirtualTerminalAuthentication } from "./terminal-authentication.ts";

/** A response, and the session that begins after it has been sent. */
export interface AccessResponse extends ResponseApdu {
  readonly begins?: SecureMessaging;
}

/** What of a document its chip needs. */
export type ChipData = Pick<PassportData, "files" | "access" | "chipKeys" | "terminalTrust">;

const dynamic = 0x7c;

export class VirtualAccessControl {
  readonly #data: ChipData;
  readonly #random: RandomBytes;
  readonly #terminal: VirtualTerminalAuthentication | undefined;
  #identity: Uint8Array;
  #terminalKey: Uint8Array | undefined;
  #challenge: Uint8Array | undefined;
  #pace: { chip: PaceChip; step: number } | undefined;
  #chipAuthentication = false;

  constructor(data: ChipData, random: RandomBytes, today: () => Date) {
    this.#data = data;
    this.#random = random;
    this.#identity = documentIdentity(data.access.mrz);
    if (data.terminalTrust !== undefined) {
      this.#terminal = new VirtualTerminalAuthentication(data.terminalTrust, today, random);
    }
  }

  /** Forgets every protocol that had begun. */
  reset(): void {
    this.#challenge = undefined;
    this.#pace = undefined;
    this.#chipAuthentication = false;
    this.#identity = documentIdentity(this.#data.access.mrz);
    this.#terminalKey = undefined;
    this.#terminal?.reset();
  }

  /** May fingerprints or irises be read? */
  mayRead(name: "DG3" | "DG4"): boolean {
    return this.#terminal?.mayRead(name) ?? false;
  }

  getChallenge(command: CommandApdu, isProtected: boolean): AccessResponse {
    if (isProtected) {
      if (this.#terminal === undefined) return answer(status.insNotSupported);
      return { data: this.#terminal.challenge(), status: status.ok };
    }
    if (!this.#data.access.bac) return answer(status.insNotSupported);
    if (command.le !== bacLength.challenge) return answer(status.wrongLength);
    this.#challenge = Uint8Array.from(this.#random(bacLength.challenge));
    return { data: this.#challenge, status: status.ok };
  }

  externalAuthenticate(command: CommandApdu, isProtected: boolean): AccessResponse {
    if (isProtected) {
      const binding = this.#terminalKey && { chipIdentity: this.#identity, terminalKey: this.#terminalKey };
      const holds = binding && this.#terminal?.accepts(command.data ?? new Uint8Array(), binding);
      return answer(holds ? status.ok : status.warning);
    }
    const challenge = this.#challenge;
    this.#challenge = undefined;
    if (challenge === undefined) return answer(status.conditionsNotSatisfied);
    const keys = bacKeys(this.#data.access.mrz);
    const opened = answerBac(keys, command.data ?? new Uint8Array(), challenge, this.#random);
    if (opened === undefined) return answer(status.warning);
    return { data: opened.answer, status: status.ok, begins: opened.session };
  }

  /** MSE:Set AT for PACE, MSE:Set AT and MSE:Set KAT for chip authentication. */
  manageSecurityEnvironment(command: CommandApdu, isProtected: boolean): AccessResponse {
    const objects = parseTlvRow(command.data ?? new Uint8Array(), { where: "MSE" });
    const p = (command.p1 << 8) | command.p2;
    if (p === 0xc1a4) return this.#beginPace(objects);
    if (!isProtected) return answer(status.securityNotSatisfied);
    const reference = new TextDecoder("latin1").decode(objects.find(({ tag }) => tag === 0x83)?.value);
    if (p === 0x81b6) return answer(this.#terminal?.setSigner(reference) ? status.ok : status.referenceNotFound);
    if (p === 0x81a4) return answer(this.#terminal?.setTerminal(reference) ? status.ok : status.referenceNotFound);
    if (p === 0x41a4) return this.#beginChipAuthentication(objects);
    if (p === 0x41a6) return this.#agreeByKeyTemplate(objects.find(({ tag }) => tag === 0x91)?.value);
    return answer(status.wrongParameters);
  }

  /** PSO:Verify Certificate of terminal authentication. */
  performSecurityOperation(command: CommandApdu, isProtected: boolean): AccessResponse {
    if (!isProtected || command.p1 !== 0x00 || command.p2 !== 0xbe) return answer(status.wrongParameters);
    const holds = this.#terminal?.verifyCertificate(command.data ?? new Uint8Array());
    return answer(holds ? status.ok : status.warning);
  }

  generalAuthenticate(command: CommandApdu): AccessResponse {
    const object = parseTlv(command.data ?? new Uint8Array(), { where: "GENERAL AUTHENTICATE" }).expect(dynamic);
    if (this.#pace !== undefined) return this.#continuePace(object, (command.cla & 0x10) !== 0);
    if (this.#chipAuthentication) return this.#agreeWithStaticKey(object.get(0x80).value, tlv(dynamic));
    return answer(status.conditionsNotSatisfied);
  }

  #beginPace(objects: readonly TlvNode[]): AccessResponse {
    this.#pace = undefined;
    const value = (tag: number) => objects.find((node) => node.tag === tag)?.value;
    const [mechanism, reference, parameter] = [value(0x80), value(0x83), value(0x84)];
    if (mechanism === undefined || reference === undefined) return answer(status.wrongData);
    const access = this.#data.files["EF.CardAccess"];
    const offers = access === undefined ? [] : parseCardAccess(access).map(paceProtocolOf);
    const protocol = offers.find(
      (offer): offer is PaceProtocol =>
        offer !== undefined &&
        equalBytes(oid(offer.oid).subarray(2), mechanism) &&
        (parameter === undefined || parameter[0] === offer.parameterId),
    );
    if (protocol === undefined) return answer(status.wrongData);
    const { mrz, can } = this.#data.access;
    const keys = { [passwordReference.mrz]: mrz, [passwordReference.can]: { kind: "can", can } as const };
    const key = keys[reference[0] as 1 | 2];
    if (key === undefined) return answer(status.referenceNotFound);
    this.#pace = { chip: new PaceChip(protocol, key, this.#random), step: 0 };
    return answer(status.ok);
  }

  #continuePace(object: TlvNode, chained: boolean): AccessResponse {
    const { chip } = this.#pace!;
    const step = this.#pace!.step++;
    if (chained !== step < 3) return this.#endPace(status.wrongData);
    const reply = (...objects: Uint8Array[]) => ({ data: tlv(dynamic, ...objects), status: status.ok });
    switch (step) {
      case 0:
        return reply(tlv(0x80, chip.encryptedNonce()));
      case 1:
        return reply(tlv(0x82, chip.map(object.get(0x81).value)));
      case 2: {
        const own = chip.ephemeralKey();
        chip.agree(object.get(0x83).value);
        return reply(tlv(0x84, own));
      }
      default: {
        if (!chip.accepts(object.get(0x85).value)) return this.#endPace(status.warning);
        this.#pace = undefined;
        this.#identity = compressKey(chip.protocol.group, chip.publicKey);
        const parts = [tlv(0x86, chip.token())];
        const key = this.#data.chipKeys.chipAuthentication;
        if (chip.protocol.mapping === "CAM" && key !== undefined) {
          parts.push(tlv(0x8a, chip.chipAuthenticationData(secretNumber(key))));
        }
        return { ...reply(concat(...parts)), begins: chip.session() };
      }
    }
  }

  #endPace(word: number): AccessResponse {
    this.#pace = undefined;
    return answer(word);
  }

  #beginChipAuthentication(objects: readonly TlvNode[]): AccessResponse {
    const way = this.#wayOfChipAuthentication();
    const mechanism = objects.find(({ tag }) => tag === 0x80)?.value;
    if (way === undefined || mechanism === undefined || !equalBytes(oid(way.oid).subarray(2), mechanism)) {
      return answer(status.wrongData);
    }
    this.#chipAuthentication = true;
    return answer(status.ok);
  }

  /** MSE:Set KAT is for triple DES only; MSE:Set AT with GENERAL AUTHENTICATE serves every cipher (9303-11 §6.2.4). */
  #agreeByKeyTemplate(publicKey: Uint8Array | undefined): AccessResponse {
    if (this.#wayOfChipAuthentication()?.cipher !== "3DES") return answer(status.wrongData);
    return this.#agreeWithStaticKey(publicKey, new Uint8Array());
  }

  #agreeWithStaticKey(publicKey: Uint8Array | undefined, data: Uint8Array): AccessResponse {
    this.#chipAuthentication = false;
    const way = this.#wayOfChipAuthentication();
    const key = this.#data.chipKeys.chipAuthentication;
    if (way === undefined || key === undefined || publicKey === undefined) return answer(status.wrongData);
    const secret = way.group.agree(publicKey, secretNumber(key));
    this.#terminalKey = compressKey(way.group, publicKey);
    return {
      data,
      status: status.ok,
      begins: chipAuthenticationSession(way.cipher, secret),
    };
  }

  #wayOfChipAuthentication() {
    const dg14 = this.#data.files.DG14;
    return dg14 && chooseChipAuthentication(parseDg14(dg14));
  }
}
