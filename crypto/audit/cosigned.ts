/** Keeps checkpoints that came back cosigned beside their log, with the certificates that verify them. */
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { Certificate } from "../certificate/certificate.ts";
import { writeFileDurably } from "../durable-file.ts";
import { readCheckpoint } from "./checkpoint.ts";
import { certificatesFile, cosignedFile, readCertificates, readNotes } from "./file.ts";
import { readNote } from "./note.ts";

/** Adds a verified note to `<log>.cosigned`, once; durable when this resolves. */
export async function keepCosigned(log: string, note: string, witness: readonly Certificate[]): Promise<void> {
  const { notes, whole } = await readNotes(cosignedFile(log));
  if (notes.includes(note)) return;
  await keepCertificates(log, witness);
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

/**
 * The same for a log with many witnesses: of each only the newest note is kept, which covers all that it cosigned before. Written whole, so one
 * after the other.
 */
export async function keepNewestCosigned(log: string, note: string, witness: readonly Certificate[]): Promise<void> {
  const { notes } = await readNotes(cosignedFile(log));
  await keepCertificates(log, witness);
  const covered = cosignersOf(note);
  const others = notes.filter((one) => !cosignersOf(one).every((name) => covered.includes(name)));
  const all = [...others, note].sort((a, b) => sizeOf(a) - sizeOf(b));
  await writeFileDurably(cosignedFile(log), all.map((one) => `${one}\n`).join(""), 0o600);
}

const sizeOf = (note: string): number => readCheckpoint(readNote(note).text).size;
const cosignersOf = (note: string): string[] => {
  const { text, signatures } = readNote(note);
  const { origin } = readCheckpoint(text);
  return signatures.map(({ name }) => name).filter((name) => name !== origin);
};

async function keepCertificates(log: string, witness: readonly Certificate[]): Promise<void> {
  const kept = await readCertificates(log);
  const fresh = witness.filter((one) => !kept.some(({ sha256 }) => sha256 === one.sha256));
  if (fresh.length === 0) return;
  const all = [...kept, ...fresh].map((one) => one.toPem()).join("");
  await writeFileDurably(certificatesFile(log), all);
}
