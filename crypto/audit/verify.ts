/** Verifies the files of an audit log, and proofs from it, with nothing but a root certificate or the log's own: anyone can, offline. */

import { createPublicKey, type KeyObject } from "node:crypto";
import { Certificate } from "../certificate/certificate.ts";
import { oids } from "../certificate/oids.ts";
import { validatePath } from "../certificate/path.ts";
import type { VerificationKey } from "../certificate/signature.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { type Checkpoint, readCheckpoint, verifyCheckpoint } from "./checkpoint.ts";
import { cosignaturesOf, serverCosigner, verifyCosignature } from "./cosignature.ts";
import { type AuditEntry, decodeEntry } from "./entry.ts";
import { checkpointsFile, cosignedFile, readCertificates, readLines, readNotes } from "./file.ts";
import { GrowingTree, leafHash, verifyConsistency, verifyInclusion } from "./merkle.ts";
import { readNote } from "./note.ts";
import { readAddition, readInclusionProof } from "./proof-file.ts";

/** Roots that the signers' certificates lead to, or the signers' keys themselves. */
export type AuditTrust = { readonly anchors: readonly Certificate[] } | { readonly keys: readonly KeyObject[] };

export interface VerifiedLog {
  readonly origin: string;
  readonly entries: number;
  readonly root: string;
  readonly checkpoints: number;
  /** Entries after the last checkpoint: whole, but not yet signed for. */
  readonly unsigned: number;
  /** What a witness has cosigned; null when none has. */
  readonly cosigned: { readonly entries: number; readonly at: string } | null;
  /** Every witness, with the latest that it has cosigned. */
  readonly witnesses: readonly { readonly witness: string; readonly entries: number; readonly at: string }[];
}

export interface VerifiedEntry {
  readonly origin: string;
  readonly entry: AuditEntry;
  /** Entries of the log that the proof speaks of. */
  readonly size: number;
  readonly cosignedAt: string | null;
}

export interface VerifiedAddition {
  readonly origin: string;
  readonly oldSize: number;
  readonly size: number;
}

/** Whose signature counts for what. */
export interface AuditSigners {
  /** Keys that may sign the checkpoints of a log: a booth's for its own, the server's audit keys for every other. */
  of(origin: string): readonly VerificationKey[];
  readonly witnesses: readonly KeyObject[];
  /** Keys of a witness by its name: the server, a booth, a person who audits. */
  cosigners(witness: string): readonly VerificationKey[];
}

const cosignerForm = /^kabina\/(booth|auditor)\/(.+)\/witness$/;
const boothOrigin = /^kabina\/booth\/(.+)$/;

/**
 * Reads the log at `path` and holds it against every checkpoint beside it, cosigned ones included; `onEntry` sees each entry. Throws
 * `audit/entry-malformed`, `audit/checkpoint-malformed`, `audit/checkpoint-signature`, `audit/cosignature`, `audit/checkpoint-missing`,
 * `audit/rewritten`, `certificate/*`.
 */
export async function verifyAuditLog(
  path: string,
  trust: AuditTrust,
  onEntry: (entry: AuditEntry) => void = () => {},
): Promise<VerifiedLog> {
  const signers = await trustedSigners(path, trust);
  const { notes } = await readNotes(checkpointsFile(path));
  const heads = notes.map((note) => verifiedHead(note, signers));
  const last = heads.at(-1);
  if (!last) throw new KabinaError("audit/checkpoint-missing", { path });
  checkOrder(heads);
  const { notes: cosignedNotes } = await readNotes(cosignedFile(path));
  const cosigned = cosignedNotes.map((note) => ({
    ...verifiedHead(note, signers),
    by: cosignaturesOf(note, (witness) => signers.cosigners(witness)),
  }));
  if (cosigned.some((head) => head.origin !== last.origin)) throw new KabinaError("audit/rewritten", { size: 0 });

  const tree = new GrowingTree();
  const all = [...heads, ...cosigned].sort((a, b) => a.size - b.size);
  let next = 0;
  const compare = () => {
    for (let head = all[next]; head?.size === tree.size; head = all[++next])
      if (Buffer.compare(head.root, tree.root()) !== 0) throw new KabinaError("audit/rewritten", { size: head.size });
  };
  compare();
  for await (const { line } of readLines(path)) {
    onEntry(decodeEntry(line, tree.size));
    tree.append(leafHash(line));
    compare();
  }
  if (next < all.length) throw new KabinaError("audit/rewritten", { size: all[next]!.size });
  const seen = [...cosigned].sort((a, b) => a.size - b.size).filter(({ by }) => by.length > 0);
  const witnesses = new Map<string, VerifiedLog["witnesses"][number]>();
  for (const { size: entries, by } of seen)
    for (const { witness, at } of by) witnesses.set(witness, { witness, entries, at: at.toISOString() });
  const newest = [...witnesses.values()].sort((a, b) => a.entries - b.entries).at(-1);
  return {
    origin: last.origin,
    entries: tree.size,
    root: Buffer.from(tree.root()).toString("base64"),
    checkpoints: heads.length,
    unsigned: tree.size - last.size,
    cosigned: newest ? { entries: newest.entries, at: newest.at } : null,
    witnesses: [...witnesses.values()],
  };
}

/** One entry and its way to a signed head. Throws `audit/proof-malformed`, `audit/proof-wrong`, and as `verifyAuditLog`. */
export function verifyEntryProof(text: string, signers: AuditSigners): VerifiedEntry {
  const { index, entry, hashes, note } = readInclusionProof(text);
  const { origin, size, root } = verifiedHead(note, signers);
  if (!verifyInclusion(leafHash(entry), index, size, hashes, root)) throw new KabinaError("audit/proof-wrong", {});
  const cosignedAt = verifyCosignature(note, signers.witnesses)?.toISOString() ?? null;
  return { origin, entry: decodeEntry(entry, index), size, cosignedAt };
}

/** That the log has only grown since a checkpoint that somebody kept. Throws as `verifyEntryProof`. */
export function verifyAdditionProof(text: string, kept: string, signers: AuditSigners): VerifiedAddition {
  const { oldSize, hashes, note } = readAddition(text);
  const old = verifiedHead(kept, signers);
  const head = verifiedHead(note, signers);
  const grown = verifyConsistency(oldSize, old.root, head.size, head.root, hashes);
  if (old.size !== oldSize || old.origin !== head.origin || !grown) throw new KabinaError("audit/proof-wrong", {});
  return { origin: head.origin, oldSize, size: head.size };
}

/** A checkpoint by a key that may sign for its log. Throws `audit/checkpoint-malformed`, `audit/checkpoint-signature`. */
export function verifiedHead(note: string, signers: AuditSigners): Checkpoint {
  return verifyCheckpoint(note, signers.of(readCheckpoint(readNote(note).text).origin));
}

/** Who may have signed the file at `path`: the keys given, or those of `<path>.crt.pem` that a root vouches for. Throws `certificate/*`. */
export async function trustedSigners(path: string, trust: AuditTrust): Promise<AuditSigners> {
  if ("keys" in trust) return { of: () => trust.keys, witnesses: trust.keys, cosigners: () => trust.keys };
  return certifiedSigners(await readCertificates(path), trust.anchors);
}

/**
 * The end entities among the certificates, each with a valid path: a certificate for the audit log, or a booth's. A booth signs its own log and
 * nothing else, so that a stolen booth forges no server's. Throws `certificate/*`.
 */
export function certifiedSigners(
  certificates: readonly Certificate[],
  anchors: readonly Certificate[],
): AuditSigners & { readonly certificates: readonly Certificate[] } {
  const leaves = certificates.filter((certificate) => !certificate.basicConstraints?.authority);
  const isStaff = (leaf: Certificate) => leaf.extendedKeyUsage.includes(oids.kabinaStaffSigning);
  const isBooth = (leaf: Certificate) => leaf.extendedKeyUsage.includes(oids.kabinaPackageSigning);
  for (const leaf of leaves) {
    const purpose = isBooth(leaf)
      ? oids.kabinaPackageSigning
      : isStaff(leaf)
        ? oids.kabinaStaffSigning
        : oids.kabinaAuditSigning;
    // The key was certified when it began to sign; later expiry does not unsay what it signed.
    const at = leaf.notBefore;
    validatePath({ leaf, intermediates: certificates, anchors, at, purpose, usage: "digitalSignature" });
  }
  const servers = leaves.filter((leaf) => !isBooth(leaf) && !isStaff(leaf)).map(({ publicKey }) => publicKey);
  const keysOf = (holders: readonly Certificate[], name: string | undefined) =>
    holders.filter(({ commonName }) => commonName === name).map((leaf) => leaf.verificationKey);
  return {
    certificates: leaves,
    witnesses: servers,
    cosigners(witness) {
      if (witness === serverCosigner) return servers;
      const [, kind, name] = cosignerForm.exec(witness) ?? [];
      return keysOf(leaves.filter(kind === "booth" ? isBooth : isStaff), name);
    },
    of(origin) {
      const booth = boothOrigin.exec(origin)?.[1];
      return booth === undefined
        ? servers
        : leaves.filter((leaf) => isBooth(leaf) && leaf.commonName === booth).map((leaf) => leaf.verificationKey);
    },
  };
}

/** Keys out of a PEM file of certificates or public keys. Throws `certificate/malformed`. */
export function keysFromPem(pem: string): readonly KeyObject[] {
  const blocks = pem.match(/-----BEGIN PUBLIC KEY-----[^-]*-----END PUBLIC KEY-----/g);
  if (blocks === null) return Certificate.fromPem(pem).map(({ publicKey }) => publicKey);
  try {
    return blocks.map((block) => createPublicKey(block));
  } catch (cause) {
    throw new KabinaError("certificate/malformed", { reason: "not a public key" }, { cause });
  }
}

/** One log, and sizes that never go back. */
function checkOrder(heads: readonly Checkpoint[]): void {
  for (const [index, head] of heads.entries()) {
    const before = heads[index - 1];
    if (before && (before.origin !== head.origin || before.size > head.size))
      throw new KabinaError("audit/rewritten", { size: head.size });
  }
}
