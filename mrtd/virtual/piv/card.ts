/** A member of staff's PIV card in software (NIST SP 800-73-4 part 2): give it command APDUs, it answers as a card would. */
import { type KeyObject, timingSafeEqual } from "node:crypto";
import type { RandomBytes } from "../../../crypto/environment.ts";
import { isCoded } from "../../../crypto/errors/kabina-error.ts";
import { type CommandApdu, decodeCommand, encodeResponse, type ResponseApdu } from "../../card/apdu.ts";
import { status } from "../../card/status.ts";
import { parseTlv, parseTlvRow } from "../../tlv/node.ts";
import { concat, tlv } from "../../tlv/write.ts";
import type { Chip } from "../chip.ts";
import {
  applicationTemplate,
  leastAid,
  type PivHolder,
  type PivKeyName,
  pivAid,
  pivKeys,
  pivObjects,
} from "./data-objects.ts";
import { pivAlgorithm, pivSign } from "./signature.ts";

export interface PivCardOptions extends PivHolder {
  readonly keys: Readonly<Partial<Record<PivKeyName, KeyObject>>>;
  /** Six to eight digits. */
  readonly pin: string;
  readonly random: RandomBytes;
}

/** Wrong PINs in a row after which the card is locked. */
export const pinTries = 3;
const pinReference = 0x80;
const pinBytes = 8;
/** Most bytes of a command that comes in a chain: an RSA block and its headers. */
const mostChained = 2_048;
/** GENERAL AUTHENTICATE of PIV is INS 87; the passport's is 86. */
const ins = { select: 0xa4, getData: 0xcb, verify: 0x20, generalAuthenticate: 0x87, getResponse: 0xc0 } as const;

const answer = (word: number, data: Uint8Array = new Uint8Array()): ResponseApdu => ({ data, status: word });

export class VirtualPivCard implements Chip {
  /** Says in its historical bytes that it is PIV: a program that does not learn it there may take it for an old one without elliptic curves. */
  readonly atr = answerToReset(concat(Uint8Array.of(0x80, 0xf0 | pivAid.length), pivAid));
  readonly #options: PivCardOptions;
  readonly #objects: ReadonlyMap<number, Uint8Array>;
  readonly #pin: Uint8Array;
  #tries = pinTries;
  #verified = false;
  /** Verified by the very last command: what the signature key wants. */
  #fresh = false;
  #chain: Uint8Array = new Uint8Array();
  #rest: Uint8Array = new Uint8Array();

  constructor(options: PivCardOptions) {
    this.#options = options;
    this.#objects = pivObjects(options);
    this.#pin = paddedPin(options.pin);
  }

  /** Power off, power on or reset: who has shown the PIN must show it again; wrong tries stay counted. */
  reset(): void {
    this.#verified = false;
    this.#fresh = false;
    this.#chain = new Uint8Array();
    this.#rest = new Uint8Array();
  }

  /** Never throws: what it does not understand gets a status word. */
  process(apdu: Uint8Array): Uint8Array {
    const command = decodeCommand(apdu);
    if (command === undefined) return encodeResponse(answer(status.wrongLength));
    if ((command.cla & ~0x10) !== 0) return encodeResponse(answer(status.claNotSupported));
    if (command.ins === ins.getResponse) return encodeResponse(this.#next(command.le ?? 256));
    const data = concat(this.#chain, command.data ?? new Uint8Array());
    this.#chain = new Uint8Array();
    if (data.length > mostChained) return encodeResponse(answer(status.wrongLength));
    if ((command.cla & 0x10) !== 0) {
      this.#chain = data;
      return encodeResponse(answer(status.ok));
    }
    const response = this.#carryOut({ ...command, data });
    this.#rest = response.data;
    return encodeResponse(response.status === status.ok ? this.#next(command.le ?? 256) : response);
  }

  /** As much of the response as was asked for, and how much more there is (7816-4 §5.3.4). */
  #next(le: number): ResponseApdu {
    const data = this.#rest.subarray(0, le);
    this.#rest = this.#rest.subarray(data.length);
    const left = this.#rest.length;
    return answer(left === 0 ? status.ok : 0x6100 | (left > 255 ? 0 : left), data);
  }

  #carryOut(command: CommandApdu & { data: Uint8Array }): ResponseApdu {
    const fresh = this.#fresh;
    this.#fresh = false;
    try {
      if (command.ins === ins.select) return this.#select(command);
      if (command.ins === ins.getData) return this.#getData(command);
      if (command.ins === ins.verify) return this.#verify(command);
      if (command.ins === ins.generalAuthenticate) return this.#authenticate(command, fresh);
      return answer(status.insNotSupported);
    } catch (error) {
      // Malformed data is the terminal's fault, and it is told so.
      if (!isCoded(error)) throw error;
      return answer(status.wrongData);
    }
  }

  #select({ p1, data }: { p1: number; data: Uint8Array }): ResponseApdu {
    const isOurs = p1 === 0x04 && data.length >= leastAid && data.every((byte, i) => byte === pivAid[i]);
    return isOurs ? answer(status.ok, applicationTemplate) : answer(status.fileNotFound);
  }

  #getData({ p1, p2, data }: { p1: number; p2: number; data: Uint8Array }): ResponseApdu {
    if (p1 !== 0x3f || p2 !== 0xff) return answer(status.wrongParameters);
    const name = parseTlv(data, { where: "GET DATA" }).expect(0x5c).value;
    const object = this.#objects.get(name.reduce((sum, byte) => sum * 256 + byte, 0));
    return object === undefined ? answer(status.fileNotFound) : answer(status.ok, object);
  }

  /** Without data it says how many tries are left (SP 800-73-4 part 2, §3.2.1). */
  #verify({ p1, p2, data }: { p1: number; p2: number; data: Uint8Array }): ResponseApdu {
    if (p1 !== 0x00) return answer(status.wrongParameters);
    if (p2 !== pinReference) return answer(status.referenceNotFound);
    const left = () => (this.#tries === 0 ? status.authenticationBlocked : 0x63c0 | this.#tries);
    if (data.length === 0) return answer(this.#verified ? status.ok : left());
    if (this.#tries === 0) return answer(status.authenticationBlocked);
    if (data.length !== pinBytes) return answer(status.wrongData);
    this.#verified = timingSafeEqual(data, this.#pin);
    this.#fresh = this.#verified;
    this.#tries = this.#verified ? pinTries : this.#tries - 1;
    return answer(this.#verified ? status.ok : left());
  }

  /** A signature over what the terminal sends in DO'81' (part 2, §3.2.4 and appendix A). */
  #authenticate({ p1, p2, data }: { p1: number; p2: number; data: Uint8Array }, fresh: boolean): ResponseApdu {
    const name = p2.toString(16) as PivKeyName;
    const key = this.#options.keys[name];
    if (key === undefined || pivAlgorithm(key) !== p1) return answer(status.wrongParameters);
    const { pin } = pivKeys[name];
    if ((pin === "always" && !fresh) || (pin === "once" && !this.#verified)) return answer(status.securityNotSatisfied);
    const template = parseTlv(data, { where: "GENERAL AUTHENTICATE" }).expect(0x7c);
    const challenge = parseTlvRow(template.value, { where: "GENERAL AUTHENTICATE" }).find(({ tag }) => tag === 0x81);
    const signature = challenge && pivSign(key, challenge.value, this.#options.random);
    return signature === undefined ? answer(status.wrongData) : answer(status.ok, tlv(0x7c, tlv(0x82, signature)));
  }
}

/** T=0 and T=1, the historical bytes, and the check byte (7816-3 §8.2). */
function answerToReset(historical: Uint8Array): Uint8Array {
  const body = Uint8Array.of(0x80 | historical.length, 0x80, 0x01, ...historical);
  return Uint8Array.of(
    0x3b,
    ...body,
    body.reduce((sum, byte) => sum ^ byte, 0),
  );
}

function paddedPin(pin: string): Uint8Array {
  return new Uint8Array(pinBytes).fill(0xff).map((byte, i) => pin.charCodeAt(i) || byte);
}
