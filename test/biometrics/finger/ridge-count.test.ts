import { describe, expect, test } from "@jest/globals";
import { explainFinger } from "../../../biometrics/finger/explain.ts";
import { extractStages } from "../../../biometrics/finger/extract.ts";
import { countRidges, octantNeighbours, withRidgeCounts } from "../../../biometrics/finger/ridge-count.ts";
import type { Minutia } from "../../../biometrics/finger/template.ts";
import type { FingerMaster } from "../../../biometrics/synthetic/finger.ts";
import { finger, press } from "./prints.ts";

const at = (x: number, y: number): Minutia => ({ x, y, direction: 0, type: "ending", quality: 50 });
/** Ridges `period` pixels apart, the first in the middle of x = 0, tilted by `slope`. */
function parallel(width: number, height: number, period: number, slope = 0): Float32Array {
  return Float32Array.from(
    { length: width * height },
    (_, i) => -Math.cos((((i % width) + slope * Math.floor(i / width)) * 2 * Math.PI) / period),
  );
}

describe("ridge counts", () => {
  test("are exact on parallel ridges, at any distance and slope: else a matcher that uses them is misled", () => {
    for (const period of [7, 9, 12]) {
      for (const ridges of [1, 2, 5, 9]) {
        for (const [y, slope] of [
          [40, 0],
          [60, 0],
          [40, 0.3],
        ] as const) {
          // Both minutiae lie on ridges; those strictly between are counted.
          const a = at(2 * period, 40);
          const b = at((2 + ridges) * period + Math.round(slope * (40 - y)), y);
          const enhanced = parallel(200, 100, period, slope);
          expect([period, ridges, countRidges(enhanced, 200, [a, b])[0]!.count]).toEqual([period, ridges, ridges - 1]);
        }
      }
    }
  });

  test("are none along a ridge, however the line wavers on it", () => {
    const enhanced = parallel(200, 100, 9);
    expect(countRidges(enhanced, 200, [at(36, 10), at(36, 90)]).map(({ count }) => count)).toEqual([0, 0]);
    expect(countRidges(enhanced, 200, [at(35, 10), at(37, 90)])[0]!.count).toBe(0);
  });

  test("go to the nearest minutia of each octant around the direction, and to no other", () => {
    const ring = Array.from({ length: 8 }, (_, k) => {
      const turn = (k * Math.PI) / 4 + 0.3;
      return at(100 + 30 * Math.cos(turn), 100 - 30 * Math.sin(turn));
    });
    const behind = at(100 + 60 * Math.cos(0.3), 100 - 60 * Math.sin(0.3));
    const middle = { ...at(100, 100), direction: 0.3 };
    expect(octantNeighbours([middle, behind, ...ring], 0).sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
    expect(octantNeighbours([middle, at(100, 400)], 0)).toEqual([]);
  });

  test("of a pressed finger agree with the finger's own ridges: nine in ten exactly, all within one", () => {
    let [exact, near, all] = [0, 0, 0];
    for (const seed of [1, 2]) {
      const master = finger(seed, "right-index");
      const impression = press(seed, "right-index", { seed: 7, distortion: 0, noise: 0.05 });
      const template = withRidgeCounts(extractStages(impression.image));
      const owner = template.minutiae.map((m) => trueMinutia(m, impression.minutiae));
      for (const { from, to, count } of template.ridgeCounts ?? []) {
        const [a, b] = [owner[from], owner[to]];
        if (a === undefined || b === undefined || a === b) continue;
        const truth = ridgesBetween(master, master.minutiae[a]!, master.minutiae[b]!);
        all++;
        if (truth === count) exact++;
        if (Math.abs(truth - count) <= 1) near++;
      }
    }
    expect(all).toBeGreaterThan(300);
    expect(exact / all).toBeGreaterThan(0.88);
    expect(near / all).toBeGreaterThan(0.99);
  });
});

test("the explanation draws every stage, with the ridge counts", async () => {
  const { image } = press(1, "right-index", { seed: 5 });
  const files = await explainFinger(image);
  const page = new TextDecoder().decode(files.find(({ name }) => name === "index.html")!.bytes);
  for (const stage of [
    "working",
    "normalised",
    "mask",
    "coherence",
    "period",
    "enhanced",
    "binarised",
    "skeleton",
    "quality",
  ]) {
    expect(files.some(({ name }) => name.endsWith(`-${stage}.png`))).toBe(true);
    expect(page).toContain(`-${stage}.png`);
  }
  const counts = withRidgeCounts(extractStages(image)).ridgeCounts!;
  expect(page).toContain(`<td>ridge counts</td><td>${counts.length}</td>`);
  expect(page.match(/<text /g)!.length).toBeGreaterThan(counts.length / 2 - 1);
});

/** The finger's own minutia at this place, if it is surely that. */
function trueMinutia(m: Minutia, truth: readonly (Minutia & { master: number })[]): number | undefined {
  const near = truth.find(
    (t) => Math.hypot(t.x - m.x, t.y - m.y) < 4 && Math.cos(t.direction - m.direction) > Math.cos(0.6),
  );
  return near?.master;
}

/** Counted on the finger's own wave, in small steps: an independent count of the truth. */
function ridgesBetween({ wave, width }: FingerMaster, a: Minutia, b: Minutia): number {
  const steps = Math.ceil(Math.hypot(a.x - b.x, a.y - b.y) * 4);
  const value = (x: number, y: number) => {
    const [x0, y0] = [Math.floor(x), Math.floor(y)];
    const [fx, fy] = [x - x0, y - y0];
    const k = y0 * width + x0;
    return (
      (wave[k]! * (1 - fx) + wave[k + 1]! * fx) * (1 - fy) +
      (wave[k + width]! * (1 - fx) + wave[k + width + 1]! * fx) * fy
    );
  };
  let count = 0;
  let begun = -1;
  for (let i = 0; i <= steps; i++) {
    const ridge = value(a.x + ((b.x - a.x) * i) / steps, a.y + ((b.y - a.y) * i) / steps) > 0;
    if (ridge && begun < 0) begun = i;
    if (ridge || begun < 0) continue;
    if (begun > 12 && i - 1 < steps - 12) count++;
    begun = -1;
  }
  return count;
}
