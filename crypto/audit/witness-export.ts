/** An auditor as witness: an export must continue what they saw last; then its head is remembered, and cosigned with their own key. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { passphraseFile } from "../authority/provision.ts";
import { writeFileDurably } from "../durable-file.ts";
import type { Clock, RandomBytes } from "../environment.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { FileKeyStore } from "../keys/file-store.ts";
import { readPassphrase } from "../keys/passphrase.ts";
import { readCheckpoint } from "./checkpoint.ts";
import { auditorCosigner, cosign } from "./cosignature.ts";
import { keepCosigned } from "./cosigned.ts";
import { checkpointsFile, readLines, readNotes } from "./file.ts";
import { GrowingTree, leafHash } from "./merkle.ts";
import { readNote } from "./note.ts";
import { type AuditTrust, verifyAuditLog } from "./verify.ts";

export interface WitnessedExport {
  readonly origin: string;
  readonly entries: number;
  /** Entries that were seen last; null at the first visit. */
  readonly before: number | null;
  /** As whom it was cosigned; null without a key. */
  readonly witness: string | null;
}

/** Throws what `verifyAuditLog` throws, `audit/server-cut-back`, `audit/server-forked`, `key/…`; then nothing is remembered. */
export async function witnessExport(
  path: string,
  places: { readonly kept: string; readonly key?: string },
  trust: AuditTrust,
  { clock, random }: { readonly clock: Clock; readonly random: RandomBytes },
): Promise<WitnessedExport> {
  const { origin } = await verifyAuditLog(path, trust);
  const note = (await readNotes(checkpointsFile(path))).notes.at(-1)!;
  const { size: entries } = readCheckpoint(readNote(note).text);
  const kept = await readFile(places.kept, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  const before = kept === undefined ? null : readCheckpoint(readNote(kept).text);
  if (before) {
    if (before.origin !== origin) throw new KabinaError("audit/origin-unknown", { origin: before.origin });
    if (before.size > entries) throw new KabinaError("audit/server-cut-back", { size: entries });
    if (Buffer.compare(await rootAt(path, before.size), before.root) !== 0)
      throw new KabinaError("audit/server-forked", { size: entries });
  }
  let witness: string | null = null;
  if (places.key !== undefined) {
    const store = await FileKeyStore.open(
      join(places.key, "keys"),
      await readPassphrase(passphraseFile(places.key)),
      random,
    );
    const key = await store.load("operator");
    witness = auditorCosigner(key.chain[0]?.commonName ?? "");
    await keepCosigned(path, note + (await cosign(note, key, clock.now(), witness)), key.chain);
  }
  await writeFileDurably(places.kept, note, 0o600);
  return { origin, entries, before: before?.size ?? null, witness };
}

async function rootAt(path: string, size: number): Promise<Uint8Array> {
  const tree = new GrowingTree();
  for await (const { line } of readLines(path)) {
    if (tree.size === size) break;
    tree.append(leafHash(line));
  }
  return tree.root();
}
