/** Merkle tree hashing and proofs of RFC 6962 (§2.1), over SHA-256. Nothing here knows where leaves are stored. */
import { hash } from "node:crypto";
import { KabinaError } from "../errors/kabina-error.ts";

export type Hash = Uint8Array;
/** The hash of the leaf at an index; and, where it is kept, that of the complete subtree over a range of leaves. */
export interface LeafHashes {
  (index: number): Hash;
  readonly subtree?: (from: number, to: number) => Hash | undefined;
}

const hashLength = 32; // bytes
/** Prefix and two hashes, and a leaf's prefix and entry: hashing is synchronous, so one buffer of each serves all. */
const node = Buffer.alloc(1 + 2 * hashLength, 1);
let leaf = Buffer.alloc(4096);

/** RFC 6962 §2.1: MTH({d(0)}) = SHA-256(0x00 || d(0)). */
export function leafHash(entry: Uint8Array): Hash {
  const length = 1 + entry.length;
  if (length > leaf.length) leaf = Buffer.alloc(2 * length);
  leaf.set(entry, 1);
  return hash("sha256", leaf.subarray(0, length), "buffer");
}

/** SHA-256(0x01 || left || right). */
function nodeHash(left: Hash, right: Hash): Hash {
  node.set(left, 1);
  node.set(right, 1 + hashLength);
  return hash("sha256", node, "buffer");
}

/** MTH({}) = SHA-256(). */
const emptyRoot = (): Hash => hash("sha256", Buffer.alloc(0), "buffer");

/** The largest power of two smaller than `size` (`size` > 1). */
function split(size: number): number {
  let k = 1;
  while (k * 2 < size) k *= 2;
  return k;
}

/** A tree that only grows: the roots of its complete subtrees, largest first; 32 bytes for every bit of its size. */
export class GrowingTree {
  #size = 0;
  /** One for every bit of the size, from the highest. */
  readonly #peaks: Hash[] = [];

  get size(): number {
    return this.#size;
  }

  /**
   * Every complete subtree that an append closes is told to `closed`, the smallest first, with the power of two of its leaves.
   */
  append(leaf: Hash, closed?: (power: number, hash: Hash) => void): void {
    let peak = leaf;
    let power = 0;
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      peak = nodeHash(this.#peaks.pop()!, peak);
      closed?.(++power, peak);
    }
    this.#peaks.push(peak);
    this.#size++;
  }

  root(): Hash {
    const { length } = this.#peaks;
    if (length === 0) return emptyRoot();
    let root = this.#peaks[length - 1]!;
    for (let at = length - 2; at >= 0; at--) root = nodeHash(this.#peaks[at]!, root);
    return root;
  }

  /** The whole state, 32 bytes for every bit of the size: what goes on as this tree. */
  peaks(): Uint8Array {
    return Buffer.concat(this.#peaks);
  }

  /** A tree of `size` leaves with these peaks. Throws `audit/range` when they are not so many. */
  static of(size: number, peaks: Uint8Array): GrowingTree {
    const tree = new GrowingTree();
    let bits = 0;
    for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2;
    if (peaks.length !== bits * hashLength) throw new KabinaError("audit/range", { index: bits, size });
    for (let at = 0; at < bits; at++) tree.#peaks.push(peaks.slice(at * hashLength, (at + 1) * hashLength));
    tree.#size = size;
    return tree;
  }
}

/** The root over leaves `from` (inclusive) to `to` (exclusive). */
export function rootOf(leaves: LeafHashes, from: number, to: number): Hash {
  const size = to - from;
  if (size === 0) return emptyRoot();
  if (size === 1) return leaves(from);
  const kept = leaves.subtree?.(from, to);
  if (kept) return kept;
  const middle = from + split(size);
  return nodeHash(rootOf(leaves, from, middle), rootOf(leaves, middle, to));
}

/** RFC 6962 §2.1.1: the audit path of a leaf in the tree of the first `size` leaves. Throws `audit/range`. */
export function inclusionProof(leaves: LeafHashes, index: number, size: number): Hash[] {
  if (!(Number.isInteger(index) && index >= 0 && index < size)) throw new KabinaError("audit/range", { index, size });
  const path: Hash[] = [];
  for (let from = 0, to = size; to - from > 1; ) {
    const middle = from + split(to - from);
    const left = index < middle;
    path.push(left ? rootOf(leaves, middle, to) : rootOf(leaves, from, middle));
    if (left) to = middle;
    else from = middle;
  }
  return path.reverse();
}

/** RFC 6962 §2.1.2: the proof that the tree of `oldSize` leaves is the beginning of the tree of `size`. Throws `audit/range`. */
export function consistencyProof(leaves: LeafHashes, oldSize: number, size: number): Hash[] {
  if (!(Number.isInteger(oldSize) && oldSize > 0 && oldSize <= size))
    throw new KabinaError("audit/range", { index: oldSize, size });
  const sub = (from: number, to: number, old: number, whole: boolean): Hash[] => {
    if (old === to - from) return whole ? [] : [rootOf(leaves, from, to)];
    const k = split(to - from);
    return old <= k
      ? [...sub(from, from + k, old, whole), rootOf(leaves, from + k, to)]
      : [...sub(from + k, to, old - k, false), rootOf(leaves, from, from + k)];
  };
  return sub(0, size, oldSize, true);
}

/** RFC 9162 §2.1.3.2: true when the proof leads from the leaf to the root. */
export function verifyInclusion(leaf: Hash, index: number, size: number, proof: readonly Hash[], root: Hash): boolean {
  if (!(Number.isInteger(index) && index >= 0 && index < size)) return false;
  let node = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash);
      while (node % 2 === 0 && node !== 0) {
        node = Math.floor(node / 2);
        last = Math.floor(last / 2);
      }
    } else hash = nodeHash(hash, sibling);
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && same(hash, root);
}

/** RFC 9162 §2.1.4.2: true when the proof shows that the old tree is the beginning of the new one. */
export function verifyConsistency(
  oldSize: number,
  oldRoot: Hash,
  size: number,
  root: Hash,
  proof: readonly Hash[],
): boolean {
  if (!(oldSize > 0 && oldSize <= size)) return false;
  if (oldSize === size) return proof.length === 0 && same(oldRoot, root);
  const path = (oldSize & (oldSize - 1)) === 0 ? [oldRoot, ...proof] : [...proof];
  const first = path.shift();
  if (!first) return false;
  let node = oldSize - 1;
  let last = size - 1;
  while (node % 2 === 1) {
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  let old = first;
  let now = first;
  for (const sibling of path) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      old = nodeHash(sibling, old);
      now = nodeHash(sibling, now);
      while (node % 2 === 0 && node !== 0) {
        node = Math.floor(node / 2);
        last = Math.floor(last / 2);
      }
    } else now = nodeHash(now, sibling);
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && same(old, oldRoot) && same(now, root);
}

const same = (a: Hash, b: Hash): boolean => Buffer.compare(a, b) === 0;
