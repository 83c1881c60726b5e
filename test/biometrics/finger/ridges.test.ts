import { describe, expect, test } from "@jest/globals";
import { halved } from "../../../biometrics/finger/enhance.ts";
import { cellEnergies, cellEnergiesPlainly } from "../../../biometrics/finger/foreground.ts";
import { endsAndForks, endsAndForksPlainly } from "../../../biometrics/finger/minutiae.ts";
import { normalise, normalisePlainly } from "../../../biometrics/finger/normalise.ts";
import { tensorField, tensorFieldPlainly } from "../../../biometrics/finger/orientation.ts";
import { wavePowers, wavePowersPlainly } from "../../../biometrics/finger/period.ts";
import { emptyRidgeMap, smoothGrid, smoothGridPlainly } from "../../../biometrics/finger/ridge-map.ts";
import { skeletonOf, skeletonPlainly } from "../../../biometrics/finger/skeleton.ts";
import { repairSkeleton, repairSkeletonPlainly } from "../../../biometrics/finger/skeleton-repair.ts";
import { workingImage } from "../../../biometrics/finger/working-image.ts";
import { seededRandom } from "../../../biometrics/synthetic/random.ts";

/** Grey waves with noise; sides that fill neither a vector, a cell nor a word of bits. */
function waves(width: number, height: number) {
  const random = seededRandom(width);
  const data = Uint8Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const ridge = Math.sin(0.7 * x + 0.2 * y + 0.002 * x * y);
    return Math.max(0, Math.min(255, 128 + 90 * ridge + random.between(-30, 30)));
  });
  return workingImage({ width, height, data, ppi: 500 });
}

const farthest = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  let most = a.length === b.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
};

describe.each([
  [64, 64],
  [129, 97],
  [131, 203],
  [190, 66],
])("compiled passes over a picture of %i×%i give what the plain ones give", (width, height) => {
  const image = waves(width, height);
  const plain = normalisePlainly(image);

  test("normalised picture", () => {
    const fast = normalise(image);
    expect(farthest(fast.value, plain.value)).toBeLessThan(0.001);
    expect(farthest(fast.deviation, plain.deviation)).toBeLessThan(0.1);
  });

  test("structure tensor at full and half size", () => {
    const map = emptyRidgeMap(width, height);
    const half = halved(plain.value, width, height);
    for (const [value, w, h, scale] of [
      [plain.value, width, height, 1],
      [half, width >> 1, height >> 1, 2],
    ] as const) {
      const fast = tensorField(value, w, h, map, scale);
      const slow = tensorFieldPlainly(value, w, h, map, scale);
      for (const part of ["difference", "cross", "energy"] as const)
        expect(farthest(fast[part], slow[part])).toBeLessThan(0.001);
    }
  });

  test("power of the waves across the ridges, also where the window leaves the picture", () => {
    const random = seededRandom(width * height);
    const places = Float32Array.from(
      Array.from({ length: 12 }, () => random.between(-1.5, 1.5)).flatMap((angle) => [
        Math.floor(random.between(0, width)),
        Math.floor(random.between(0, height)),
        Math.cos(angle),
        Math.sin(angle),
      ]),
    );
    const [fast, slow] = [wavePowers(plain, places), wavePowersPlainly(plain, places)];
    expect(Math.max(...slow)).toBeGreaterThan(100);
    for (let i = 0; i < fast.length; i++) expect(Math.abs(fast[i]! - slow[i]!)).toBeLessThan(0.05 + 0.001 * slow[i]!);
  });

  test("energy of a half-size picture in each cell", () => {
    const half = halved(plain.value, width, height);
    const map = emptyRidgeMap(width, height);
    const [fast, slow] = [cellEnergies, cellEnergiesPlainly].map((f) => f(half, width >> 1, height >> 1, map));
    expect(farthest(fast!, slow!)).toBeLessThan(0.001);
  });

  test("half size", () => {
    const half = halved(plain.value, width, height);
    const [w, h] = [width >> 1, height >> 1];
    const mean = Float32Array.from({ length: w * h }, (_, k) => {
      const i = 2 * Math.floor(k / w) * width + 2 * (k % w);
      return (plain.value[i]! + plain.value[i + 1]! + plain.value[i + width]! + plain.value[i + width + 1]!) / 4;
    });
    expect(farthest(half, mean)).toBeLessThan(1e-5);
  });

  test("smoothing, also with a kernel wider than the grid", () => {
    const { columns, rows } = emptyRidgeMap(width, height);
    const grid = Float32Array.from({ length: columns * rows }, (_, i) => Math.sin(i));
    for (const sigma of [1, 2.6, 4]) {
      const [fast, slow] = [smoothGrid(grid, columns, rows, sigma), smoothGridPlainly(grid, columns, rows, sigma)];
      expect(farthest(fast, slow)).toBeLessThan(1e-5);
    }
  });

  test("skeleton, pixel by pixel", () => {
    const skeleton = skeletonOf(plain.value, width, height);
    expect(Buffer.compare(skeleton, skeletonPlainly(plain.value, width, height))).toBe(0);
    expect(skeleton.reduce((sum, pixel) => sum + pixel, 0)).toBeGreaterThan(100);
  });

  test("repaired skeleton, and where its lines end and fork", () => {
    // Noise on the waves makes spurs, islands, lakes and bridges.
    const random = seededRandom(height);
    const rough = plain.value.map((v) => v + random.between(-1.6, 1.6));
    const fast = skeletonOf(rough, width, height);
    const slow = fast.slice();
    repairSkeleton(fast, width, height);
    const before = slow.reduce((sum, pixel) => sum + pixel, 0);
    repairSkeletonPlainly(slow, width, height);
    expect(Buffer.compare(fast, slow)).toBe(0);
    expect(slow.reduce((sum, pixel) => sum + pixel, 0)).toBeLessThan(before - 50);
    const map = emptyRidgeMap(width, height);
    const inside = Uint8Array.from(map.mask, (_, i) => (i % 5 === 0 ? 0 : 1));
    const found = endsAndForks(fast, width, height, map, inside);
    expect(found).toEqual(endsAndForksPlainly(fast, width, height, map, inside));
    expect(new Set(found.map(({ ends }) => ends.length))).toEqual(new Set([1, 3]));
  });
});
