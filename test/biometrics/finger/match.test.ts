import { describe, expect, test } from "@jest/globals";
import { extractTemplate, type Template } from "../../../biometrics/finger/finger.ts";
import { compare, matchTemplates } from "../../../biometrics/finger/match.ts";
import { comparePlainly } from "../../../biometrics/finger/match-plainly.ts";
import { CUT } from "../../../biometrics/finger/match-tables.ts";
import { prepare } from "../../../biometrics/finger/prepared.ts";
import { drawImpressionOptions } from "../../../biometrics/synthetic/finger-impression.ts";
import { press } from "./prints.ts";

const bare = (t: Template): Template => ({ ...t, flow: undefined });

describe("the compiled matcher", () => {
  const templates = [1, 2, 3].flatMap((seed) =>
    [21, 22].map((s) => extractTemplate(press(seed, "right-index", drawImpressionOptions(s, 0.7)).image)),
  );

  test("gives the plain one's evidence to the bit: else no one could say what decides", () => {
    for (const a of templates) {
      for (const b of templates) {
        const [p, q] = [prepare(a), prepare(b)];
        expect(compare(p, q)).toEqual(comparePlainly(p.packed, q.packed));
      }
    }
  });

  test("gives it for minutiae alone too, and for a mixed pair", () => {
    const [first, second, other] = [templates[0]!, templates[1]!, templates[2]!];
    for (const [a, b] of [
      [bare(first), bare(second)],
      [bare(first), bare(other)],
      [first, bare(second)],
    ] as const) {
      const [p, q] = [prepare(a), prepare(b)];
      expect(compare(p, q)).toEqual(comparePlainly(p.packed, q.packed, [p.cylinders(), q.cylinders()]));
    }
  });

  test("lets a finger's own prints through the first look and drops a stranger's with a low score", () => {
    const odds = (a: Template, b: Template) => compare(prepare(a), prepare(b)).odds;
    for (let k = 0; k < templates.length; k += 2) {
      expect(odds(templates[k]!, templates[k + 1]!)).toBeGreaterThan(CUT);
    }
    const strangers = [
      [0, 2],
      [0, 4],
      [2, 4],
      [1, 3],
      [1, 5],
      [3, 5],
    ] as const;
    const dropped = strangers.filter(([i, j]) => odds(templates[i]!, templates[j]!) < CUT);
    expect(dropped.length).toBeGreaterThan(strangers.length / 2);
    for (const [i, j] of dropped) expect(matchTemplates(templates[i]!, templates[j]!).score).toBeLessThan(13);
  });

  test("keeps its place when a larger print follows a smaller one", () => {
    const [a, b] = [templates[0]!, templates[1]!];
    const tiny: Template = { ...a, width: 80, height: 80, minutiae: a.minutiae.slice(0, 4), flow: undefined };
    const before = matchTemplates(a, b).score;
    matchTemplates(tiny, b);
    matchTemplates(b, tiny);
    expect(matchTemplates(a, b).score).toBe(before);
  });

  test("scores the same once its memory has been filled and emptied again: else a large gallery would be judged otherwise", () => {
    const [a, b, other] = [prepare(templates[0]!), prepare(templates[1]!), prepare(templates[2]!)];
    const before = [compare(a, b), compare(b, a), compare(other, b)];
    const gallery = Math.ceil((40 * 1024 * 1024) / b.packed.length);
    for (let k = 0; k < gallery; k++) {
      const copy = { ...b, packed: b.packed.slice() };
      if (k % 97 === 0) expect(compare(a, copy)).toEqual(before[0]);
      else compare(a, copy);
    }
    expect([compare(a, b), compare(b, a), compare(other, b)]).toEqual(before);
  });

  test("takes prints of absurd size without reading where nothing is", () => {
    const far = Array.from({ length: 60 }, (_, k) => ({
      x: 60_000 - k,
      y: 60_000 - 7 * k,
      direction: k / 10,
      type: "ending" as const,
      quality: 50,
    }));
    const huge: Template = {
      version: "test",
      width: 65_535,
      height: 65_535,
      ppi: 500,
      minutiae: far,
      singularPoints: [],
    };
    expect(matchTemplates(huge, templates[0]!).score).toBeLessThan(30);
    expect(matchTemplates(huge, huge).score).toBeGreaterThanOrEqual(0);
  });
});
