/**
 * Erases what is kept of a case: first a durable line says what will go, then the keys are destroyed and the ciphertext with them, the package's
 * file is overwritten and removed, the database's log is emptied, and the certificate goes to the audit log. Every step may be done again:
 * what a SIGKILL cut off goes on at the next run.
 */
import { createHash } from "node:crypto";
import { open, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import canonicalize from "canonicalize";
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { Register } from "../register/register.ts";
import type { ErasureRecord, ErasureScope } from "../store/erasures.ts";
import { isPrint } from "../store/parts.ts";
import type { Store } from "../store/store.ts";
import { tracesOf, tracesOfPackage } from "./traces.ts";

export interface EraserTools {
  readonly store: Store;
  readonly register: Register;
  /** `<data>/server/uploads` */
  readonly uploads: string;
  readonly clock: Clock;
}

/** What was erased: names, sizes and SHA-256 of the bytes as they rested; nothing of the person. */
export interface ErasureInventory {
  readonly keys: readonly { readonly name: string; readonly sha256: string }[];
  readonly parts: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
  readonly package: { readonly sha256: string; readonly bytes: number } | null;
}

export const ERASED = "case.erased";
const BLOCK = 1 << 16;

export class Eraser {
  readonly #tools: EraserTools;

  constructor(tools: EraserTools) {
    this.#tools = tools;
  }

  /**
   * Erases all captures of a case, or its prints; done before, it changes nothing. `policy`: what it is done under. Throws `review/case-unknown`,
   * `retention/in-work` for a case that is being processed.
   */
  async erase(
    caseId: string,
    scope: ErasureScope,
    why: { readonly reason: string; readonly policy: string; readonly by: string },
  ): Promise<void> {
    const { store, clock } = this.#tools;
    const record = store.cases.find(caseId);
    if (!record) throw new KabinaError("review/case-unknown", { case: caseId });
    if (record.state === "processing") throw new KabinaError("retention/in-work", { case: caseId });
    const known = store.erasures.of(caseId);
    if (!known.some((one) => one.scope === scope || one.scope === "captures")) {
      const { inventory, traces } = await this.#survey(caseId, scope);
      const begunAt = clock.now().toISOString();
      await store.commits.commit(() => store.erasures.begin({ caseId, scope, ...why, begunAt, inventory, traces }));
    }
    await this.resume(caseId);
  }

  /** Finishes what was begun, of one case or of all; how many that were. */
  async resume(caseId?: string): Promise<number> {
    const begun = this.#tools.store.erasures.begun().filter((one) => caseId === undefined || one.caseId === caseId);
    for (const erasure of begun) await this.#finish(erasure);
    return begun.length;
  }

  async #finish(erasure: ErasureRecord): Promise<void> {
    const { store, clock } = this.#tools;
    const { caseId, scope, reason, policy } = erasure;
    const record = store.cases.find(caseId)!;
    const gone = store.cases
      .history(caseId)
      .some((one) => one.event === "erased" && one.detail?.startsWith(`${scope}:`));
    if (!gone) {
      const at = clock.now().toISOString();
      await store.commits.commit(() => {
        store.cases.setPrintsKey(caseId, null);
        if (scope === "captures") {
          store.cases.setDataKey(caseId, null);
          store.parts.drop(caseId);
          store.notes.remove(caseId);
        } else store.parts.dropPrints(caseId);
        store.cases.change(caseId, at, {}, "changed");
        store.cases.addHistory(caseId, {
          at,
          by: erasure.by,
          event: "erased",
          detail: `${scope}: ${reason}, ${policy}`,
        });
      });
    }
    // The package's file holds the prints too, and nothing needs it once the case is past its pipeline.
    await overwrite(join(this.#tools.uploads, `${record.packageSha256}.kab`));
    // What was overwritten in the database's pages still stands in its log until that is emptied.
    emptyWriteAheadLog(store);
    this.#certify(erasure, record.packageSha256);
    const doneAt = clock.now().toISOString();
    await store.commits.commit(() => store.erasures.finish(caseId, scope, doneAt));
    emptyWriteAheadLog(store);
  }

  /** The certificate: an event of the register, which the server carries into its signed log, once. */
  #certify(erasure: ErasureRecord, packageSha256: string): void {
    const { register, store, clock } = this.#tools;
    const { caseId, scope, reason, policy, by, begunAt, inventory } = erasure;
    if (register.eventsOf(caseId).some(({ kind, data }) => kind === ERASED && data.scope === scope)) return;
    const { keys, parts } = JSON.parse(inventory) as ErasureInventory;
    const at = clock.now().toISOString();
    const data = {
      scope,
      reason,
      policy,
      begun: begunAt,
      package: store.packages.find(packageSha256)?.packageId ?? "",
      packageSha256,
      keys: keys.length,
      parts: parts.length,
      bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
      inventorySha256: createHash("sha256").update(inventory).digest("hex"),
    };
    register.note(() => register.addEvent({ at, by, kind: ERASED, subject: caseId, data }));
  }

  async #survey(caseId: string, scope: ErasureScope): Promise<{ inventory: string; traces: Buffer }> {
    const { store, uploads } = this.#tools;
    const record = store.cases.find(caseId)!;
    const traces: Buffer[] = [];
    const keys = Object.entries({
      prints: record.printsKey,
      data: scope === "captures" ? record.dataKey : null,
    }).flatMap(([name, wrapped]) => {
      if (!wrapped) return [];
      // The wrapped key itself, as its text rests in the database.
      traces.push(tracesOf(Buffer.from(String((JSON.parse(wrapped.toString("utf8")) as { wrapped: string }).wrapped))));
      return [{ name, sha256: sha256(wrapped) }];
    });
    const names = store.parts.list(caseId).filter(({ name }) => scope === "captures" || isPrint(name));
    const resting = names.map(({ name }) => ({ name, sealed: store.parts.sealed(caseId, name)! }));
    const note = scope === "captures" ? store.notes.sealed(caseId) : undefined;
    if (note) resting.push({ name: "note", sealed: note });
    for (const { sealed } of resting) traces.push(tracesOf(sealed));
    const file = await readFile(join(uploads, `${record.packageSha256}.kab`)).catch(() => undefined);
    if (file) traces.push(tracesOfPackage(file));
    const inventory: ErasureInventory = {
      keys,
      parts: resting.map(({ name, sealed }) => ({ name, bytes: sealed.length, sha256: sha256(sealed) })),
      package: file ? { sha256: record.packageSha256, bytes: file.length } : null,
    };
    return { inventory: canonicalize(inventory) as string, traces: Buffer.concat(traces) };
  }
}

/** A reader in another process may hold the log; the next run empties it then, and the re-scan says if it did not. */
function emptyWriteAheadLog(store: Store): void {
  store.database.pragma("wal_checkpoint(TRUNCATE)");
}

/** Zeros, synced, then gone. Nothing when it is not there. */
async function overwrite(path: string): Promise<void> {
  const file = await open(path, "r+").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (!file) return;
  try {
    const { size } = await file.stat();
    const zeros = Buffer.alloc(BLOCK);
    for (let at = 0; at < size; at += BLOCK) await file.write(zeros, 0, Math.min(BLOCK, size - at), at);
    await file.datasync();
  } finally {
    await file.close();
  }
  await unlink(path);
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
