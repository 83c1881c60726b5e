/**
 * The booth as witness of the server's audit log: now and then it asks for the server's head with the proof that the log has only grown from the head
 * it saw last, keeps it, and cosigns it. A head that does not follow is kept as evidence, told in the booth's own log, and never cosigned.
 */
import { createHash } from "node:crypto";
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readCheckpoint } from "../crypto/audit/checkpoint.ts";
import { boothCosigner, cosign } from "../crypto/audit/cosignature.ts";
import { verifyConsistency } from "../crypto/audit/merkle.ts";
import { readNote } from "../crypto/audit/note.ts";
import { readAddition } from "../crypto/audit/proof-file.ts";
import { certifiedSigners, verifiedHead } from "../crypto/audit/verify.ts";
import { anchorsOf, type Trust } from "../crypto/authority/trust.ts";
import { Certificate } from "../crypto/certificate/certificate.ts";
import { WitnessStanding } from "../crypto/delivery/answers.ts";
import { writeFileDurably } from "../crypto/durable-file.ts";
import type { Clock } from "../crypto/environment.ts";
import { isCoded, KabinaError } from "../crypto/errors/kabina-error.ts";
import type { PrivateKeyHandle } from "../crypto/keys/key.ts";
import type { IntakeClient } from "./outbox/intake-client.ts";

/** Milliseconds between two visits: on a thin link each costs a kilobyte. */
const EVERY_MS = 60 * 60_000;
const SERVER_LOG = "kabina-server-audit";
/** In the booth's folder: the head that it saw last. */
export const SERVER_LOG_NOTE = "server-log.note";

export interface ServerLogWatchTools {
  /** `<data>/booth` */
  readonly folder: string;
  readonly boothId: string;
  readonly trust: Trust;
  /** The key that signs the booth's own audit log: the server knows it from there. */
  readonly key: PrivateKeyHandle;
  readonly clock: Clock;
  readonly note: (kind: string, data: Record<string, string | number>) => void;
}

export class ServerLogWatch {
  readonly #tools: ServerLogWatchTools;
  #nextMs = Number.NEGATIVE_INFINITY;

  constructor(tools: ServerLogWatchTools) {
    this.#tools = tools;
  }

  /** Does what is due. Throws `audit/server-forked`, `audit/server-cut-back`, and what an answer that is none throws. */
  async contact(client: Pick<IntakeClient, "witness">, signal: AbortSignal): Promise<void> {
    const { clock } = this.#tools;
    if (clock.monotonic() < this.#nextMs) return;
    this.#nextMs = clock.monotonic() + EVERY_MS;
    const answer = await client.witness(`/server?since=${await this.since()}`, signal).catch((error: unknown) => {
      // A server that only takes packages in keeps no log.
      if (isCoded(error) && error.code === "intake/route-unknown") return undefined;
      throw error;
    });
    if (!answer) return;
    const standing = WitnessStanding.parse(JSON.parse((await client.witness("", signal)).toString("utf8")));
    const cosigned = await this.judge(answer.toString("utf8"), Certificate.fromPem(standing.certificates));
    await client.witness("/server/cosignature", signal, cosigned);
  }

  /** Entries of the server's log that this booth has seen so far. */
  async since(): Promise<number> {
    const kept = await this.#kept();
    return kept === undefined ? 0 : readCheckpoint(readNote(kept).text).size;
  }

  /**
   * Holds the server's head, with its proof, against the one that was seen last; remembers it; and returns it cosigned. `certificates`: of the keys that signed
   * it. Throws `audit/server-forked`, `audit/server-cut-back`, `audit/…`, `certificate/…`.
   */
  async judge(addition: string, certificates: readonly Certificate[]): Promise<string> {
    const { clock, key, boothId } = this.#tools;
    const kept = await this.#kept();
    const before = kept === undefined ? undefined : readCheckpoint(readNote(kept).text);
    const { oldSize, hashes, note } = readAddition(addition);
    const signers = certifiedSigners(certificates, anchorsOf(this.#tools.trust));
    // Believed to be the server's before anything is held against it.
    const head = verifiedHead(note, signers);
    if (head.origin !== SERVER_LOG) throw new KabinaError("audit/origin-unknown", { origin: head.origin });
    if (before && kept !== undefined) {
      if (head.size < before.size) throw await this.#evidence("audit/server-cut-back", kept, note, head.size);
      const same = head.size === before.size && Buffer.compare(head.root, before.root) === 0;
      const grown =
        before.size === 0 ||
        (oldSize === before.size && verifyConsistency(oldSize, before.root, head.size, head.root, hashes));
      if (!same && !grown) throw await this.#evidence("audit/server-forked", kept, note, head.size);
    }
    // Kept before it is cosigned: what this booth has vouched for it must remember.
    if (note !== kept) await writeFileDurably(this.#keptFile, note, 0o600);
    return note + (await cosign(note, key, clock.now(), boothCosigner(boothId)));
  }

  get #keptFile(): string {
    return join(this.#tools.folder, SERVER_LOG_NOTE);
  }

  async #kept(): Promise<string | undefined> {
    return readFile(this.#keptFile, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
  }

  /** Both heads, as the server signed them; each pair once. */
  async #evidence(code: string, kept: string, shown: string, size: number): Promise<KabinaError> {
    const { folder, clock, note } = this.#tools;
    const file = join(folder, "server-log.evidence");
    const id = createHash("sha256").update(kept).update(shown).digest("hex");
    const known = await readFile(file, "utf8").catch(() => "");
    if (!known.includes(id)) {
      await appendFile(file, `${JSON.stringify({ id, at: clock.now().toISOString(), code, kept, shown })}\n`, {
        mode: 0o600,
        flush: true,
      });
      note("server-log.evidence", { code, size, evidence: id });
    }
    return new KabinaError(code, { size });
  }
}
