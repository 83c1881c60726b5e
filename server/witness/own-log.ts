/** The server's own audit log before its witnesses: its head with the proof that it has only grown, and their cosignatures kept beside it. */
import { readCheckpoint } from "../../crypto/audit/checkpoint.ts";
import { cosignaturesOf } from "../../crypto/audit/cosignature.ts";
import { keepNewestCosigned } from "../../crypto/audit/cosigned.ts";
import { readLog } from "../../crypto/audit/export.ts";
import { consistencyProof, rootOf } from "../../crypto/audit/merkle.ts";
import { readNote } from "../../crypto/audit/note.ts";
import { writeAddition } from "../../crypto/audit/proof-file.ts";
import type { AuditSigners } from "../../crypto/audit/verify.ts";
import type { Certificate } from "../../crypto/certificate/certificate.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";

/** What is asked of the log's writer. */
export interface WitnessedLog {
  /** The body of an addition from the first `since` entries to the last checkpoint; from none where it has fewer. */
  addition(since: number): string;
  /** Whether a checkpoint of that size and root is of this log. */
  holds(size: number, root: Uint8Array): boolean;
}

/** The log of a file as it stood at its last checkpoint, beside its running writer or without one. Throws `audit/checkpoint-missing`, `audit/rewritten`. */
export async function witnessedFile(path: string): Promise<WitnessedLog> {
  const { note, size, tree } = await readLog(path);
  return {
    addition(since) {
      const oldSize = since > size ? 0 : since;
      return writeAddition({
        oldSize,
        hashes: oldSize === 0 ? [] : consistencyProof(tree.leaves, oldSize, size),
        note,
      });
    },
    holds: (of, root) => of <= size && Buffer.compare(rootOf(tree.leaves, 0, of), root) === 0,
  };
}

export class OwnLog {
  readonly #path: string;
  readonly #log: WitnessedLog;
  #work: Promise<unknown> = Promise.resolve();

  /** @param path of the log */
  constructor(path: string, log: WitnessedLog) {
    this.#path = path;
    this.#log = log;
  }

  addition(since: number): string {
    return this.#log.addition(since);
  }

  /** Keeps a head of this log that a witness has cosigned. Throws `audit/checkpoint-malformed`, `audit/inconsistent`, `audit/cosignature`. */
  keep(note: string, witness: string, signers: AuditSigners, certificates: readonly Certificate[]): Promise<void> {
    const { size, root } = readCheckpoint(readNote(note).text);
    if (!this.#log.holds(size, root))
      throw new KabinaError("audit/inconsistent", { booth: witness, size, offered: size });
    const by = cosignaturesOf(note, (name) => (name === witness ? signers.cosigners(name) : []));
    if (by.length === 0) throw new KabinaError("audit/cosignature", {});
    const turn = this.#work.then(() => keepNewestCosigned(this.#path, note, certificates));
    this.#work = turn.catch(() => undefined);
    return turn;
  }
}
