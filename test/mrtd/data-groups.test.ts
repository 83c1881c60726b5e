/**
 * Data groups that few documents have, and the files of the master file: if this fails, prints, irises or whom to notify are lost or mixed up, or a file
 * that others made of them cannot be read.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import { parseFeatures } from "../../mrtd/lds/features.ts";
import { inspectFile } from "../../mrtd/lds/inspect.ts";
import { parseDg4 } from "../../mrtd/lds/irises.ts";
import { composeDir, parseAtrInfo, parseDir } from "../../mrtd/lds/master-file.ts";
import { composeDg16, parseDg16 } from "../../mrtd/lds/persons.ts";
import { composeDg3, parseDg3 } from "../../mrtd/lds/prints.ts";
import { aid, dataGroupFiles, features, irises, nonce, persons, prints } from "./data-groups.ts";
import { specimenPassport } from "./fixture.ts";
import { hex, unhex } from "./shared-data.ts";

const file = (name: string) => dataGroupFiles[name]!;

describe("data groups", () => {
  for (const [name, bytes] of Object.entries(dataGroupFiles)) {
    it(`${name} is the golden file, byte for byte, and inspect reads it`, () => {
      expect(hex(bytes)).toBe(hex(new Uint8Array(readFileSync(`test/mrtd/golden/${name}.bin`))));
      expect(inspectFile(bytes)).toMatchObject({ file: name.replace(/-.*/, "").replace("EF.ATR", "EF.ATR/INFO") });
    });
  }

  it("carries prints in both generations of records, and says none without telling so by its hash", () => {
    expect(parseDg3(file("DG3-19794"))).toEqual(prints);
    expect(parseDg3(file("DG3-39794"))).toEqual(prints);
    expect(parseDg3(file("DG3-none"))).toEqual([]);
    expect(hex(composeDg3([], "19794", unhex("ff")))).not.toBe(hex(file("DG3-none")));
    expect(hex(file("DG3-none"))).toContain(hex(nonce));
    // Right index 1001, left index 1010 (ISO/IEC 19785-3).
    expect(inspectFile(file("DG3-19794"))).toMatchObject({
      content: {
        templates: [{ subtype: 9 }, { subtype: 10 }],
        prints: [{ position: 2, imageBytes: 12 }, { position: 7 }],
      },
    });
  });

  it("carries irises in both generations of records", () => {
    expect(parseDg4(file("DG4-19794")).map(({ data, ...iris }) => ({ ...iris, data: hex(data) }))).toEqual(
      [...irises].sort((a, b) => (a.eye < b.eye ? 1 : -1)).map(({ data, ...iris }) => ({ ...iris, data: hex(data) })),
    );
    expect(parseDg4(file("DG4-39794")).map(({ eye, coding, data }) => [eye, coding, hex(data)])).toEqual(
      irises.map(({ eye, coding, data }) => [eye, coding, hex(data)]),
    );
  });

  it("carries features, persons to notify, applications and lengths", () => {
    expect(parseFeatures("DG8", file("DG8")).map(hex)).toEqual(features.map(hex));
    expect(parseDg16(file("DG16"))).toEqual(persons);
    expect(parseDir(file("EF.DIR"))).toEqual([{ aid, label: "Passport" }, { aid: unhex("a0000002472001") }]);
    expect(parseDir(unhex(`${hex(file("EF.DIR"))}000000`))).toHaveLength(2);
    expect(parseAtrInfo(file("EF.ATR-INFO"))).toEqual({
      extendedLength: true,
      mostCommand: 1000,
      mostResponse: 65_535,
    });
    // What the norm prints for LDS1 (9303-10 §3.11).
    expect(hex(composeDir([{ aid }]))).toBe("61094f07a0000002471001");
  });

  it("refuses what cannot be", () => {
    expect(() => composeDg16([{ ...persons[0]!, dateRecorded: "June" }])).toThrow("person");
    expect(() => parseAtrInfo(unhex("7f6608020200100202ffff"))).toThrow("mrtd/tlv-malformed");
    const counted = file("DG16").slice();
    counted[hex(counted).indexOf("020102") / 2 + 2] = 3;
    expect(() => parseDg16(counted)).toThrow("person-count");
  });

  it("tells EF.DIR from DG1, and what the chip's key is, from a file alone", () => {
    expect(inspectFile(specimenPassport().files.DG1!).file).toBe("DG1");
    expect(inspectFile(specimenPassport().files.DG15!)).toMatchObject({
      file: "DG15",
      content: { type: expect.stringMatching(/^(rsa|ec)$/) },
    });
  });

  it("is a value or a coded error for every cut and every changed byte", () => {
    for (const bytes of Object.values(dataGroupFiles)) {
      for (let i = 0; i < bytes.length; i++) {
        for (const broken of [
          bytes.subarray(0, i),
          flipped(bytes, i, 0x01),
          flipped(bytes, i, 0x80),
          flipped(bytes, i, 0xff),
        ]) {
          try {
            inspectFile(broken);
          } catch (error) {
            expect(isCoded(error)).toBe(true);
          }
        }
      }
    }
  });
});

function flipped(bytes: Uint8Array, at: number, bits: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[at]! ^= bits;
  return changed;
}
