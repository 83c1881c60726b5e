/** Reads elementary files off a chip with as few commands as its answers allow. */
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import { formatStatus, type ResponseApdu } from "../card/apdu.ts";
import { instruction } from "../card/instruction.ts";
import type { CardSession } from "../card/session.ts";
import { status } from "../card/status.ts";
import { type FileName, fileIdentities } from "../lds/file.ts";
import { integer } from "../tlv/der.ts";
import { parseTlvPrefix, peekTlvHeader } from "../tlv/node.ts";
import { concat, tlv } from "../tlv/write.ts";
import { readLimits } from "./limits.ts";
import type { PartialReading } from "./partial-reading.ts";

/** Offsets that fit into P1 and P2 of READ BINARY with even INS (7816-4 §11.2.3). */
const lastShortOffset = 0x7fff;

/** Step of `mrtd/read-failed` where a short identifier has cost the session: opened again, the chip is read by SELECT. */
export const shortIdentifierRefused = "short-identifier";

export interface FileReaderOptions {
  readonly partial: PartialReading;
  /** Bytes to ask for at a time, 1 to 65536; read before every command, so that it can shrink while reading. */
  readonly block: () => number;
  readonly onBytes: (name: FileName, have: number, total: number) => void;
}

export class FileReader {
  readonly #session: CardSession;
  readonly #options: FileReaderOptions;
  /** The file that READ BINARY without a short identifier reads from. */
  #current: FileName | undefined;
  /** The chip has shown that it knows no short identifiers: files are selected. */
  #selects = false;

  constructor(session: CardSession, options: FileReaderOptions) {
    this.#session = session;
    this.#options = options;
  }

  /** From now on files are selected; false when they were already. */
  selectFiles(): boolean {
    const changes = !this.#selects;
    this.#selects = true;
    return changes;
  }

  /** Does the chip go on with the session that an unprotected answer ended? Asked by a command that reads nothing. */
  async goesOn(): Promise<boolean> {
    this.#session.goOn();
    if (this.#session.secure === undefined) return false;
    try {
      return (await this.#select("EF.COM")).status === status.ok && this.#session.secure !== undefined;
    } catch (error) {
      if (!isCoded(error) || error.code !== "mrtd/secure-messaging-broken") throw error;
      return false;
    }
  }

  /** After a SELECT of an application no file is current any more. */
  leaveFile(): void {
    this.#current = undefined;
  }

  /**
   * The whole file; undefined when the chip has no such file or does not give it. Throws `mrtd/file-length-implausible`, `mrtd/read-failed`,
   * `card/response-too-long`, and what the session throws.
   */
  async read(name: FileName): Promise<Uint8Array | undefined> {
    const { partial, onBytes } = this.#options;
    let held = partial.files.get(name);
    let apdus = 0;
    if (held === undefined) {
      const start = await this.#readStart(name);
      if (start === undefined) return undefined;
      held = { total: this.#totalOf(name, start), bytes: start };
      held.bytes = start.subarray(0, held.total);
      partial.files.set(name, held);
    }
    onBytes(name, held.bytes.length, held.total);
    const mostApdus = readLimits.spareApdus + Math.ceil(held.total / readLimits.smallestBlock);
    while (held.bytes.length < held.total) {
      if (++apdus > mostApdus) throw readFailed(name, "too-many-commands");
      const wanted = Math.min(this.#options.block(), held.total - held.bytes.length);
      const part = await this.#readAt(name, held.bytes.length, wanted);
      held.bytes = concat(held.bytes, part);
      onBytes(name, held.bytes.length, held.total);
    }
    return held.bytes;
  }

  /** How long the file is by its own outermost header, checked before anything of that size is asked for. */
  #totalOf(name: FileName, start: Uint8Array): number {
    const { tag, row } = fileIdentities[name];
    // A row ends where the file does, and those that there are fit into one answer.
    if (row) return start.length;
    const header = peekTlvHeader(start, name);
    if (header === undefined) throw readFailed(name, "header-missing");
    if (tag !== undefined && header.tag !== tag)
      throw new KabinaError("mrtd/file-malformed", { file: name, problem: "tag" });
    if (header.totalLength > readLimits.fileBytes) {
      throw new KabinaError("mrtd/file-length-implausible", {
        file: name,
        length: header.totalLength,
        limit: readLimits.fileBytes,
      });
    }
    return header.totalLength;
  }

  /** The first bytes, by short identifier (one command), or by SELECT where a chip does not know that. */
  async #readStart(name: FileName): Promise<Uint8Array | undefined> {
    const le = this.#options.block();
    if (!this.#selects) {
      const isOpen = this.#session.secure !== undefined;
      const bySfi = await this.#readBySfi(name, le);
      if (isData(bySfi)) return this.#took(name, bySfi, le);
      if (isAbsent(bySfi)) return undefined;
      if (isOpen && !isLength(bySfi)) return this.#selectInstead(name, le);
      this.#assertSession(name, bySfi);
    }
    return this.#readSelected(name, le);
  }

  /** From now on. Some chips end the session over a short identifier: the caller then opens them again. */
  #selectInstead(name: FileName, le: number): Promise<Uint8Array | undefined> {
    this.#selects = true;
    const isOver = this.#session.secure === undefined;
    if (isOver) this.#session.goOn();
    return this.#readSelected(name, le, isOver ? shortIdentifierRefused : undefined);
  }

  async #readSelected(name: FileName, le: number, step?: string): Promise<Uint8Array | undefined> {
    const selected = await this.#select(name);
    if (selected.status !== status.ok) {
      this.#assertSession(name, selected, step);
      return undefined;
    }
    const first = await this.#session.send({ cla: 0, ins: instruction.readBinary, p1: 0, p2: 0, le });
    if (isAbsent(first)) return undefined;
    if (!isData(first)) throw readFailed(name, "read-binary", first);
    return this.#took(name, first, le);
  }

  async #readAt(name: FileName, offset: number, wanted: number): Promise<Uint8Array> {
    const long = offset > lastShortOffset;
    if (this.#current !== name) {
      // Resumed: one read by short identifier makes the file current; its bytes are held already.
      const touched = await (this.#selects ? this.#select(name) : this.#readBySfi(name, 8));
      if (!isData(touched)) throw readFailed(name, "resume", touched);
      this.#current = name;
    }
    if (!long) {
      const response = await this.#session.send({
        cla: 0,
        ins: instruction.readBinary,
        p1: offset >> 8,
        p2: offset & 0xff,
        le: wanted,
      });
      if (!isData(response)) throw readFailed(name, "read-binary", response);
      return this.#took(name, response, wanted);
    }
    // Odd INS: the offset in DO'54', the data in DO'53' (7816-4 §11.2.4); ask for room for that object's header.
    const response = await this.#session.send({
      cla: 0,
      ins: instruction.readBinaryOdd,
      p1: 0,
      p2: 0,
      data: tlv(0x54, integer(offset).subarray(2)),
      le: Math.min(wanted + 5, 65_536),
    });
    if (!isData(response)) throw readFailed(name, "read-binary-odd", response);
    const object = parseTlvPrefix(response.data, { where: name });
    if (object.tag !== 0x53 && object.tag !== 0x73) throw readFailed(name, "read-binary-odd", response);
    return this.#took(name, { data: object.value, status: response.status }, wanted);
  }

  #readBySfi(name: FileName, le: number): Promise<ResponseApdu> {
    const p1 = 0x80 | fileIdentities[name].sfi;
    return this.#session.send({ cla: 0, ins: instruction.readBinary, p1, p2: 0, le });
  }

  #select(name: FileName): Promise<ResponseApdu> {
    const { id } = fileIdentities[name];
    const data = Uint8Array.of(id >> 8, id & 0xff);
    return this.#session.send({ cla: 0, ins: instruction.select, p1: 0x02, p2: 0x0c, data });
  }

  /** Refuses an answer that is longer than asked for, and one that brings nothing. */
  #took(name: FileName, response: ResponseApdu, wanted: number): Uint8Array {
    if (response.data.length > wanted) {
      throw new KabinaError("card/response-too-long", { length: response.data.length, wanted });
    }
    if (response.data.length === 0) throw readFailed(name, "nothing-read", response);
    this.#current = name;
    return response.data;
  }

  /** After an unprotected answer to a protected command there is no session to go on with. */
  #assertSession(name: FileName, response: ResponseApdu, step = "session-ended"): void {
    if (this.#session.secure === undefined && !fileIdentities[name].master) throw readFailed(name, step, response);
  }
}

/** Does the chip refuse the length asked for (6700, 6Cxx), or fall over it (6Fxx)? */
const isLength = ({ status: word }: Pick<ResponseApdu, "status">) =>
  word === status.wrongLength || word >> 8 === 0x6c || word >> 8 === 0x6f;

const isData = (response: ResponseApdu) => response.status === status.ok || response.status === status.endOfFile;

const isAbsent = (response: ResponseApdu) =>
  response.status === status.fileNotFound || response.status === status.securityNotSatisfied;

function readFailed(file: string, step: string, response?: ResponseApdu): KabinaError {
  return new KabinaError("mrtd/read-failed", {
    file,
    step,
    status: response === undefined ? "" : formatStatus(response.status),
  });
}
