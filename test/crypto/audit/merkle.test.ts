/** What would be lost: the proof that nobody took a line out of the log. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { HashTree } from "../../../crypto/audit/hash-tree.ts";
import {
  consistencyProof,
  GrowingTree,
  inclusionProof,
  leafHash,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from "../../../crypto/audit/merkle.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("RFC 6962 hashing", () => {
  /** Inputs and roots of the Certificate Transparency project's own tests. */
  const inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
  const roots = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ];

  it("gives the published roots, grown or computed", () => {
    const leaves = inputs.map((input) => leafHash(Buffer.from(input, "hex")));
    const tree = new GrowingTree();
    for (const [size, root] of roots.entries()) {
      expect(hex(rootOf((index) => leaves[index]!, 0, size))).toBe(root);
      expect(hex(tree.root())).toBe(root);
      if (leaves[size]) tree.append(leaves[size]);
    }
  });
});

describe("proofs", () => {
  const leaves = Array.from({ length: 70 }, (_, index) => leafHash(Buffer.from(`entry ${index}`)));
  const at = (index: number) => leaves[index]!;

  it("of inclusion hold for their leaf and for no other", () => {
    for (let size = 1; size <= leaves.length; size++)
      for (let index = 0; index < size; index++) {
        const proof = inclusionProof(at, index, size);
        const root = rootOf(at, 0, size);
        expect(verifyInclusion(at(index), index, size, proof, root)).toBe(true);
        expect(verifyInclusion(at((index + 1) % 70), index, size, proof, root)).toBe(false);
        expect(verifyInclusion(at(index), index, size, [...proof, root], root)).toBe(false);
      }
  });

  it("of consistency hold for a beginning and for nothing else", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 0, max: 69 }), (size, back) => {
        const old = Math.max(1, size - back);
        const proof = consistencyProof(at, old, size);
        const [oldRoot, root] = [rootOf(at, 0, old), rootOf(at, 0, size)];
        expect(verifyConsistency(old, oldRoot, size, root, proof)).toBe(true);
        const rewritten = rootOf((index) => (index === 0 ? leafHash(Buffer.from("other")) : at(index)), 0, old);
        expect(verifyConsistency(old, rewritten, size, root, proof)).toBe(false);
      }),
    );
  });
});

describe("a tree that keeps its hashes", () => {
  it("gives the same roots and proofs as one that works everything out, at every size", () => {
    const all = Array.from({ length: 300 }, (_, index) => leafHash(Buffer.from(`kept ${index}`)));
    const plain = (index: number) => all[index]!;
    const tree = new HashTree();
    for (const [index, leaf] of all.entries()) {
      tree.append(leaf);
      const size = index + 1;
      expect(hex(tree.root())).toBe(hex(rootOf(plain, 0, size)));
      const some = (index * 7) % size;
      expect(inclusionProof(tree.leaves, some, size).map(hex)).toEqual(inclusionProof(plain, some, size).map(hex));
      expect(consistencyProof(tree.leaves, some + 1, size).map(hex)).toEqual(
        consistencyProof(plain, some + 1, size).map(hex),
      );
    }
  });
});
