/**
 * The MRZ out of a picture. If this fails, the booth opens chips with wrong keys, or takes over a wrong number as if it had been read.
 * The pictures are drawn pages of Utopia, photographed by `photograph.ts`: turned, tilted, out of focus, dark, upside down.
 */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it, jest } from "@jest/globals";
import fc from "fast-check";
import { decodeGrey } from "../../../biometrics/image/codec.ts";
import { composeMrz } from "../../../mrtd/mrz/compose.ts";
import { mrzCharacters } from "../../../mrtd/mrz/ocr/glyph-net.ts";
import { repairLines } from "../../../mrtd/mrz/ocr/repair.ts";
import { parseMrz } from "../../../mrtd/mrz/parse.ts";
import { readMrzFromImage } from "../../../mrtd/mrz/read-image.ts";
import type { GreyPixels, MrzReading } from "../../../mrtd/mrz/reading.ts";
import { specimen } from "../fixture.ts";
import { generator } from "./photograph.ts";

// Much is computed here; other work on the machine must not fail it.
jest.setTimeout(180_000);

const folder = "test/mrtd/ocr/pages";
const truth = JSON.parse(readFileSync(`${folder}/pages.json`, "utf8")) as Record<string, string[]>;
const picture = (name: string) => decodeGrey(readFileSync(`${folder}/${name}.jpg`), { ppi: 300 });

/** Each picture is read once. */
const readings = new Map<string, Promise<MrzReading>>();
const reading = (name: string) => {
  const begun = readings.get(name) ?? picture(name).then(readMrzFromImage);
  readings.set(name, begun);
  return begun;
};

describe("the MRZ of a picture", () => {
  it("has its truth for every picture of the folder", () => {
    const names = readdirSync(folder).filter((name) => name.endsWith(".jpg"));
    expect(Object.keys(truth).sort()).toEqual(names.map((name) => name.replace(".jpg", "")).sort());
  });

  for (const [name, lines] of Object.entries(truth)) {
    it(`is read from ${name}`, async () => {
      const image = await picture(name);
      const { lines: read, faults, zone } = await reading(name);
      expect(read).toEqual(lines);
      expect(faults).toEqual([]);
      for (const { x, y } of zone) {
        expect(x).toBeGreaterThan(0);
        expect(x).toBeLessThan(image.width);
        expect(y).toBeGreaterThan(0);
        expect(y).toBeLessThan(image.height);
      }
    });
  }

  it("has its first corner where the text begins, whichever way the page lies", async () => {
    const [start, end] = (await reading("passport-upside-down")).zone;
    expect(start.x).toBeGreaterThan(end.x);
    const [top, bottom] = (await reading("card-on-its-side")).zone;
    expect(top.y).toBeLessThan(bottom.y);
  });

  it("is not found where there is none", async () => {
    const none = expect.objectContaining({ code: "mrtd/mrz-not-found" });
    const grey = (width: number, height: number, at: (i: number) => number): GreyPixels => ({
      width,
      height,
      data: Uint8Array.from({ length: width * height }, (_, i) => at(i)),
    });
    const random = generator(3);
    await expect(readMrzFromImage(grey(1, 1, () => 0))).rejects.toEqual(none);
    await expect(readMrzFromImage(grey(16, 16, () => 255))).rejects.toEqual(none);
    await expect(readMrzFromImage(grey(900, 600, () => random() * 255))).rejects.toEqual(none);
    // Two rows of even bars: as long, as high and as regular as an MRZ, and no text.
    const bars = grey(1000, 200, (i) => {
      const [x, y] = [i % 1000, Math.floor(i / 1000)];
      const inRow = (y > 60 && y < 80) || (y > 110 && y < 130);
      return inRow && x > 60 && x < 940 && x % 20 < 9 ? 20 : 240;
    });
    await expect(readMrzFromImage(bars)).rejects.toEqual(none);
    // The page without its zone: other text is not taken for one.
    const page = await picture("passport-scan");
    const upper = Math.floor(page.height * 0.72);
    const cut = { width: page.width, height: upper, data: page.data.slice(0, page.width * upper) };
    await expect(readMrzFromImage(cut)).rejects.toEqual(none);
  });
});

/** Likelihoods of a reader that sees these lines, surely; `unsure` shows other characters at some places, with what is really there as second best. */
function seen(
  lines: readonly string[],
  unsure: ReadonlyMap<string, readonly [shown: string, loss: number]> = new Map(),
) {
  return lines.map((line, i) =>
    [...line].map((character, k) => {
      const values = new Float32Array(mrzCharacters.length).fill(-9);
      values[mrzCharacters.indexOf(character)] = -0.01;
      const [shown, loss] = unsure.get(`${i}/${k}`) ?? [character, 0];
      if (shown !== character) {
        values[mrzCharacters.indexOf(shown)] = -0.01;
        values[mrzCharacters.indexOf(character)] = -0.01 - loss;
      }
      return values;
    }),
  );
}

describe("repairs", () => {
  const lines = composeMrz({ ...specimen, documentNumber: "SB0I2Z518", optionalData: "ZE184226B" });

  it("takes the letter where letters stand and the digit where digits stand, and says so", () => {
    // UT0 for UTO, and O for the 0 of a date.
    const shown = new Map([
      ["0/4", ["0", 5]],
      ["1/15", ["O", 5]],
    ] as const);
    const truth = `${lines[1]!.slice(0, 15)}0${lines[1]!.slice(16)}`;
    const repaired = repairLines("TD3", seen([lines[0]!, truth], shown));
    expect(repaired.lines[0]).toBe(lines[0]);
    expect(repaired.repairs).toContainEqual({
      line: 0,
      position: 4,
      field: "issuer",
      read: "0",
      repaired: "O",
      because: "position",
    });
  });

  it("finds by the check digits which of letter and digit stands in a number", () => {
    const repaired = repairLines("TD3", seen(lines, new Map([["1/1", ["8", 3]]])));
    expect(repaired.lines).toEqual(lines);
    expect(repaired.repairs).toEqual([
      { line: 1, position: 1, field: "documentNumber", read: "8", repaired: "B", because: "check-digit" },
    ]);
  });

  it("changes nothing when more than one change would satisfy the check digits", () => {
    // A 1 too many in the sum: two characters could each be what was misread, and neither is likelier.
    const wrong = `${lines[1]!.slice(0, 1)}8${lines[1]!.slice(2)}`;
    const likelihoods = seen([lines[0]!, wrong]);
    const equally = (position: number, character: string) => {
      likelihoods[1]![position]![mrzCharacters.indexOf(character)] = -2;
    };
    equally(1, "B");
    // The same step of the sum with another weight elsewhere in the number: 8 → B is 3 mod 10 at weight 3, 9; at weight 3 again in position 4.
    const shift = (character: string, by: number) =>
      mrzCharacters[(mrzCharacters.indexOf(character) + by) % 10 === 0 ? 10 : mrzCharacters.indexOf(character) + by]!;
    equally(4, shift(lines[1]![4]!, 3));
    const repaired = repairLines("TD3", likelihoods);
    expect(repaired.lines[1]).toBe(wrong);
    expect(repaired.repairs).toEqual([]);
    expect(parseMrz(repaired.lines.join("\n")).faults).toContainEqual({ field: "documentNumber", kind: "check-digit" });
  });

  it("never changes a character without saying so, and keeps the fault when nothing fits", () => {
    const places = fc.array(
      fc.tuple(fc.nat(1), fc.nat(43), fc.constantFrom(...mrzCharacters), fc.double({ min: 0.1, max: 12, noNaN: true })),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(places, (changes) => {
        const unsure = new Map(
          changes.map(([line, position, shown, loss]) => [`${line}/${position}`, [shown, loss] as const]),
        );
        const shownLines = lines.map((line, i) => [...line].map((c, k) => unsure.get(`${i}/${k}`)?.[0] ?? c).join(""));
        const { lines: result, repairs, kept, rules } = repairLines("TD3", seen(lines, unsure));
        const told = [...shownLines.map((line) => [...line])];
        for (const { line, position, read, repaired } of repairs) {
          expect(told[line]![position]).toBe(read);
          told[line]![position] = repaired;
        }
        expect(told.map((line) => line.join(""))).toEqual(result);
        const faults = parseMrz(result.join("\n")).faults.filter(({ kind }) => kind === "check-digit");
        if (kept === rules) expect(faults).toEqual([]);
        else if (faults.length === 0) expect(parseMrz(result.join("\n")).faults.length).toBeGreaterThan(0);
      }),
      { numRuns: 100 },
    );
  });
});
