/** What would be lost: every network and every measure looks at what is sampled here, and a portrait is cut by it. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { RgbImage } from "../../../biometrics/image/image.ts";
import { sampleCut, sampleCutPlainly } from "../../../biometrics/image/sample-cut.ts";
import { type Similarity, squareCut } from "../../../biometrics/image/similarity.ts";

function speckled(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) data[i] = Math.imul(i + width, 2654435761) >>> 24;
  return { width, height, data };
}

/** The largest difference of the compiled loop from the plain one, of 255. */
function difference(image: RgbImage, cut: Similarity, width: number, height: number, outside: number): number {
  const fast = sampleCut(image, cut, width, height, outside);
  const plain = sampleCutPlainly(image, cut, width, height, outside);
  // A sum that is not a number would be no difference at all.
  let most = 0;
  for (let i = 0; i < plain.length; i++)
    if (!(Math.abs(fast[i]! - plain[i]!) <= most)) most = Math.abs(fast[i]! - plain[i]!);
  return most;
}

/** Single precision of numbers up to 1000, a few operations long. */
const rounding = 5e-4;

describe("a cut-out", () => {
  test("is the plain loop's: turned, shrunk, enlarged, beside the picture", () => {
    const image = speckled(61, 47);
    const place = fc.double({ min: -80, max: 120, noNaN: true });
    fc.assert(
      fc.property(
        place,
        place,
        fc.double({ min: 0.5, max: 400, noNaN: true }),
        fc.double({ min: -4, max: 4, noNaN: true }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(0, -1000, 255),
        (x, y, side, angle, width, height, outside) =>
          difference(image, squareCut({ x, y }, side, angle, Math.max(width, height)), width, height, outside) <
          rounding,
      ),
      { numRuns: 200 },
    );
  });

  test("larger than the loop's memory is put together from tiles, upright and turned", () => {
    const image = speckled(2300, 1700);
    for (const angle of [0, 0.8])
      expect(difference(image, squareCut({ x: 1150, y: 850 }, 2000, angle, 200), 200, 120, -1000)).toBeLessThan(
        rounding,
      );
    expect(difference(speckled(40, 30), squareCut({ x: 20, y: 15 }, 30, 0.3, 1700), 1700, 1200, 0)).toBeLessThan(
      rounding,
    );
  });

  test("without a place or a size is all outside, and reads nothing", () => {
    const image = speckled(20, 20);
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, 1e300])
      expect([...sampleCut(image, { a: wrong, b: 0, originX: 0, originY: wrong }, 2, 2, 7)]).toEqual(Array(12).fill(7));
  });
});
