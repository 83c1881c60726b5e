/**
 * The booth's own audit log (`<data>/booth/audit.log`): that it started, that sessions began and were erased, which packages it
 * sealed and delivered. No personal data. A full disk may leave a gap in time, never in the chain; nobody is kept waiting by it.
 */
import { join } from "node:path";
import { readCheckpoint } from "../crypto/audit/checkpoint.ts";
import { keepCosigned } from "../crypto/audit/cosigned.ts";
import type { AuditEntry } from "../crypto/audit/entry.ts";
import { cosignedFile, readCertificates, readLines, readNotes } from "../crypto/audit/file.ts";
import { AuditLog } from "../crypto/audit/log.ts";
import { readNote } from "../crypto/audit/note.ts";
import { writeAddition } from "../crypto/audit/proof-file.ts";
import type { Certificate } from "../crypto/certificate/certificate.ts";
import { WITNESS_LIMITS } from "../crypto/delivery/answers.ts";
import type { Clock } from "../crypto/environment.ts";
import { KabinaError } from "../crypto/errors/kabina-error.ts";
import type { PrivateKeyHandle } from "../crypto/keys/key.ts";

export interface AuditTrailOptions {
  /** `<data>/booth` */
  readonly folder: string;
  readonly boothId: string;
  /** The `booth-identity` key. */
  readonly key: PrivateKeyHandle;
  readonly clock: Clock;
  onFault(error: unknown): void;
}

export class AuditTrail {
  readonly #options: AuditTrailOptions;
  #log: AuditLog | undefined;
  #work: Promise<void> = Promise.resolve();

  private constructor(options: AuditTrailOptions) {
    this.#options = options;
  }

  /** Opens or makes the log. Throws `audit/rewritten` and the like: a booth whose log was tampered with does not start. */
  static async open(options: AuditTrailOptions): Promise<AuditTrail> {
    const trail = new AuditTrail(options);
    trail.#log = await trail.#open();
    return trail;
  }

  /** Adds an entry and signs the head over it, in its turn; returns at once. */
  note(kind: string, data: AuditEntry["data"] = {}): void {
    this.#work = this.#work.then(() => this.#write(kind, data)).catch(this.#options.onFault);
  }

  /** Resolves when what was noted so far is in the log, or cannot be. */
  settled(): Promise<void> {
    return this.#work;
  }

  /** The last checkpoint and what it covers; undefined while the log cannot be written. */
  get head(): { readonly note: string; readonly size: number } | undefined {
    return this.#log?.head;
  }

  /**
   * What the log has to show its witness: that a checkpoint, the last unless told otherwise, follows the first `oldSize` entries. Throws
   * `audit/closed`, `audit/range`.
   */
  addition(oldSize: number, head = this.head): string {
    if (!this.#log || !head) throw new KabinaError("audit/closed", {});
    const hashes = oldSize === 0 ? [] : this.#log.consistencyProof(oldSize, head.size);
    return writeAddition({ oldSize, hashes, note: head.note });
  }

  /** Whole lines from an entry on, up to another, `WITNESS_LIMITS` at most. */
  async lines(from: number, to: number): Promise<Uint8Array> {
    const lines: Uint8Array[] = [];
    let index = 0;
    let bytes = 0;
    for await (const { line } of readLines(this.#path)) {
      if (index >= to || index - from >= WITNESS_LIMITS.entries || bytes + line.length > WITNESS_LIMITS.bytes) break;
      if (index++ < from) continue;
      lines.push(Buffer.from(line), Buffer.from("\n"));
      bytes += line.length + 1;
    }
    return Buffer.concat(lines);
  }

  /** Certificates of the keys that signed this log, PEM. */
  async certificates(): Promise<string> {
    return (await readCertificates(this.#path)).map((one) => one.toPem()).join("");
  }

  /** Keeps a checkpoint with its witness's cosignature, and the certificates that verify it. */
  keepCosigned(note: string, witness: readonly Certificate[]): Promise<void> {
    return keepCosigned(this.#path, note, witness);
  }

  /** Entries of the last checkpoint that came back cosigned; 0 when none did. */
  async cosigned(): Promise<number> {
    const last = (await readNotes(cosignedFile(this.#path))).notes.at(-1);
    return last === undefined ? 0 : readCheckpoint(readNote(last).text).size;
  }

  async close(): Promise<void> {
    await this.#work;
    await this.#log?.close().catch(() => {});
  }

  async #write(kind: string, data: AuditEntry["data"]): Promise<void> {
    this.#log ??= await this.#open();
    try {
      await this.#log.append(kind, data);
      await this.#log.checkpoint();
    } catch (error) {
      // After a failed write nobody knows what is on the disk: the next note opens the log anew, which finds out.
      await this.#log.close().catch(() => {});
      this.#log = undefined;
      throw error;
    }
  }

  get #path(): string {
    return join(this.#options.folder, "audit.log");
  }

  #open(): Promise<AuditLog> {
    const { boothId, key, clock } = this.#options;
    return AuditLog.open(this.#path, { origin: `kabina/booth/${boothId}`, key, clock });
  }
}
