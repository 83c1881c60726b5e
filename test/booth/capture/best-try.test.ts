import { describe, expect, test } from "@jest/globals";
import type { Template } from "../../../biometrics/finger/finger.ts";
import { choose } from "../../../booth/capture/finger-loop.ts";
import { defaultPolicy } from "../../../booth/session/policy.ts";

/** A template without minutiae: every comparison gives 0, so that only the booth's own rule decides. */
const blank: Template = { width: 400, height: 500, ppi: 500, minutiae: [] } as unknown as Template;
const kept = (...tries: [quality: number, sameAs?: string][]) =>
  choose(
    tries.map(([quality, sameAs]) => ({ quality, sameAs: sameAs ?? null })),
    tries.map(() => blank),
    defaultPolicy,
  );

describe("which of several prints is kept", () => {
  test("none before the first", () => {
    expect(kept().kept).toBeNull();
  });

  test("one that is good enough before those that are not, wherever it stands", () => {
    expect(kept([30], [90], [20]).kept).toBe(1);
    expect(kept([20], [30], [85]).kept).toBe(2);
  });

  test("never a print of another finger while there is one of this", () => {
    expect(kept([95, "right-index"], [40]).kept).toBe(1);
    expect(kept([95, "right-index"]).kept).toBe(0);
  });

  test("the matrix has a row and a column for each try", () => {
    expect(kept([50], [60], [70]).scoreMatrix.map((row) => row.length)).toEqual([3, 3, 3]);
  });
});
