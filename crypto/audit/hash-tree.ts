/**
 * The hashes of a log that grows, kept so that a proof of any entry takes microseconds however long the log is: every leaf, and every
 * complete subtree from 8 leaves up: 40 bytes an entry.
 */
import { GrowingTree, type Hash, type LeafHashes } from "./merkle.ts";

const hashLength = 32; // bytes
/** Subtrees of 2^3 leaves are kept; smaller ones are worked out again, with 7 hashes at most. */
const lowestKept = 3;
/** Hashes of one block: a log grows by blocks, because a single buffer would be copied whole at some unlucky entry. */
const blockHashes = 1 << 15;

/** Hashes of one level, one after the other. */
class Level {
  readonly #blocks: Buffer[] = [];
  size = 0;

  push(hash: Hash): void {
    const at = this.size % blockHashes;
    // A level of few hashes begins small; later blocks are whole.
    if (at === 0) this.#blocks.push(Buffer.allocUnsafeSlow((this.size === 0 ? 64 : blockHashes) * hashLength));
    let block = this.#blocks.at(-1)!;
    if (at * hashLength === block.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(block.length * 8, blockHashes * hashLength));
      block.copy(grown);
      this.#blocks[this.#blocks.length - 1] = grown;
      block = grown;
    }
    block.set(hash, at * hashLength);
    this.size++;
  }

  at(index: number): Hash {
    const at = (index % blockHashes) * hashLength;
    return this.#blocks[Math.floor(index / blockHashes)]!.subarray(at, at + hashLength);
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
  readonly #keep = (power: number, hash: Hash): void => {
    if (power < lowestKept) return;
    this.#subtrees[power - lowestKept] ??= new Level();
    this.#subtrees[power - lowestKept]!.push(hash);
  };

  get size(): number {
    return this.#tree.size;
  }

  root(): Hash {
    return this.#tree.root();
  }

  append(leaf: Hash): void {
    this.#leaves.push(leaf);
    this.#tree.append(leaf, this.#keep);
  }

  #kept(from: number, to: number): Hash | undefined {
    const power = Math.log2(to - from);
    if (!Number.isInteger(power) || from % (to - from) !== 0) return undefined;
    const level = this.#subtrees[power - lowestKept];
    const index = from / (to - from);
    return level && index < level.size ? level.at(index) : undefined;
  }
}
