/** The files of a virtual chip: SELECT and READ BINARY (ISO/IEC 7816-4 §11.1, §11.2; 9303-10 §3.6). */
import type { CommandApdu, ResponseApdu } from "../card/apdu.ts";
import { instruction } from "../card/instruction.ts";
import { status } from "../card/status.ts";
import { type FileName, fileIdentities, type PassportFiles, passportAid } from "../lds/file.ts";
import { equalBytes } from "../tlv/der.ts";
import { parseTlv } from "../tlv/node.ts";
import { tlv } from "../tlv/write.ts";

const masterFile = 0x3f00;

export interface Permission {
  /** Is this file open to the terminal as far as it has come? */
  mayRead(name: FileName): boolean;
}

export class VirtualFileSystem {
  readonly #files: PassportFiles;
  #application = false;
  #current: FileName | undefined;

  constructor(files: PassportFiles) {
    this.#files = files;
  }

  get applicationSelected(): boolean {
    return this.#application;
  }

  /** Back to the master file. */
  reset(): void {
    this.#application = false;
    this.#current = undefined;
  }

  select(command: CommandApdu): ResponseApdu {
    const data = command.data ?? new Uint8Array();
    if (command.p1 === 0x04) {
      if (!equalBytes(data, passportAid)) return answer(status.fileNotFound);
      this.#application = true;
      this.#current = undefined;
      return answer(status.ok);
    }
    if (command.p1 !== 0x00 && command.p1 !== 0x02) return answer(status.wrongParameters);
    const id = data.length === 2 ? (data[0]! << 8) | data[1]! : data.length === 0 ? masterFile : -1;
    if (id === masterFile) {
      this.reset();
      return answer(status.ok);
    }
    const name = this.#find((identity) => identity.id === id);
    if (name === undefined) return answer(status.fileNotFound);
    this.#current = name;
    return answer(status.ok);
  }

  /** `limit`: most bytes of data that the response has room for. */
  readBinary(command: CommandApdu, permission: Permission, limit: number): ResponseApdu {
    const odd = command.ins === instruction.readBinaryOdd;
    let offset: number;
    if (!odd && (command.p1 & 0x80) !== 0) {
      const name = this.#find((identity) => identity.sfi === (command.p1 & 0x1f));
      if (name === undefined) return answer(status.fileNotFound);
      this.#current = name;
      offset = command.p2;
    } else if (!odd) {
      offset = (command.p1 << 8) | command.p2;
    } else {
      const found = offsetOf(command);
      if (found === undefined) return answer(status.wrongData);
      offset = found;
    }
    if (this.#current === undefined) return answer(0x6986);
    if (!permission.mayRead(this.#current)) return answer(status.securityNotSatisfied);
    const bytes = this.#files[this.#current]!;
    if (offset >= bytes.length) return answer(status.wrongOffset);
    if (command.le === undefined) return answer(status.wrongLength);
    const wanted = Math.min(command.le, limit);
    if (odd) {
      const data = bytes.subarray(offset, offset + Math.max(0, wanted - 5));
      return { data: tlv(0x53, data), status: status.ok };
    }
    const data = bytes.subarray(offset, offset + wanted);
    const everything = command.le === 256 || command.le === 65_536;
    return { data, status: data.length < wanted && !everything ? status.endOfFile : status.ok };
  }

  /** A file of the selected application (or of the master file) that this chip has. */
  #find(matches: (identity: { id: number; sfi: number }) => boolean): FileName | undefined {
    return (Object.keys(this.#files) as FileName[]).find((name) => {
      const identity = fileIdentities[name];
      return (identity.master === true) !== this.#application && matches(identity);
    });
  }
}

/** DO'54' of READ BINARY with odd INS. */
function offsetOf(command: CommandApdu): number | undefined {
  try {
    const node = parseTlv(command.data ?? new Uint8Array(), { where: "READ BINARY" }).expect(0x54);
    return node.value.length <= 4 ? node.value.reduce((sum, byte) => sum * 256 + byte, 0) : undefined;
  } catch {
    return undefined;
  }
}

export const answer = (word: number): ResponseApdu => ({ data: new Uint8Array(), status: word });
