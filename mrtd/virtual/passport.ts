/** An e-passport chip in software: give it command APDUs, it answers as a chip would. */
import type { RandomBytes } from "../../crypto/environment.ts";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import { type CommandApdu, decodeCommand, encodeResponse, type ResponseApdu } from "../card/apdu.ts";
import { contactlessAtr } from "../card/atr.ts";
import { instruction } from "../card/instruction.ts";
import { status } from "../card/status.ts";
import type { FileName } from "../lds/file.ts";
import type { SecureMessaging } from "../messaging/secure-messaging.ts";
import { challengeLength } from "../proof/active-authentication.ts";
import { concat } from "../tlv/write.ts";
import { type AccessResponse, type ChipData, VirtualAccessControl } from "./access-control.ts";
import { signChallenge } from "./active-authentication.ts";
import type { Chip } from "./chip.ts";
import { answer, VirtualFileSystem } from "./file-system.ts";

export interface ChipQuirks {
  /** Knows no short file identifiers: files must be selected. */
  readonly noShortIdentifiers?: true;
  /** Says nothing of extended length in its answer to reset: EF.ATR/INFO does, if the files have one. */
  readonly silentAtr?: true;
  /** Gives at most this many bytes for one READ BINARY. */
  readonly mostRead?: number;
  /** Refuses to be asked for more than this many bytes (6700). */
  readonly mostAsked?: number;
}

export interface VirtualPassportOptions {
  readonly data: ChipData;
  readonly random: RandomBytes;
  /** Takes extended Lc and Le, and says so in its answer to reset. Default: true. */
  readonly extendedLength?: boolean;
  /** What real chips do that the norm did not foresee. */
  readonly quirks?: ChipQuirks;
  /** The day by which the chip judges terminals' certificates; a chip has no clock, it remembers the newest date that it was shown. */
  readonly today?: () => Date;
}

/** Bytes that secure messaging puts around the data of an extended response, at most: DO'87' header and padding, DO'99', DO'8E'. */
const extendedOverhead = 40;

/** Most bytes of a command that comes in a chain. */
const maxChain = 8_192;

export class VirtualPassport implements Chip {
  readonly atr: Uint8Array;
  readonly #options: VirtualPassportOptions;
  readonly #files: VirtualFileSystem;
  readonly #access: VirtualAccessControl;
  #secure: SecureMessaging | undefined;
  #chain: Uint8Array = new Uint8Array();

  constructor(options: VirtualPassportOptions) {
    this.#options = options;
    this.#files = new VirtualFileSystem(options.data.files);
    this.#access = new VirtualAccessControl(options.data, options.random, options.today ?? (() => new Date(0)));
    this.atr = contactlessAtr(options.quirks?.silentAtr ? undefined : (options.extendedLength ?? true));
  }

  /** Power off, power on or reset: the session and its keys are gone. */
  reset(): void {
    this.#endSession();
    this.#files.reset();
  }

  /** Answers one command APDU with a response APDU (data, SW1 SW2). Never throws: what it does not understand gets a status word. */
  process(apdu: Uint8Array): Uint8Array {
    const command = decodeCommand(apdu);
    const extended = apdu.length > 5 && apdu[4] === 0;
    if (command === undefined || (extended && this.#options.extendedLength === false)) {
      return encodeResponse(answer(status.wrongLength));
    }
    return encodeResponse(this.#answer(command));
  }

  #answer(command: CommandApdu): ResponseApdu {
    const isProtected = (command.cla & 0x0c) === 0x0c;
    if ((command.cla & ~0x1c) !== 0) return answer(status.claNotSupported);
    if (!isProtected) {
      // A plain command inside a session ends it (9303-11 §9.8.1).
      if (this.#secure !== undefined) this.#endSession();
      const { begins, ...response } = this.#carryOut(command, command.le ?? 256, false);
      if (begins !== undefined) this.#secure = begins;
      return response;
    }
    const secure = this.#secure;
    if (secure === undefined) return answer(status.secureMessagingNotSupported);
    try {
      const plain = secure.openCommand(command);
      const { begins, ...response } = this.#carryOut(plain, roomFor(command.le ?? 256, secure), true);
      const sealed = secure.protectResponse(response, (plain.ins & 1) === 1);
      // The response to the command that changes keys still goes under the old ones (9303-11 §6.2.4).
      if (begins !== undefined) this.#secure = begins;
      return sealed;
    } catch (error) {
      if (!isCoded(error)) throw error;
      this.#endSession();
      return answer(status.secureMessagingIncorrect);
    }
  }

  #carryOut(command: CommandApdu, limit: number, isProtected: boolean): AccessResponse {
    // GENERAL AUTHENTICATE sets the chaining bit on each of its rounds (9303-11 §4.4.4.2); elsewhere it means pieces of one command.
    if ((command.cla & 0x10) !== 0 && command.ins !== instruction.generalAuthenticate) return this.#collect(command);
    const whole =
      this.#chain.length === 0 ? command : { ...command, data: concat(this.#chain, command.data ?? new Uint8Array()) };
    this.#chain = new Uint8Array();
    try {
      return this.#dispatch(whole, limit, isProtected);
    } catch (error) {
      // What a terminal sends may be anything; malformed data is its fault, and is told so.
      if (!isCoded(error)) throw error;
      return answer(status.wrongData);
    }
  }

  #collect(command: CommandApdu): AccessResponse {
    const chain = concat(this.#chain, command.data ?? new Uint8Array());
    this.#chain = chain.length > maxChain ? new Uint8Array() : chain;
    return answer(chain.length > maxChain ? status.wrongLength : status.ok);
  }

  #dispatch(command: CommandApdu, limit: number, isProtected: boolean): AccessResponse {
    switch (command.ins) {
      case instruction.select:
        return this.#files.select(command);
      case instruction.readBinary:
      case instruction.readBinaryOdd:
        return this.#readBinary(command, limit);
      case instruction.getChallenge:
        if (!this.#files.applicationSelected) return answer(status.conditionsNotSatisfied);
        return this.#access.getChallenge(command, isProtected);
      case instruction.externalAuthenticate:
        return this.#access.externalAuthenticate(command, isProtected);
      case instruction.performSecurityOperation:
        return this.#access.performSecurityOperation(command, isProtected);
      case instruction.manageSecurityEnvironment:
        return this.#access.manageSecurityEnvironment(command, isProtected);
      case instruction.generalAuthenticate:
        return this.#access.generalAuthenticate(command);
      case instruction.internalAuthenticate:
        return this.#internalAuthenticate(command, isProtected);
      default:
        return answer(status.insNotSupported);
    }
  }

  #readBinary(command: CommandApdu, limit: number): ResponseApdu {
    const { noShortIdentifiers, mostRead = limit, mostAsked = 65_536 } = this.#options.quirks ?? {};
    const isShortIdentifier = command.ins === instruction.readBinary && (command.p1 & 0x80) !== 0;
    if (noShortIdentifiers && isShortIdentifier) return answer(status.wrongParameters);
    if ((command.le ?? 0) > mostAsked) return answer(status.wrongLength);
    return this.#files.readBinary(command, { mayRead: (name) => this.#mayRead(name) }, Math.min(limit, mostRead));
  }

  /** 9303-10 §3.4: EF.CardAccess, EF.ATR/INFO and EF.DIR are free, fingerprints and irises need terminal authentication, the rest a session. */
  #mayRead(name: FileName): boolean {
    if (name === "EF.CardAccess" || name === "EF.ATR/INFO" || name === "EF.DIR") return true;
    if (name === "DG3" || name === "DG4") return this.#access.mayRead(name);
    return this.#secure !== undefined;
  }

  #internalAuthenticate(command: CommandApdu, isProtected: boolean): ResponseApdu {
    const key = this.#options.data.chipKeys.activeAuthentication;
    if (key === undefined) return answer(status.insNotSupported);
    if (!isProtected) return answer(status.securityNotSatisfied);
    if (command.data?.length !== challengeLength) return answer(status.wrongLength);
    return { data: signChallenge(key, command.data, this.#options.random), status: status.ok };
  }

  #endSession(): void {
    this.#secure = undefined;
    this.#chain = new Uint8Array();
    this.#access.reset();
  }
}

/** Data that fits into a protected response of this many bytes; vpcd's frames hold 65535 with the status. */
function roomFor(le: number, secure: SecureMessaging): number {
  return le > 256 ? Math.min(le, 65_533) - extendedOverhead : secure.responseDataFor(le);
}
