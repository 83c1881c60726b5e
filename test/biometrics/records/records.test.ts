import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { BiometricsError } from "../../../biometrics/errors.ts";
import type { Template } from "../../../biometrics/finger/template.ts";
import type { MinutiaeRecord } from "../../../biometrics/records/minutiae-record.ts";
import { pictureOf, pictureRecord } from "../../../biometrics/records/picture-record.ts";
import { readFingerRecord, writeFingerRecord } from "../../../biometrics/records/record.ts";
import { recordOf, templateOf } from "../../../biometrics/records/template-record.ts";

const FORMATS = ["iso2005", "iso2011", "ansi378"] as const;

const templates = fc
  .record({
    width: fc.integer({ min: 100, max: 2000 }),
    height: fc.integer({ min: 100, max: 2000 }),
    points: fc.array(
      fc.record({
        x: fc.nat(16_383),
        y: fc.nat(16_383),
        direction: fc.double({ min: 0, max: 6.283, noNaN: true }),
        type: fc.constantFrom("ending", "bifurcation", "other"),
        quality: fc.integer({ min: 1, max: 100 }),
      }),
      { maxLength: 150 },
    ),
  })
  .map(
    ({ width, height, points }): Template => ({
      version: "test",
      width,
      height,
      ppi: 500,
      minutiae: points as Template["minutiae"],
      singularPoints: [],
    }),
  );

describe("finger records", () => {
  test.each(FORMATS)("%s keeps every minutia to the pixel and within one angle step", (format) => {
    fc.assert(
      fc.property(templates, (template) => {
        const bytes = writeFingerRecord(recordOf(template, format, { position: 7, quality: 80 }));
        const record = readFingerRecord(bytes) as MinutiaeRecord;
        expect(record.format).toBe(format);
        const view = record.views[0]!;
        expect([view.position, view.quality]).toEqual([7, 80]);
        const back = templateOf(record, view);
        expect([back.width, back.height, Math.round(back.ppi)]).toEqual([template.width, template.height, 500]);
        back.minutiae.forEach((m, i) => {
          const was = template.minutiae[i]!;
          expect([m.x, m.y, m.type, m.quality]).toEqual([was.x, was.y, was.type, was.quality]);
          expect(Math.cos(m.direction - was.direction)).toBeGreaterThan(Math.cos(0.02));
        });
        expect(Buffer.from(writeFingerRecord(record))).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 40 },
    );
  });

  test.each(["iso19794-4-2005", "iso19794-4-2011"] as const)("%s carries a picture unharmed", async (format) => {
    const data = Uint8Array.from({ length: 12_000 }, (_, i) => (i * 7) % 251);
    const image = { width: 100, height: 120, ppi: 500, data };
    const bytes = writeFingerRecord(pictureRecord(image, format, "raw", { position: 2 }));
    const record = readFingerRecord(bytes);
    if (record.kind !== "finger-image") throw new Error("another kind");
    expect(await pictureOf(record.views[0]!)).toEqual(image);
    expect(Buffer.from(writeFingerRecord(record))).toEqual(Buffer.from(bytes));
  });

  test("cut or changed records end in a record or a code", () => {
    const template = { version: "t", width: 300, height: 400, ppi: 500, singularPoints: [] };
    const minutiae = Array.from({ length: 5 }, (_, i) => ({
      x: 9 * i,
      y: 7 * i,
      direction: i,
      type: "ending" as const,
      quality: 50,
    }));
    for (const format of FORMATS) {
      const bytes = writeFingerRecord(recordOf({ ...template, minutiae }, format));
      for (let length = 0; length < bytes.length; length++)
        expect(outcome(bytes.subarray(0, length))).toMatch(/^record\//);
      fc.assert(
        fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
          const changed = Uint8Array.from(bytes);
          changed[at] = value;
          outcome(changed);
        }),
      );
    }
  });
});

function outcome(bytes: Uint8Array): string {
  try {
    readFingerRecord(bytes);
    return "read";
  } catch (error) {
    if (error instanceof BiometricsError) return error.code;
    throw error;
  }
}

const shared = new URL("../../../../shared/data/biometrics/records/", import.meta.url);
const folders = ["ansi378_2004", "iso19794_2_2005", "iso19794_4_2005", "iso19794_4_2011_jp2", "iso19794_4_2011_wsq"];
const present = existsSync(shared);
if (!present)
  console.log("skipped: ../shared/data/biometrics/records is absent, so records of real devices are not tried");
(present ? describe : describe.skip)("records of real devices", () => {
  const files = present
    ? folders.flatMap((f) => readdirSync(new URL(`${f}/`, shared)).map((name) => `${f}/${name}`))
    : [];
  test.each(files)("%s is read and written back to the same bytes", (name) => {
    const bytes = readFileSync(new URL(name, shared));
    expect(Buffer.compare(Buffer.from(writeFingerRecord(readFingerRecord(bytes))), bytes)).toBe(0);
  });
});
