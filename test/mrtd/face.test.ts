/** Portraits in DG2, old encoding and new: if this fails, the operator sees no picture, or the wrong one. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import { composeDg2, parseDg2 } from "../../mrtd/lds/dg2.ts";
import { parseFaceBlock } from "../../mrtd/lds/face-block.ts";
import { composeFaceRecord, parseFaceRecord } from "../../mrtd/lds/face-record.ts";
import { inspectFile } from "../../mrtd/lds/inspect.ts";
import { portrait } from "./fixture.ts";
import { hex, sharedData, whenShared } from "./shared-data.ts";

const face = { mediaType: "image/jpeg", data: portrait(500), width: 413, height: 531, gender: 2 } as const;

describe("DG2", () => {
  for (const encoding of ["19794", "39794"] as const) {
    it(`${encoding}: reads back what it wrote, and refuses it cut or changed`, () => {
      const bytes = composeDg2(face, encoding);
      const [read] = parseDg2(bytes);
      expect(hex(read!.data)).toBe(hex(face.data));
      expect(read!.mediaType).toBe("image/jpeg");
      if (encoding === "19794") expect(read).toMatchObject({ width: 413, height: 531, gender: 2 });
      for (let i = 0; i < bytes.length; i++) {
        expect(() => parseDg2(bytes.subarray(0, i))).toThrow(/^mrtd\//);
        const changed = Uint8Array.from(bytes);
        changed[i]! ^= 0x81;
        try {
          parseDg2(changed);
        } catch (error) {
          expect(isCoded(error)).toBe(true);
        }
      }
    });
  }
});

describe("a face record", () => {
  const record = composeFaceRecord(face);
  it("may be filled up with zeros, and with nothing else", () => {
    const filled = (byte: number) => Uint8Array.from([...record, 0, 0, byte]);
    expect(hex(parseFaceRecord(filled(0))[0]!.data)).toBe(hex(face.data));
    expect(() => parseFaceRecord(filled(1))).toThrow(/^mrtd\/file-malformed/);
  });

  it("may hold several pictures, JPEG and JPEG 2000", () => {
    const jp2 = Uint8Array.of(0, 0, 0, 0x0c, 0x6a, 0x50, 0x20, 0x20, 0x0d, 0x0a, 0x87, 0x0a, 1, 2, 3);
    const second = composeFaceRecord({ ...face, mediaType: "image/jp2", data: jp2 }).subarray(14);
    const both = Uint8Array.from([...record, ...second]);
    new DataView(both.buffer).setUint32(8, both.length);
    new DataView(both.buffer).setUint16(12, 2);
    expect(parseFaceRecord(both).map(({ mediaType }) => mediaType)).toEqual(["image/jpeg", "image/jp2"]);
  });
});

const lds = sharedData("mrtd/lds");
whenShared(lds)("portraits by others", () => {
  const read = (name: string) => new Uint8Array(existsSync(lds) ? readFileSync(join(lds, name)) : []);

  it("DG2 in 39794-5 with a JPEG 2000 picture, with all fields and with few", () => {
    for (const name of ["dg2_silver_all_fields.bin", "dg2_silver_mandatory_fields.bin"]) {
      const [silver] = parseDg2(read(name));
      expect(silver!.mediaType).toBe("image/jp2");
      expect(hex(silver!.data)).toBe(hex(read("silver.jp2")));
    }
  });

  it("the sample block of ISO/IEC 39794-5", () => {
    const [sample] = parseFaceBlock(read("iso39794/sample-39794-5-ed-1-v1.der"));
    expect(sample!.mediaType).toBe("image/jpeg");
    expect(sample!.data.length).toBe(893_557);
  });

  it("a record of 19794-5; one whose picture is none is refused", () => {
    const [test] = parseFaceRecord(read("iso19794/ISO19794_Test1_Data.bin"));
    expect(hex(test!.data)).toBe(hex(read("iso19794/ISO19794_Test1_Face.jpg")));
    expect(test).toMatchObject({ width: 148, height: 70 });
    expect(() => parseFaceRecord(read("iso19794/ISO19794_Test2_Data_InvalidImage.bin"))).toThrow("face-image");
    // By themselves, as tools take them out of DG2.
    expect(inspectFile(read("iso19794/ISO19794_Test1_Data.bin")).file).toBe("ISO/IEC 19794-5");
    expect(inspectFile(read("iso39794/sample-39794-5-ed-1-v1.der")).file).toBe("ISO/IEC 39794-5");
  });

  it("the Netherlands' specimen and JMRTD's documents", () => {
    for (const name of [
      "loes2006/ef0102.bin",
      "jmrtd-sets/p256-sha256/EF.DG2.bin",
      "jmrtd-sets/rsa3072-sha256/EF.DG2.bin",
    ]) {
      expect(parseDg2(read(name))[0]!.data.length).toBeGreaterThan(1_000);
    }
  });
});
