import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { drawSignature, makeSignature } from "../../../biometrics/synthetic/signature.ts";

const seed = fc.integer({ min: 0, max: 0x7fffffff });

describe("a synthetic signature", () => {
  test("stays in its field, moves forward in time, and is the same for the same seed", () => {
    fc.assert(
      fc.property(seed, (one) => {
        const { aspect, strokes } = makeSignature(one);
        expect(aspect).toBe(3);
        let last = -1;
        for (const { x, y, t, p } of strokes.flat()) {
          expect(Math.min(x, y, p)).toBeGreaterThanOrEqual(0);
          expect(Math.max(x, y, p)).toBeLessThanOrEqual(1);
          expect(t).toBeGreaterThan(last);
          last = t;
        }
        expect(makeSignature(one).strokes).toEqual(strokes);
      }),
      { numRuns: 40 },
    );
  });

  test("is nobody else's, and never quite the same twice", () => {
    expect(makeSignature(1).strokes).not.toEqual(makeSignature(2).strokes);
    expect(makeSignature(1, 1).strokes).not.toEqual(makeSignature(1, 2).strokes);
  });

  test("is drawn in ink on white, 300 ppi", () => {
    const { data, ppi, width, height } = drawSignature(makeSignature(5), 300);
    expect([ppi, width, height]).toEqual([300, 300, 100]);
    const ink = data.filter((value) => value < 100).length;
    expect(ink).toBeGreaterThan(200);
    expect(ink).toBeLessThan(data.length / 4);
  });
});
