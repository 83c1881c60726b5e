import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { scalar, standardMeasures } from "../../../biometrics/face/scalars.ts";

const published = "../shared/data/biometrics/ofiq/expected_results.csv";
const present = existsSync(published);
if (!present) console.warn(`skipped: ${published} is not here, so the published OFIQ results are not compared`);

(present ? describe : describe.skip)("a measure's value means what it means everywhere", () => {
  const lines = present
    ? readFileSync(published, "utf8")
        .trim()
        .split(/\r?\n/)
        .map((line) => line.split(";"))
    : [[""]];
  const [names, ...rows] = lines as [string[], ...string[][]];
  test.each(standardMeasures)("%s agrees with every published OFIQ result", (measure) => {
    const raw = names.indexOf(measure);
    const value = names.indexOf(`${measure}.scalar`);
    expect(raw).toBeGreaterThan(0);
    for (const row of rows) expect([row[0], scalar(measure, Number(row[raw]))]).toEqual([row[0], Number(row[value])]);
  });
});

describe("values stay on their scale", () => {
  test.each(standardMeasures)("%s gives 0…100 for any raw value", (measure) => {
    for (const raw of [-1e9, -1, 0, 0.5, 1, 45, 180, 1e9]) {
      const value = scalar(measure, Math.max(raw, measure === "IlluminationUniformity" ? 0 : raw));
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(100);
    }
  });
});
