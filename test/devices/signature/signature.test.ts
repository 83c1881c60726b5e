/** If this failed, a signature would be lost, or a page could put something into the package that no pen drew. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { systemClock } from "../../../crypto/system-environment.ts";
import type { Ink } from "../../../devices/port.ts";
import { screenPad } from "../../../devices/signature/screen.ts";
import { simulatedPad } from "../../../devices/simulator/signature.ts";

const stroke = (t: number) => [
  { x: 0.1, y: 0.5, t },
  { x: 0.4, y: 0.6, t: t + 30, p: 0.7 },
];
const ink: Ink = { aspect: 3, strokes: [stroke(0), stroke(100)] };

describe("signing on the screen", () => {
  test("each stroke is told, the whole is given when the person is done", async () => {
    const driver = screenPad(systemClock);
    const pad = await driver.open("screen:signature");
    const told: number[] = [];
    const signed = pad.capture({ onProgress: ({ strokes }) => told.push(strokes.length) });
    driver.push({ ...ink, strokes: ink.strokes.slice(0, 1) }, false);
    driver.push(ink, true);
    expect(await signed).toEqual(ink);
    expect(told).toEqual([1]);
  });

  test("refuses what no pen can draw", async () => {
    const driver = screenPad(systemClock);
    const impossible: unknown[] = [
      null,
      "ink",
      { aspect: 3, strokes: [] },
      { aspect: 3, strokes: [[{ x: 2, y: 0, t: 0 }]] },
      { aspect: 3, strokes: [[{ x: Number.NaN, y: 0, t: 0 }]] },
      { aspect: 3, strokes: [stroke(100), stroke(0)] },
      { aspect: 3, strokes: [stroke(0)], script: "<script>" },
      { aspect: 3, strokes: Array.from({ length: 500 }, () => stroke(0)) },
    ];
    for (const value of impossible) {
      expect(() => driver.push(value, true)).toThrow(expect.objectContaining({ code: "device/bad-data" }));
    }
  });
});

describe("a simulated pad", () => {
  test("draws the synthetic person's signature, and says so when there is none", async () => {
    const folder = mkdtempSync(join(tmpdir(), "kabina-ink-"));
    const file = join(folder, "signature.json");
    writeFileSync(file, JSON.stringify(ink));
    const pad = await simulatedPad(systemClock, file).open("simulated:signature");
    expect(await pad.capture()).toEqual(ink);
    const missing = await simulatedPad(systemClock, join(folder, "gone")).open("simulated:signature");
    await expect(missing.capture()).rejects.toMatchObject({ code: "device/bad-data" });
    rmSync(folder, { recursive: true });
  });
});
