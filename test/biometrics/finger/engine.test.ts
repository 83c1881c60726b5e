import { describe, expect, test } from "@jest/globals";
import { bestOfN, extractTemplate, matchTemplates, type Template } from "../../../biometrics/finger/finger.ts";
import type { Minutia } from "../../../biometrics/finger/template.ts";
import { drawImpressionOptions } from "../../../biometrics/synthetic/finger-impression.ts";
import { seededRandom } from "../../../biometrics/synthetic/random.ts";
import { press } from "./prints.ts";

const FINGERS = [
  [1, "right-index"],
  [2, "left-index"],
  [3, "right-thumb"],
] as const;
/** A score that one impostor in 10,000 reaches. */
const SURE = 40;
/** What one real impostor in 1,000 reaches. */
const STRANGER = 30;

describe("finger engine on synthetic prints", () => {
  const prints = FINGERS.map(([seed, position]) =>
    [11, 12, 13].map((s) => extractTemplate(press(seed, position, drawImpressionOptions(s, 0.6)).image)),
  );

  test("tells a person's finger from another's: else a stranger passes or the owner is turned away", () => {
    const genuine: number[] = [];
    const impostor: number[] = [];
    const flat = prints.flatMap((templates, finger) => templates.map((template) => ({ template, finger })));
    flat.forEach((a, i) => {
      for (const b of flat.slice(i + 1)) {
        const { score } = matchTemplates(a.template, b.template);
        (a.finger === b.finger ? genuine : impostor).push(score);
      }
    });
    expect(Math.min(...genuine)).toBeGreaterThan(SURE);
    expect(Math.max(...impostor)).toBeLessThan(STRANGER);
  });

  test("gives the same template whatever was extracted before: its memory keeps nothing of another's finger", () => {
    const own = press(1, "right-index", drawImpressionOptions(11, 0.6)).image;
    const part = { width: 201, height: 187, ppi: 500, data: own.data.slice(0, 201 * 187) };
    const [first, partFirst] = [extractTemplate(own), extractTemplate(part)];
    extractTemplate(press(2, "left-index", drawImpressionOptions(12, 0.6)).image);
    expect(extractTemplate(part)).toEqual(partFirst);
    expect(extractTemplate(own)).toEqual(first);
  });

  test("does not care how the finger is turned or where it lies", () => {
    const upright = extractTemplate(press(1, "right-index", { seed: 5 }).image);
    for (const rotation of [-35, 20]) {
      const turned = press(1, "right-index", { seed: 6, rotation, translation: { x: 20, y: -25 } });
      expect(matchTemplates(upright, extractTemplate(turned.image)).score).toBeGreaterThan(SURE);
    }
  });

  test("gives the same score whichever print comes first, within a point or so", () => {
    const [a, b] = [prints[0]![0]!, prints[0]![1]!];
    const [there, back] = [matchTemplates(a, b).score, matchTemplates(b, a).score];
    expect(Math.abs(there - back) / there).toBeLessThan(0.15);
  });

  test("matches minutiae alone, as records of other makers hold them", () => {
    const bare = (t: Template): Template => ({ ...t, flow: undefined });
    expect(matchTemplates(bare(prints[0]![0]!), bare(prints[0]![1]!)).score).toBeGreaterThan(SURE);
    expect(matchTemplates(bare(prints[0]![0]!), bare(prints[1]![0]!)).score).toBeLessThan(25);
  });

  test("keeps of several captures the one most like the others, not the odd one out", () => {
    const captures = [prints[1]![0]!, ...prints[0]!];
    const best = bestOfN(captures);
    expect(best.index).toBeGreaterThan(0);
    expect(best.matrix).toHaveLength(4);
    expect(best.matrix[0]![0]).toBe(0);
    expect(best.matrix[1]![2]).toBe(best.matrix[2]![1]);
    expect(bestOfN([]).index).toBe(-1);
    expect(bestOfN([captures[0]!]).index).toBe(0);
  });
});

describe("templates nobody's finger made", () => {
  const made = (count: number, seed: number): Template => {
    const random = seededRandom(seed);
    const minutiae: Minutia[] = Array.from({ length: count }, () => ({
      x: random.index(400),
      y: random.index(500),
      direction: random.between(0, 2 * Math.PI),
      type: "ending",
      quality: random.index(100),
    }));
    return { version: "test", width: 400, height: 500, ppi: 500, minutiae, singularPoints: [] };
  };

  test.each([0, 1, 2, 5_000])("with %i minutiae end in a score, not in a crash", (count) => {
    const { score } = matchTemplates(made(count, 1), made(count, 2));
    expect(score).toBeGreaterThanOrEqual(0);
    expect(score).toBeLessThan(SURE);
  });
});
