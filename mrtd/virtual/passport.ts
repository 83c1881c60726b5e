/** An e-passport chip in software: give it command APDUs, it answers as a chip would. */
import type { RandomBytes } from "../../crypto/environment.ts";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import { answerBac, bacKeys, bacLength } from "../access/bac/bac.ts";
import { type CommandApdu, decodeCommand, encodeResponse, type ResponseApdu } from "../card/apdu.ts";
import { contactlessAtr } from "../card/atr.ts";
import { instruction } from "../card/instruction.ts";
import { status } from "../card/status.ts";
import { fileIdentities } from "../lds/file.ts";
import type { SecureMessaging } from "../messaging/secure-messaging.ts";
import type { PassportData } from "../synthetic/passport.ts";
import { answer, VirtualFileSystem } from "./file-system.ts";

export interface VirtualPassportOptions {
  readonly data: Pick<PassportData, "files" | "access" | "chipKeys">;
  readonly random: RandomBytes;
  /** Takes extended Lc and Le, and says so in its answer to reset. Default: true. */
  readonly extendedLength?: boolean;
}

/** Bytes that secure messaging puts around the data of a response, at most: DO'87' header and padding, DO'99', DO'8E'. */
const messagingOverhead = { short: 25, extended: 40 } as const;

export class VirtualPassport {
  readonly atr: Uint8Array;
  readonly #options: VirtualPassportOptions;
  readonly #files: VirtualFileSystem;
  #secure: SecureMessaging | undefined;
  #challenge: Uint8Array | undefined;

  constructor(options: VirtualPassportOptions) {
    this.#options = options;
    this.#files = new VirtualFileSystem(options.data.files);
    this.atr = contactlessAtr(options.extendedLength ?? true);
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
    if ((command.cla & ~0x0c) !== 0) return answer(status.claNotSupported);
    if (!isProtected) {
      // A plain command inside a session ends it (9303-11 §9.8.1).
      if (this.#secure !== undefined) this.#endSession();
      return this.#carryOut(command, command.le ?? 256);
    }
    const secure = this.#secure;
    if (secure === undefined) return answer(status.secureMessagingNotSupported);
    try {
      const plain = secure.openCommand(command);
      const response = this.#carryOut(plain, roomFor(command.le ?? 256));
      return secure.protectResponse(response, (plain.ins & 1) === 1);
    } catch (error) {
      if (!isCoded(error)) throw error;
      this.#endSession();
      return answer(status.secureMessagingIncorrect);
    }
  }

  #carryOut(command: CommandApdu, limit: number): ResponseApdu {
    switch (command.ins) {
      case instruction.select:
        return this.#files.select(command);
      case instruction.readBinary:
      case instruction.readBinaryOdd:
        return this.#files.readBinary(
          command,
          {
            mayRead: (name) =>
              fileIdentities[name].master === true || (this.#secure !== undefined && name !== "DG3" && name !== "DG4"),
          },
          limit,
        );
      case instruction.getChallenge:
        if (!this.#files.applicationSelected) return answer(status.conditionsNotSatisfied);
        if (command.le !== bacLength.challenge) return answer(status.wrongLength);
        this.#challenge = this.#options.random(bacLength.challenge);
        return { data: this.#challenge, status: status.ok };
      case instruction.externalAuthenticate:
        return this.#externalAuthenticate(command);
      default:
        return answer(status.insNotSupported);
    }
  }

  #externalAuthenticate(command: CommandApdu): ResponseApdu {
    const challenge = this.#challenge;
    this.#challenge = undefined;
    if (challenge === undefined || this.#secure !== undefined) return answer(status.conditionsNotSatisfied);
    const keys = bacKeys(this.#options.data.access.mrz);
    const opened = answerBac(keys, command.data ?? new Uint8Array(), challenge, this.#options.random);
    if (opened === undefined) return answer(status.warning);
    this.#secure = opened.session;
    return { data: opened.answer, status: status.ok };
  }

  #endSession(): void {
    this.#secure = undefined;
    this.#challenge = undefined;
  }
}

/** Data that fits into a protected response of this many bytes; vpcd's frames hold 65535 with the status. */
function roomFor(le: number): number {
  return le > 256 ? Math.min(le, 65_533) - messagingOverhead.extended : le - messagingOverhead.short;
}
