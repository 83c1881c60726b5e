/** The booth's audit log in a courier's box: the log goes to the server, the cosigned head comes back; beside a running booth or without one. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readCheckpoint } from "../crypto/audit/checkpoint.ts";
import { verifyCosignature } from "../crypto/audit/cosignature.ts";
import { keepCosigned } from "../crypto/audit/cosigned.ts";
import { type ExportedLog, exportLog } from "../crypto/audit/export.ts";
import { cosignedFile, readCertificates, readNotes } from "../crypto/audit/file.ts";
import { readNote } from "../crypto/audit/note.ts";
import { certifiedSigners, trustedSigners, verifiedHead } from "../crypto/audit/verify.ts";
import { readInstallation } from "../crypto/authority/installation.ts";
import { anchorsOf, readTrust } from "../crypto/authority/trust.ts";
import { writeFileDurably } from "../crypto/durable-file.ts";
import type { Clock } from "../crypto/environment.ts";
import { KabinaError } from "../crypto/errors/kabina-error.ts";
import type { KeyStore, PrivateKeyHandle } from "../crypto/keys/key.ts";
import { SERVER_LOG_NOTE, ServerLogWatch } from "./server-log-watch.ts";

/** Of the server's log, in the box: what this booth has seen of it, its head with a proof from there, and the head cosigned here. */
const inBox = (box: string, booth: string, what: "since" | "addition" | "cosigned"): string =>
  join(box, `server-log-${booth}.${what}`);
/** In the booth's folder: the head of the server's log that it cosigned for a courier last. */
const cosignedServerLog = (folder: string): string => join(folder, "server-log.cosigned");

/** Puts the log into the box, and what this booth knows of the server's. @param folder `<data>/booth` */
export async function carryLog(folder: string, box: string): Promise<ExportedLog> {
  const carried = await exportLog(join(folder, "audit.log"), await placeIn(box, folder));
  const { boothId } = await readInstallation(folder);
  const kept = await readFile(join(folder, SERVER_LOG_NOTE), "utf8").catch(() => undefined);
  const since = kept === undefined ? 0 : readCheckpoint(readNote(kept).text).size;
  await writeFileDurably(inBox(box, boothId, "since"), `${since}\n`);
  const cosigned = await readFile(cosignedServerLog(folder)).catch(() => undefined);
  if (cosigned) await writeFileDurably(inBox(box, boothId, "cosigned"), cosigned);
  return carried;
}

/**
 * The booth as witness of the server's log, by courier: judges the head that the server has put into the box as over the link, and puts it back cosigned, for the
 * courier's next way. Entries of the server's log that it vouches for; null where the box holds no head. Throws `audit/server-forked`,
 * `audit/server-cut-back`, `audit/…`, `certificate/…`, `key/…`.
 */
export async function witnessServer(
  folder: string,
  box: string,
  tools: { readonly keys: () => Promise<KeyStore>; readonly clock: Clock },
): Promise<number | null> {
  const { boothId } = await readInstallation(folder);
  const path = inBox(box, boothId, "addition");
  const addition = await readFile(path, "utf8").catch(() => undefined);
  if (addition === undefined) return null;
  const trust = await readTrust(join(folder, "trust"));
  const key = await keyOfLog(folder, await tools.keys());
  const watch = new ServerLogWatch({ folder, boothId, trust, key, clock: tools.clock, note: () => undefined });
  const cosigned = await watch.judge(addition, await readCertificates(path));
  await writeFileDurably(cosignedServerLog(folder), cosigned, 0o600);
  await writeFileDurably(inBox(box, boothId, "cosigned"), cosigned);
  return watch.since();
}

/** The key that signs this booth's log: the server knows it from there. A running booth goes on with the one that it started with. Throws `audit/key-unknown`. */
async function keyOfLog(folder: string, store: KeyStore): Promise<PrivateKeyHandle> {
  const known = (await readCertificates(join(folder, "audit.log"))).map(({ sha256 }) => sha256);
  for (const key of [await store.load("booth-identity"), ...(await store.former("booth-identity"))])
    if (key.chain[0] && known.includes(key.chain[0].sha256)) return key;
  const { boothId } = await readInstallation(folder);
  throw new KabinaError("audit/key-unknown", { booth: boothId });
}

/** Takes the cosigned heads out of the box; how many were new. Throws `audit/box-empty`, `audit/cosignature`, `audit/checkpoint-*`, `certificate/*`. */
export async function takeCosigned(folder: string, box: string): Promise<number> {
  const log = join(folder, "audit.log");
  const path = await placeIn(box, folder);
  const anchors = anchorsOf(await readTrust(join(folder, "trust")));
  const own = await trustedSigners(log, { anchors });
  const carried = await readCertificates(path);
  const { witnesses } = certifiedSigners(carried, anchors);
  const known = new Set((await readNotes(cosignedFile(log))).notes);
  const { notes } = await readNotes(cosignedFile(path));
  if (notes.length === 0) throw new KabinaError("audit/box-empty", { path });
  let taken = 0;
  for (const note of notes.filter((one) => !known.has(one))) {
    verifiedHead(note, own);
    if (!verifyCosignature(note, witnesses)) throw new KabinaError("audit/cosignature", {});
    await keepCosigned(log, note, carried);
    taken++;
  }
  return taken;
}

async function placeIn(box: string, folder: string): Promise<string> {
  const { boothId } = await readInstallation(folder);
  return join(box, `audit-${boothId}.log`);
}
