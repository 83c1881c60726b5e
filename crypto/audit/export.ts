/**
 * An export: a log's files as they stood at its last checkpoint, while its writer goes on writing; and single proofs out of it. What is
 * exported verifies with no access to where it came from.
 */

import { writeDurably, writeFileDurably } from "../durable-file.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { readCheckpoint } from "./checkpoint.ts";
import { certificatesFile, checkpointsFile, cosignedFile, readCertificates, readLines, readNotes } from "./file.ts";
import { HashTree } from "./hash-tree.ts";
import { consistencyProof, inclusionProof, leafHash } from "./merkle.ts";
import { readNote } from "./note.ts";
import { writeAddition, writeInclusionProof } from "./proof-file.ts";

export interface ExportedLog {
  readonly origin: string;
  readonly entries: number;
  readonly files: readonly string[];
}

/** Writes `to`, `to.checkpoints`, `to.crt.pem`, and `to.cosigned` where there is any. Throws `audit/checkpoint-missing`, `audit/rewritten`. */
export async function exportLog(from: string, to: string): Promise<ExportedLog> {
  // Notes first: entries that come meanwhile are beyond the last of them, and stay out.
  const { notes } = await readNotes(checkpointsFile(from));
  const { notes: cosigned } = await readNotes(cosignedFile(from));
  const { origin, size } = lastOf(notes, from);
  const newline = Buffer.from("\n");
  let entries = 0;
  await writeDurably(to, 0o600, async (write) => {
    let lines: Uint8Array[] = [];
    for await (const { line } of readLines(from)) {
      if (entries === size) break;
      lines.push(line, newline);
      if (++entries % 1000 === 0) await write(Buffer.concat(lines.splice(0)));
    }
    await write(Buffer.concat(lines));
    lines = [];
  });
  if (entries < size) throw new KabinaError("audit/rewritten", { size });
  const covered = cosigned.filter((note) => readCheckpoint(readNote(note).text).size <= size);
  const certificates = await readCertificates(from);
  const files: Record<string, string> = {
    [checkpointsFile(to)]: blocks(notes),
    [certificatesFile(to)]: certificates.map((certificate) => certificate.toPem()).join(""),
    ...(covered.length > 0 ? { [cosignedFile(to)]: blocks(covered) } : {}),
  };
  for (const [path, content] of Object.entries(files)) await writeFileDurably(path, content, 0o600);
  return { origin, entries, files: [to, ...Object.keys(files)] };
}

/**
 * The proof that entry `index` of the log at `path` is under its last checkpoint, a cosigned one where that covers the entry; as text. The
 * signatures are left to whoever verifies. Throws `audit/range`, `audit/checkpoint-missing`, `audit/rewritten`.
 */
export async function proveEntry(path: string, index: number): Promise<string> {
  const { notes } = await readNotes(checkpointsFile(path));
  const { notes: cosigned } = await readNotes(cosignedFile(path));
  const seen = cosigned.filter((note) => readCheckpoint(readNote(note).text).size > index).at(-1);
  const note = seen ?? lastOf(notes, path).note;
  const { size, root } = readCheckpoint(readNote(note).text);
  if (!(Number.isSafeInteger(index) && index >= 0 && index < size))
    throw new KabinaError("audit/range", { index, size });
  const { tree, entry } = await treeOf(path, size, index);
  if (Buffer.compare(tree.root(), root) !== 0) throw new KabinaError("audit/rewritten", { size });
  return writeInclusionProof({ index, entry: entry!, hashes: inclusionProof(tree.leaves, index, size), note });
}

/** The proof that the log at `path` has only grown from `oldSize` entries to its last checkpoint. Throws as `proveEntry`. */
export async function proveAddition(path: string, oldSize: number): Promise<string> {
  const { note, size, tree } = await readLog(path);
  const hashes = oldSize === 0 ? [] : consistencyProof(tree.leaves, oldSize, size);
  return writeAddition({ oldSize, hashes, note });
}

/** The log at `path` as it stood at its last checkpoint. Throws `audit/checkpoint-missing`, `audit/rewritten`. */
export async function readLog(
  path: string,
): Promise<{ readonly note: string; readonly size: number; readonly tree: HashTree }> {
  const { note, size, root } = lastOf((await readNotes(checkpointsFile(path))).notes, path);
  const { tree } = await treeOf(path, size);
  if (Buffer.compare(tree.root(), root) !== 0) throw new KabinaError("audit/rewritten", { size });
  return { note, size, tree };
}

async function treeOf(path: string, size: number, wanted = -1): Promise<{ tree: HashTree; entry?: Uint8Array }> {
  const tree = new HashTree();
  let entry: Uint8Array | undefined;
  for await (const { line } of readLines(path)) {
    if (tree.size === size) break;
    if (tree.size === wanted) entry = Buffer.from(line);
    tree.append(leafHash(line));
  }
  if (tree.size < size) throw new KabinaError("audit/rewritten", { size });
  return entry ? { tree, entry } : { tree };
}

function lastOf(notes: readonly string[], path: string) {
  const note = notes.at(-1);
  if (note === undefined) throw new KabinaError("audit/checkpoint-missing", { path });
  return { note, ...readCheckpoint(readNote(note).text) };
}

const blocks = (notes: readonly string[]): string => notes.map((note) => `${note}\n`).join("");
