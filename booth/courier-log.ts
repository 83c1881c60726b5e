/** The booth's audit log in a courier's box: the log goes to the server, the cosigned head comes back; beside a running booth or without one. */

import { join } from "node:path";
import { verifyCosignature } from "../crypto/audit/cosignature.ts";
import { keepCosigned } from "../crypto/audit/cosigned.ts";
import { type ExportedLog, exportLog } from "../crypto/audit/export.ts";
import { cosignedFile, readCertificates, readNotes } from "../crypto/audit/file.ts";
import { certifiedSigners, trustedSigners, verifiedHead } from "../crypto/audit/verify.ts";
import { readInstallation } from "../crypto/authority/installation.ts";
import { anchorsOf, readTrust } from "../crypto/authority/trust.ts";
import { KabinaError } from "../crypto/errors/kabina-error.ts";

/** @param folder `<data>/booth` */
export async function carryLog(folder: string, box: string): Promise<ExportedLog> {
  return exportLog(join(folder, "audit.log"), await placeIn(box, folder));
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
