import { describe, expect, test } from "@jest/globals";
import { BiometricsError } from "../../../biometrics/errors.ts";
import { assessFinger, extractTemplate } from "../../../biometrics/finger/finger.ts";
import type { GreyImage } from "../../../biometrics/image/image.ts";
import { seededRandom } from "../../../biometrics/synthetic/random.ts";
import { press } from "./prints.ts";

const assess = (options: Parameters<typeof press>[2]) =>
  assessFinger(press(1, "right-index", { seed: 3, ...options }).image);
const falls = (scores: readonly number[]) => scores.every((s, i) => i === 0 || s <= scores[i - 1]!);

describe("finger quality", () => {
  test("a good press is good and needs no advice", () => {
    const good = assess({});
    expect(good.present).toBe(true);
    expect(good.score).toBeGreaterThan(60);
    expect(good.reasons).toEqual([]);
  });

  test("falls as the press gets worse, so that the best capture is kept", () => {
    expect(falls([0.1, 0.5, 1].map((noise) => assess({ noise }).score))).toBe(true);
    expect(falls([1, 0.6, 0.3].map((contact) => assess({ contact }).score))).toBe(true);
    expect(falls([0, -0.6, -1].map((moisture) => assess({ moisture }).score))).toBe(true);
    expect(falls([0.3, 0.8, 1].map((moisture) => assess({ moisture, pressure: 0.5 }).score))).toBe(true);
  });

  test.each([
    ["too-small", { contact: 0.22 }],
    ["shifted", { translation: { x: 150, y: 0 } }],
    ["too-dry", { moisture: -1, pressure: 0.1 }],
    ["too-wet", { moisture: 1, pressure: 1 }],
    ["rotated", { rotation: 50 }],
  ] as const)("says %s when that is what is wrong", (reason, options) => {
    expect(assess(options).reasons).toContain(reason);
  });
});

describe("pictures without a finger", () => {
  const size = { width: 300, height: 400, ppi: 500 };
  const random = seededRandom(9);
  const pictures: Record<string, GreyImage> = {
    white: { ...size, data: new Uint8Array(120_000).fill(255) },
    black: { ...size, data: new Uint8Array(120_000) },
    noise: { ...size, data: Uint8Array.from({ length: 120_000 }, () => random.index(256)) },
    shade: { ...size, data: Uint8Array.from({ length: 120_000 }, (_, i) => (i % 300) / 2) },
  };

  test.each(Object.keys(pictures))("%s is no finger and gives no minutiae to match", (name) => {
    const result = assessFinger(pictures[name]!);
    expect(result.present).toBe(false);
    expect(result.score).toBe(0);
    expect(result.reasons).toEqual(["no-finger"]);
    expect(extractTemplate(pictures[name]!).minutiae).toHaveLength(0);
  });
});

describe("pictures that are none", () => {
  const code = (image: GreyImage) => {
    try {
      assessFinger(image);
    } catch (error) {
      return error instanceof BiometricsError ? error.code : String(error);
    }
    return "none";
  };

  test.each([
    ["finger/image-size", { width: 0, height: 0, data: new Uint8Array(0), ppi: 500 }],
    ["finger/image-size", { width: 1, height: 1, data: new Uint8Array(1), ppi: 500 }],
    ["finger/image-size", { width: 65_535, height: 65_535, data: new Uint8Array(10), ppi: 500 }],
    ["finger/image-data", { width: 300, height: 400, data: new Uint8Array(119_999), ppi: 500 }],
    ["finger/image-resolution", { width: 300, height: 400, data: new Uint8Array(120_000), ppi: 0 }],
    ["finger/image-resolution", { width: 300, height: 400, data: new Uint8Array(120_000), ppi: Number.NaN }],
  ])("are refused with %s", (expected, image) => {
    expect(code(image)).toBe(expected);
  });
});
