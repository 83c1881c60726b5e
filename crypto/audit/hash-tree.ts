/**
 * The hashes of a log that grows, kept so that a proof of any entry takes microseconds however long the log is: every leaf, and every
 * complete subtree from 8 leaves up, in one buffer a level: 40 bytes an entry.
 */
import { GrowingTree, type Hash, type LeafHashes, rootOf } from "./merkle.ts";

const hashLength = 32; // bytes
/** Subtrees of 2^3 leaves are kept; smaller ones are worked out again, with 7 hashes at most. */
const lowestKept = 3;
const firstCapacity = 1024; // hashes

/** Hashes of one level, one after the other. */
class Level {
  #bytes: Buffer = Buffer.alloc(0);
  size = 0;

  push(hash: Hash): void {
    const end = (this.size + 1) * hashLength;
    if (end > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(firstCapacity * hashLength, this.#bytes.length * 2));
      this.#bytes.copy(grown, 0, 0, this.size * hashLength);
      this.#bytes = grown;
    }
    this.#bytes.set(hash, this.size * hashLength);
    this.size++;
  }

  at(index: number): Hash {
    return this.#bytes.subarray(index * hashLength, (index + 1) * hashLength);
  }
}

export class HashTree {
  readonly #tree = new GrowingTree();
  readonly #leaves = new Level();
  /** By the power of two of their leaves, from `lowestKept`. */
  readonly #subtrees: Level[] = [];
  /** What the proofs of `merkle.ts` ask. */
  readonly leaves: LeafHashes = Object.assign((index: number) => this.#leaves.at(index), {
    subtree: (from: number, to: number) => this.#kept(from, to),
  });

  get size(): number {
    return this.#tree.size;
  }

  root(): Hash {
    return this.#tree.root();
  }

  append(leaf: Hash): void {
    this.#leaves.push(leaf);
    this.#tree.append(leaf);
    const size = this.#leaves.size;
    for (let power = lowestKept; size % 2 ** power === 0; power++) {
      this.#subtrees[power - lowestKept] ??= new Level();
      this.#subtrees[power - lowestKept]!.push(rootOf(this.leaves, size - 2 ** power, size));
    }
  }

  #kept(from: number, to: number): Hash | undefined {
    const power = Math.log2(to - from);
    if (!Number.isInteger(power) || from % (to - from) !== 0) return undefined;
    const level = this.#subtrees[power - lowestKept];
    const index = from / (to - from);
    return level && index < level.size ? level.at(index) : undefined;
  }
}
