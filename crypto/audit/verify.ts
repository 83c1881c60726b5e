/** Verifies the files of an audit log with nothing but a root certificate: anyone can, offline. */
import type { Certificate } from "../certificate/certificate.ts";
import { oids } from "../certificate/oids.ts";
import { validatePath } from "../certificate/path.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { type Checkpoint, verifyCheckpoint } from "./checkpoint.ts";
import { type AuditEntry, decodeEntry } from "./entry.ts";
import { readCertificates, readLines, readNotes } from "./file.ts";
import { GrowingTree, leafHash } from "./merkle.ts";

export interface VerifiedLog {
  readonly origin: string;
  readonly entries: number;
  readonly root: string;
  readonly checkpoints: number;
  /** Entries after the last checkpoint: whole, but not yet signed for. */
  readonly unsigned: number;
}

const signingPurposes = [oids.kabinaAuditSigning, oids.kabinaPackageSigning] as const;

/**
 * Reads the log at `path` and holds it against every checkpoint beside it; `onEntry` sees each entry. Throws
 * `audit/entry-malformed`, `audit/checkpoint-malformed`, `audit/checkpoint-signature`, `audit/checkpoint-missing`,
 * `audit/rewritten`, `certificate/*`.
 */
export async function verifyAuditLog(
  path: string,
  trust: { readonly anchors: readonly Certificate[] },
  onEntry: (entry: AuditEntry) => void = () => {},
): Promise<VerifiedLog> {
  const certificates = await readCertificates(path);
  const signers = certificates.filter((certificate) => !certificate.basicConstraints?.authority);
  const keys = signers.map((leaf) => {
    const purpose =
      signingPurposes.find((candidate) => leaf.extendedKeyUsage.includes(candidate)) ?? signingPurposes[0];
    // The key was certified when it began to sign; later expiry does not unsay what it signed.
    validatePath({
      leaf,
      intermediates: certificates,
      anchors: trust.anchors,
      at: leaf.notBefore,
      purpose,
      usage: "digitalSignature",
    });
    return leaf.publicKey;
  });
  const { notes } = await readNotes(path);
  const heads = notes.map((note) => verifyCheckpoint(note, keys));
  const last = heads.at(-1);
  if (!last) throw new KabinaError("audit/checkpoint-missing", { path });
  checkOrder(heads);

  const tree = new GrowingTree();
  let next = 0;
  const compare = () => {
    for (let head = heads[next]; head?.size === tree.size; head = heads[++next])
      if (Buffer.compare(head.root, tree.root()) !== 0) throw new KabinaError("audit/rewritten", { size: head.size });
  };
  compare();
  for await (const { line } of readLines(path)) {
    onEntry(decodeEntry(line, tree.size));
    tree.append(leafHash(line));
    compare();
  }
  if (next < heads.length) throw new KabinaError("audit/rewritten", { size: heads[next]!.size });
  return {
    origin: last.origin,
    entries: tree.size,
    root: Buffer.from(tree.root()).toString("base64"),
    checkpoints: heads.length,
    unsigned: tree.size - last.size,
  };
}

/** One log, and sizes that never go back. */
function checkOrder(heads: readonly Checkpoint[]): void {
  for (const [index, head] of heads.entries()) {
    const before = heads[index - 1];
    if (before && (before.origin !== head.origin || before.size > head.size))
      throw new KabinaError("audit/rewritten", { size: head.size });
  }
}
