import { describe, expect, test } from "@jest/globals";
import * as enhancing from "../../../biometrics/finger/enhance.ts";
import { FULL_BANK, HALF_BANK, kernelNumber } from "../../../biometrics/finger/enhancing-bank.ts";
import { kernelBank } from "../../../biometrics/finger/gabor-bank.ts";
import { BLOCK, filterBlocks, filterBlocksPlainly, NO_KERNEL } from "../../../biometrics/finger/gabor-engine.ts";
import { seededRandom } from "../../../biometrics/synthetic/random.ts";

/** Noise, and a kernel or none for each of its blocks. */
function noise(width: number, height: number, kernel: (angle: number, period: number) => number) {
  const random = seededRandom(1);
  return {
    value: Float32Array.from({ length: width * height }, () => random.between(-2.5, 2.5)),
    index: Uint16Array.from({ length: Math.ceil(width / BLOCK) * Math.ceil(height / BLOCK) }, () =>
      random.next() < 0.2 ? NO_KERNEL : kernel(random.between(-1.5, 1.5), random.between(4, 16)),
    ),
  };
}

describe("the compiled filter", () => {
  test("of growing ridges does what the plain one does", () => {
    const waves = [7, 9, 11].map((period) => ({ period, angle: 0.1 * period, sigmaAcross: 3, sigmaAlong: 4 }));
    const bank = kernelBank(10, waves);
    const { value, index } = noise(45, 38, (_, period) => Math.floor(period / 6));
    const fast = filterBlocks(value, 45, 38, index, bank);
    const plain = filterBlocksPlainly(value, 45, 38, index, bank);
    for (let i = 0; i < fast.length; i++) expect(Math.abs(fast[i]! - plain[i]!)).toBeLessThan(1e-5);
  });

  test.each([
    ["full size", FULL_BANK, 45, 38],
    ["full size, whole blocks", FULL_BANK, 64, 64],
    ["half size", HALF_BANK, 33, 31],
  ] as const)("of enhancement does at %s what the plain one does", (_, bank, width, height) => {
    const { value, index } = noise(width, height, kernelNumber);
    const fast = enhancing.filterBlocks(value, width, height, index, bank);
    const plain = enhancing.filterBlocksPlainly(value, width, height, index, bank);
    for (let i = 0; i < fast.length; i++) expect(Math.abs(fast[i]! - plain[i]!)).toBeLessThan(1e-6);
  });

  test.each([
    ["full size", FULL_BANK],
    ["half size", HALF_BANK],
  ] as const)("of enhancement keeps at %s no flat grey", (_, bank) => {
    const side = 2 * bank.radius + 2;
    for (const k of [kernelNumber(0.3, 6), kernelNumber(-1, 9), kernelNumber(1.2, 13)]) {
      const index = new Uint16Array(Math.ceil(side / BLOCK) ** 2).fill(k);
      const grey = enhancing.filterBlocks(new Float32Array(side * side).fill(2.5), side, side, index, bank);
      expect(Math.abs(grey[bank.radius * side + bank.radius]!)).toBeLessThan(0.01);
    }
  });
});
