/**
 * Secure messaging of ICAO 9303-11 §9.8, both ends: a terminal protects commands and opens responses, a chip opens commands and protects
 * responses. One object is one session: its counter goes up with every message and its keys die with it.
 */
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { CommandApdu, ResponseApdu } from "../card/apdu.ts";
import { equalBytes } from "../tlv/der.ts";
import { parseTlvRow, type TlvNode } from "../tlv/node.ts";
import { concat, tlv } from "../tlv/write.ts";
import { pad, unpad } from "./padding.ts";
import type { MessagingSuite } from "./suite.ts";

/** Data objects of ISO/IEC 7816-4 §10.2. */
const object = { encryptedTlv: 0x85, encrypted: 0x87, checksum: 0x8e, le: 0x97, status: 0x99 } as const;

/** CLA bits that say "secure messaging, header authenticated". */
const secureMessagingCla = 0x0c;

export class SecureMessaging {
  readonly #suite: MessagingSuite;
  readonly #counter: Uint8Array;

  /** `counter` is the send sequence counter to start from: for BAC made of the challenges, for PACE and chip authentication zero. */
  constructor(suite: MessagingSuite, counter: Uint8Array = new Uint8Array(suite.block)) {
    this.#suite = suite;
    this.#counter = Uint8Array.from(counter);
  }

  /** Most bytes of data that a protected response in a short APDU has room for: 231, or 223 under AES. */
  get shortResponseData(): number {
    return this.responseDataFor(256);
  }

  /** The same for a response of at most `le` bytes, up to 256; 0 where none fits. */
  responseDataFor(le: number): number {
    const around = 4 + 4 + 10; // header and padding indicator of DO'87', DO'99', DO'8E'
    return Math.max(0, Math.floor((le - around) / this.#suite.block) * this.#suite.block - 1);
  }

  /** Terminal: wraps a command. */
  protect(command: CommandApdu): CommandApdu {
    this.#step();
    const cla = command.cla | secureMessagingCla;
    const objects: Uint8Array[] = [];
    if (command.data !== undefined && command.data.length > 0) {
      objects.push(this.#encrypted(command.data, (command.ins & 1) === 1));
    }
    if (command.le !== undefined) objects.push(tlv(object.le, encodeLe(command.le)));
    const header = pad(Uint8Array.of(cla, command.ins, command.p1, command.p2), this.#suite.block);
    objects.push(tlv(object.checksum, this.#mac(header, ...objects)));
    const data = concat(...objects);
    const extended = data.length > 255 || (command.le ?? 0) > 256;
    return { cla, ins: command.ins, p1: command.p1, p2: command.p2, data, le: extended ? 65_536 : 256 };
  }

  /**
   * Terminal: opens the response to the last protected command. Throws `mrtd/secure-messaging-broken` when it is not authentic or not
   * well formed: from then on nothing that the chip says may be believed.
   */
  open(response: ResponseApdu): ResponseApdu {
    this.#step();
    const objects = parseObjects(response.data, [
      object.encrypted,
      object.encryptedTlv,
      object.status,
      object.checksum,
    ]);
    const checksum = objects.at(-1);
    const statusObject = objects.at(-2);
    if (checksum?.tag !== object.checksum || statusObject?.tag !== object.status) throw broken("objects-missing");
    const covered = objects.slice(0, -1);
    if (!equalBytes(checksum.value, this.#mac(...covered.map((node) => node.raw)))) throw broken("checksum-wrong");
    if (statusObject.value.length !== 2) throw broken("status-malformed");
    const status = (statusObject.value[0]! << 8) | statusObject.value[1]!;
    const encrypted = covered.slice(0, -1);
    if (encrypted.length > 1) throw broken("objects-doubled");
    return { data: encrypted[0] === undefined ? new Uint8Array() : this.#decrypted(encrypted[0]), status };
  }

  /** Terminal: counts a response that came without protection, as a chip may that goes on after it. */
  passOver(): void {
    this.#step();
  }

  /** Chip: opens a command. Throws `mrtd/secure-messaging-broken`; the session must end then. */
  openCommand(command: CommandApdu): CommandApdu {
    this.#step();
    const objects = parseObjects(command.data ?? new Uint8Array(), [
      object.encrypted,
      object.encryptedTlv,
      object.le,
      object.checksum,
    ]);
    const checksum = objects.at(-1);
    if (checksum?.tag !== object.checksum) throw broken("objects-missing");
    const covered = objects.slice(0, -1);
    const header = pad(Uint8Array.of(command.cla, command.ins, command.p1, command.p2), this.#suite.block);
    if (!equalBytes(checksum.value, this.#mac(header, ...covered.map((node) => node.raw))))
      throw broken("checksum-wrong");
    const le = covered.find((node) => node.tag === object.le);
    const encrypted = covered.find((node) => node.tag !== object.le);
    return {
      cla: command.cla & ~secureMessagingCla,
      ins: command.ins,
      p1: command.p1,
      p2: command.p2,
      ...(encrypted === undefined ? {} : { data: this.#decrypted(encrypted) }),
      ...(le === undefined ? {} : { le: decodeLe(le.value) }),
    };
  }

  /** Chip: wraps a response; `oddIns` as the command had it. */
  protectResponse(response: ResponseApdu, oddIns: boolean): ResponseApdu {
    this.#step();
    const objects: Uint8Array[] = [];
    if (response.data.length > 0) objects.push(this.#encrypted(response.data, oddIns));
    objects.push(tlv(object.status, Uint8Array.of(response.status >> 8, response.status & 0xff)));
    objects.push(tlv(object.checksum, this.#mac(...objects)));
    return { data: concat(...objects), status: response.status };
  }

  /** §9.8.2: DO'85' for odd INS (its contents are TLV and carry no padding indicator), else DO'87'. */
  #encrypted(data: Uint8Array, oddIns: boolean): Uint8Array {
    const cryptogram = this.#suite.encrypt(pad(data, this.#suite.block), this.#counter);
    return oddIns ? tlv(object.encryptedTlv, cryptogram) : tlv(object.encrypted, Uint8Array.of(1), cryptogram);
  }

  #decrypted(node: TlvNode): Uint8Array {
    let cryptogram = node.value;
    if (node.tag === object.encrypted) {
      if (cryptogram[0] !== 1) throw broken("padding-indicator");
      cryptogram = cryptogram.subarray(1);
    }
    if (cryptogram.length === 0 || cryptogram.length % this.#suite.block !== 0) throw broken("cryptogram-length");
    const data = unpad(this.#suite.decrypt(cryptogram, this.#counter));
    if (data === undefined) throw broken("padding");
    return data;
  }

  #mac(...parts: readonly Uint8Array[]): Uint8Array {
    return this.#suite.mac(concat(this.#counter, ...parts));
  }

  #step(): void {
    for (let i = this.#counter.length - 1; i >= 0; i--) {
      this.#counter[i]!++;
      if (this.#counter[i] !== 0) return;
    }
  }
}

function parseObjects(data: Uint8Array, allowed: readonly number[]): readonly TlvNode[] {
  let objects: readonly TlvNode[];
  try {
    objects = parseTlvRow(data, {
      where: "secure messaging",
      limits: { depth: 1, bytes: 65_536, elements: 8 },
    });
  } catch (error) {
    throw broken("objects-malformed", error);
  }
  if (objects.some((node) => !allowed.includes(node.tag))) throw broken("object-unknown");
  return objects;
}

function encodeLe(le: number): Uint8Array {
  return le <= 256 ? Uint8Array.of(le % 256) : Uint8Array.of((le >> 8) & 0xff, le & 0xff);
}

function decodeLe(value: Uint8Array): number {
  if (value.length === 1) return value[0] || 256;
  if (value.length === 2) return (value[0]! << 8) | value[1]! || 65_536;
  throw broken("le-malformed");
}

function broken(problem: string, cause?: unknown): KabinaError {
  return new KabinaError("mrtd/secure-messaging-broken", { problem }, { cause });
}
