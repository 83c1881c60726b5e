import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { BiometricsError } from "../../../biometrics/errors.ts";
import type { Template } from "../../../biometrics/finger/template.ts";
import { readTransaction, type Transaction, writeTransaction } from "../../../biometrics/records/an2.ts";
import { readDer, writeDer } from "../../../biometrics/records/der.ts";
import {
  type FingerImage39794,
  readFingerImage39794,
  writeFingerImage39794,
} from "../../../biometrics/records/iso39794-4.ts";
import type { MinutiaeRecord } from "../../../biometrics/records/minutiae-view.ts";
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

  test("zeros that a sensor leaves after a record are kept, anything else there is refused", () => {
    const template = { version: "t", width: 300, height: 400, ppi: 500, minutiae: [], singularPoints: [] };
    for (const format of ["iso2005", "ansi378"] as const) {
      const bytes = writeFingerRecord(recordOf(template, format));
      const padded = Buffer.concat([bytes, new Uint8Array(40)]);
      expect(Buffer.from(writeFingerRecord(readFingerRecord(padded)))).toEqual(padded);
      expect(outcome(Buffer.concat([bytes, Uint8Array.of(1)]))).toBe("record/field");
    }
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
(present ? describe : describe.skip)("transactions and DER blocks", () => {
  const inFolder = (folder: string) =>
    present ? readdirSync(new URL(`${folder}/`, shared)).map((name) => `${folder}/${name}`) : [];

  test.each(inFolder("ansi_nist_itl"))("%s is read and written back to the same bytes", (name) => {
    const bytes = readFileSync(new URL(name, shared));
    const transaction = readTransaction(bytes);
    expect(transaction.records.length).toBeGreaterThan(2);
    expect(Buffer.compare(Buffer.from(writeTransaction(transaction)), bytes)).toBe(0);
  });

  test.each([...inFolder("iso39794_4"), ...inFolder("iso39794_5")])(
    "%s is a tree that is written back the same",
    (name) => {
      const bytes = readFileSync(new URL(name, shared));
      expect(Buffer.compare(Buffer.from(writeDer(readDer(bytes))), bytes)).toBe(0);
    },
  );

  test("a 39794-4 block gives its picture", () => {
    for (const name of inFolder("iso39794_4")) {
      const { year, representations } = readFingerImage39794(readFileSync(new URL(name, shared)));
      expect(year).toBe(2019);
      expect(Buffer.from(representations[0]!.data).subarray(1, 4).toString()).toBe("PNG");
    }
  });
});

describe("blocks and transactions made here", () => {
  const block: FingerImage39794 = {
    kind: "finger-image-39794",
    generation: 3,
    year: 2019,
    representations: [{ position: 2, impression: 0, format: 4, data: Uint8Array.of(1, 2, 3) }],
  };
  const record = (type: number, ...fields: [number, string][]) => ({
    encoding: "tagged" as const,
    type,
    fields: [[1, "0"] as [number, string], ...fields].map(([number, text]) => ({
      tag: `${type}.${String(number).padStart(3, "0")}`,
      number,
      value: new TextEncoder().encode(text),
    })),
  });
  const positions = Uint8Array.of(2, 255, 255, 255, 255, 255);
  const transaction: Transaction = {
    kind: "transaction",
    records: [
      record(1, [2, "0400"], [3, "1\x1f2\x1e2\x1f00\x1e4\x1f01"]),
      record(2, [2, "00"]),
      {
        ...{ encoding: "binary", type: 4, designation: 1, impressionType: 0, positions, scanRate: 0 },
        ...{ width: 2, height: 2, compression: 0, data: Uint8Array.of(0x1c, 0x1d, 0, 255) },
      },
    ],
  };

  test("come back as they were", () => {
    expect(readFingerImage39794(Uint8Array.from(writeFingerImage39794(block)))).toMatchObject(block);
    const back = readTransaction(Uint8Array.from(writeTransaction(transaction)));
    expect(back.records[2]).toEqual(transaction.records[2]);
    expect(Buffer.from(writeTransaction(back))).toEqual(Buffer.from(writeTransaction(transaction)));
  });

  test("cut anywhere they are refused with a code", () => {
    const refused = (read: (bytes: Uint8Array) => unknown, bytes: Uint8Array) => {
      for (let length = 0; length < bytes.length; length++) {
        expect(() => read(bytes.subarray(0, length))).toThrow(BiometricsError);
      }
    };
    refused(readFingerImage39794, Uint8Array.from(writeFingerImage39794(block)));
    refused(readTransaction, Uint8Array.from(writeTransaction(transaction)));
  });
});

(present ? describe : describe.skip)("records of real devices", () => {
  const files = present
    ? folders.flatMap((f) => readdirSync(new URL(`${f}/`, shared)).map((name) => `${f}/${name}`))
    : [];
  test.each(files)("%s is read and written back to the same bytes", (name) => {
    const bytes = readFileSync(new URL(name, shared));
    expect(Buffer.compare(Buffer.from(writeFingerRecord(readFingerRecord(bytes))), bytes)).toBe(0);
  });
});
