/**
 * A search that believes nothing it reads: every line is held against its leaf, so that none can be hidden by changing it, and every entry that is
 * found is led by an inclusion proof to a head that was verified.
 */
import { KabinaError } from "../errors/kabina-error.ts";
import { type AuditEntry, decodeEntry } from "./entry.ts";
import { readLines } from "./file.ts";
import { type Hash, inclusionProof, type LeafHashes, leafHash, verifyInclusion } from "./merkle.ts";

/** Hashes that lead to a root which the caller has from a verified checkpoint. */
export interface SearchedTree {
  readonly leaves: LeafHashes;
  readonly size: number;
  readonly root: Hash;
}

/**
 * Entries of the file at `path` that have `text` in them, whatever its case; the last `limit` of them, the latest first. Throws `audit/rewritten`
 * when the file is not what the tree was made of.
 */
export async function searchLog(path: string, tree: SearchedTree, text: string, limit: number): Promise<AuditEntry[]> {
  const { leaves, size, root } = tree;
  const wanted = text.toLowerCase();
  const found: { line: Uint8Array; index: number }[] = [];
  let index = 0;
  for await (const { line } of readLines(path)) {
    if (index === size) break;
    if (
      wanted === "" ||
      Buffer.from(line.buffer, line.byteOffset, line.length).toString("utf8").toLowerCase().includes(wanted)
    ) {
      found.push({ line: Buffer.from(line), index });
      if (found.length > limit) found.shift();
    }
    index++;
  }
  if (index < size) throw new KabinaError("audit/rewritten", { size });
  return found.reverse().map((hit) => {
    const proof = inclusionProof(leaves, hit.index, size);
    if (!verifyInclusion(leafHash(hit.line), hit.index, size, proof, root))
      throw new KabinaError("audit/rewritten", { size });
    return decodeEntry(hit.line, hit.index);
  });
}
