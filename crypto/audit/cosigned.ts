/** Keeps checkpoints that came back cosigned beside their log, with the certificates that verify them. */
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { Certificate } from "../certificate/certificate.ts";
import { writeFileDurably } from "../durable-file.ts";
import { certificatesFile, cosignedFile, readCertificates, readNotes } from "./file.ts";

/** Adds a verified note to `<log>.cosigned`, once; durable when this resolves. */
export async function keepCosigned(log: string, note: string, witness: readonly Certificate[]): Promise<void> {
  const { notes, whole } = await readNotes(cosignedFile(log));
  if (notes.includes(note)) return;
  const kept = await readCertificates(log);
  const fresh = witness.filter((one) => !kept.some(({ sha256 }) => sha256 === one.sha256));
  if (fresh.length > 0) {
    const all = [...kept, ...fresh].map((one) => one.toPem()).join("");
    await writeFileDurably(certificatesFile(log), all);
  }
  const file = await open(cosignedFile(log), constants.O_WRONLY | constants.O_CREAT, 0o600);
  try {
    // What a power cut has left half written is written over.
    await file.truncate(whole);
    await file.write(`${note}\n`, whole);
    await file.datasync();
  } finally {
    await file.close();
  }
}
