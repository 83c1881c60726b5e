import { beforeAll, describe, expect, test } from "@jest/globals";
import { BiometricsError } from "../../../biometrics/errors.ts";
import { readExtendedData, writeExtendedData } from "../../../biometrics/records/extended-data.ts";
import {
  openRecord,
  PICTURE_RECORDS,
  PRINT_FORMATS,
  picturesAs,
  printsAs,
} from "../../../biometrics/records/opened-record.ts";
import { greyOf } from "../../../biometrics/records/recorded-picture.ts";
import { templateOfPrint } from "../../../biometrics/records/recorded-print.ts";
import { summaryOf } from "../../../biometrics/records/summary.ts";
import { allRecords, head, openNamed, picture, print, secondPrint, template } from "./samples.ts";

/** Formats that hold everything a print has. */
const FULL = PRINT_FORMATS.filter((format) => !format.startsWith("card"));
/** Bytes at both ends of a record in which every bit is tried; between them lie minutiae or pixels, one like the other. */
const HEAD = 160;
const TAIL = 40;
let records: Map<string, Uint8Array>;
beforeAll(async () => {
  records = await allRecords();
});

describe("a print from one record to another", () => {
  test.each(FULL)("%s keeps places, types, qualities, ridge counts, core and delta, of every view", (format) => {
    const { prints } = openRecord(printsAs([print, secondPrint], format, head));
    expect(prints).toHaveLength(2);
    const [back, second] = prints;
    expect([back!.position, back!.quality, second!.position]).toEqual([7, 66, 2]);
    expect(Math.round(back!.ppi)).toBe(500);
    expect(second!.minutiae).toHaveLength(5);
    back!.minutiae.forEach((m, i) => {
      const was = print.minutiae[i]!;
      expect([m.x, m.y, m.type, m.quality]).toEqual([was.x, was.y, was.type, was.quality]);
      expect(Math.cos(m.direction - was.direction)).toBeGreaterThan(Math.cos(0.02));
    });
    expect(templateOfPrint(back!, "").ridgeCounts).toEqual(template.ridgeCounts);
    expect(templateOfPrint(back!, "").singularPoints).toEqual(template.singularPoints);
  });

  test("goes through all formats in a row and is still itself: else a conversion loses what the next system matches with", () => {
    let prints = [print];
    for (const format of [...FULL, ...FULL]) prints = [...openRecord(printsAs(prints, format, head)).prints];
    prints[0]!.minutiae.forEach((m, i) => {
      expect([m.x, m.y, m.type]).toEqual([print.minutiae[i]!.x, print.minutiae[i]!.y, print.minutiae[i]!.type]);
      expect(Math.cos(m.direction - print.minutiae[i]!.direction)).toBeGreaterThan(Math.cos(0.04));
    });
    expect(prints[0]!.ridgeCounts).toEqual(print.ridgeCounts);
  });

  test("a card's list keeps places to its own step (0.01 and 0.1 mm) and leaves out what is beyond its reach", () => {
    for (const [form, mm] of [
      ["card-normal", 0.01],
      ["card-compact", 0.1],
    ] as const) {
      const [back] = openRecord(printsAs([print], form, head), form).prints;
      for (const m of back!.minutiae) {
        const near = print.minutiae.some(
          (was) =>
            was.type === m.type &&
            Math.abs((was.x * 25.4) / 500 - m.x * mm) <= mm &&
            Math.abs((was.y * 25.4) / 500 - m.y * mm) <= mm &&
            Math.cos(was.direction - m.direction) > Math.cos(0.06),
        );
        expect(near).toBe(true);
      }
      expect(back!.minutiae).toHaveLength(print.minutiae.length);
    }
    const far = { ...print, minutiae: [{ ...print.minutiae[0]!, x: 9000 }, print.minutiae[1]!] };
    expect(openRecord(printsAs([far], "card-compact", head), "card-compact").prints[0]!.minutiae).toHaveLength(1);
  });

  test("what a record does not state stays unstated, and is not made up", () => {
    const silent = {
      ...print,
      quality: undefined,
      minutiae: print.minutiae.map((m) => ({ ...m, quality: undefined })),
    };
    for (const format of FULL) {
      const [back] = openRecord(printsAs([silent], format, head)).prints;
      expect([format, back!.minutiae.filter((m) => m.quality !== undefined)]).toEqual([format, []]);
      // The 2004 and 2005 records have no code for a view without quality: 0 stands for it.
      const unstated = format === "iso2005" || format === "ansi378" ? 0 : undefined;
      expect([format, back!.quality]).toEqual([format, unstated]);
    }
  });
});

describe("a picture from one record to another", () => {
  test.each(PICTURE_RECORDS)("%s keeps its pixels, position and resolution", async (format) => {
    const { pictures } = openRecord(await picturesAs([picture], format, head));
    expect(pictures).toHaveLength(1);
    const image = await greyOf(pictures[0]!);
    expect(Buffer.from(image.data).equals(Buffer.from(picture.data))).toBe(true);
    expect([image.width, image.height, image.ppi, pictures[0]!.position]).toEqual([24, 20, 500, 7]);
  });

  test("a WSQ picture is passed on as it is, not decoded and encoded once more", async () => {
    for (const [name, bytes] of records) {
      if (!name.endsWith("-wsq")) continue;
      const { pictures } = openNamed(name, bytes);
      expect([name, pictures.map(({ coding }) => coding)]).toEqual([name, ["wsq", "wsq"]]);
      const moved = openRecord(await picturesAs(pictures, "iso2011", head)).pictures;
      expect([name, moved.every(({ data }, i) => Buffer.compare(data, pictures[i]!.data) === 0)]).toEqual([name, true]);
    }
  });

  test("a record that states another size than its picture has is refused", async () => {
    const [wsq] = openNamed("", records.get("picture-iso2011-wsq")!).pictures;
    await expect(greyOf({ ...wsq!, width: wsq!.width + 1 })).rejects.toMatchObject({ code: "record/field" });
  });
});

describe("extended data", () => {
  test.each(["iso", "ansi"] as const)("%s: what is not understood is carried to the byte", (form) => {
    const vendor = Uint8Array.of(1, 1, 0, 6, 9, 9);
    const zonal = Uint8Array.of(0, 3, 0, 8, 20, 20, 8, 77);
    // A count of another method than the norm's three, a core list that ends too early, and an odd tail.
    const odd = Uint8Array.of(0, 1, 0, 6, 9, 1, 0, 2, 0, 6, 3, 0, 0, 1, 0, 7, 1, 1, 2);
    for (const bytes of [vendor, zonal, odd]) {
      expect(Buffer.from(writeExtendedData(readExtendedData(bytes, form), form))).toEqual(Buffer.from(bytes));
    }
  });

  test("angles of cores and deltas are kept in both families", () => {
    const area = {
      kind: "singular-points" as const,
      cores: [{ x: 5, y: 6, angles: [7] }],
      deltas: [{ x: 8, y: 9, angles: [1, 2, 3] }],
    };
    for (const form of ["iso", "ansi"] as const)
      expect(readExtendedData(writeExtendedData([area], form), form)).toEqual([area]);
  });
});

/** Reads it and shows it, as the command line would. */
function outcome(name: string, bytes: Uint8Array): string {
  try {
    openNamed(name, bytes);
    if (!name.includes("card")) summaryOf(bytes);
    return "read";
  } catch (error) {
    if (error instanceof BiometricsError) return error.code;
    throw error;
  }
}

describe("damaged records", () => {
  test("cut at every byte: refused with a code, never read as if whole (a list for a card has no length to miss)", () => {
    for (const [name, bytes] of records) {
      if (name.includes("card")) continue;
      for (let length = 0; length < bytes.length; length += length < HEAD ? 1 : 7) {
        expect([name, length, outcome(name, bytes.subarray(0, length))]).not.toEqual([name, length, "read"]);
      }
    }
  });

  test("with any one bit changed: read or refused with a code, never a crash", () => {
    for (const [name, bytes] of records) {
      const changed = Uint8Array.from(bytes);
      for (let bit = 0; bit < 8 * bytes.length; bit++) {
        if (bit >> 3 >= HEAD && bit >> 3 < bytes.length - TAIL) continue;
        changed[bit >> 3]! ^= 1 << (bit & 7);
        outcome(name, changed);
        changed[bit >> 3]! ^= 1 << (bit & 7);
      }
    }
  });

  test("lengths beyond the end are refused before anything is allocated", () => {
    const huge = Buffer.from(records.get("picture-iso2011")!);
    huge.writeUInt32BE(0xfffffff0, 8);
    expect(outcome("", huge)).toBe("record/field");
    expect(outcome("", Uint8Array.of(0x64, 0x84, 0xff, 0xff, 0xff, 0xff))).toBe("record/truncated");
    expect(outcome("", Buffer.from("1.001:999999999\x1d"))).toBe("record/truncated");
  });
});
