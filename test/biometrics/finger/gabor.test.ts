import { describe, expect, test } from "@jest/globals";
import { FULL_BANK, HALF_BANK, kernelNumber } from "../../../biometrics/finger/gabor-bank.ts";
import { BLOCK, filterBlocks, filterBlocksPlainly, NO_KERNEL } from "../../../biometrics/finger/gabor-engine.ts";
import { seededRandom } from "../../../biometrics/synthetic/random.ts";

describe("the compiled filter", () => {
  test.each([
    ["full size", FULL_BANK, 45, 38],
    ["half size", HALF_BANK, 33, 31],
  ] as const)("does at %s what the plain one does", (_, bank, width, height) => {
    const random = seededRandom(1);
    const value = Float32Array.from({ length: width * height }, () => random.between(-2, 2));
    const index = Uint16Array.from({ length: Math.ceil(width / BLOCK) * Math.ceil(height / BLOCK) }, () =>
      random.next() < 0.2 ? NO_KERNEL : kernelNumber(random.between(-1.5, 1.5), random.between(4, 16)),
    );
    const fast = filterBlocks(value, width, height, index, bank);
    const plain = filterBlocksPlainly(value, width, height, index, bank);
    for (let i = 0; i < fast.length; i++) expect(Math.abs(fast[i]! - plain[i]!)).toBeLessThan(1e-5);
  });
});
