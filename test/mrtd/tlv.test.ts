/** The TLV reader under every input: if this fails, a prepared chip or file crashes or stalls the booth or the server. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import { inspectFile } from "../../mrtd/lds/inspect.ts";
import { oid, readOid } from "../../mrtd/tlv/der.ts";
import { parseTlv, parseTlvRow, peekTlvHeader, type TlvNode } from "../../mrtd/tlv/node.ts";
import { tlv } from "../../mrtd/tlv/write.ts";
import { specimenPassport } from "./fixture.ts";
import { hex, unhex } from "./shared-data.ts";

const walk = (node: TlvNode): number =>
  node.constructed ? node.children().reduce((sum, child) => sum + walk(child), 1) : 1;
const codeOf = (run: () => unknown): string | undefined => {
  try {
    run();
    return undefined;
  } catch (error) {
    if (!isCoded(error)) throw error;
    return error.code;
  }
};

describe("TLV reader", () => {
  it("reads back what the writer wrote, at every length form", () => {
    for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536]) {
      const node = parseTlv(tlv(0x5f2e, new Uint8Array(length)), { where: "test" });
      expect([node.tag, node.value.length]).toEqual([0x5f2e, length]);
      expect(peekTlvHeader(node.raw, "test")?.totalLength).toBe(node.raw.length);
    }
  });

  it("refuses what is not the shortest, what goes on, what is missing, what is too deep", () => {
    const where = "test";
    for (const bad of [
      "0481",
      "048101ff",
      "04820001ff",
      "0480",
      "30800000",
      "0401ff00",
      "0402ff",
      "",
      "1f",
      "1f80 0100",
      "04850000000001ff",
    ]) {
      expect(codeOf(() => parseTlv(unhex(bad.replace(" ", "")), { where }))).toBe("mrtd/tlv-malformed");
    }
    let deep: Uint8Array = new Uint8Array();
    for (let i = 0; i < 100; i++) deep = tlv(0x30, deep);
    expect(codeOf(() => walk(parseTlv(deep, { where })))).toBe("mrtd/tlv-malformed");
    const wide = tlv(0x30, ...Array.from({ length: 30_000 }, () => Uint8Array.of(5, 0)));
    expect(codeOf(() => walk(parseTlv(wide, { where })))).toBe("mrtd/tlv-malformed");
  });

  it("takes indefinite and long lengths only when asked to, and says so", () => {
    const departures: string[] = [];
    const node = parseTlv(unhex("3080 04810101 0000".replaceAll(" ", "")), {
      where: "test",
      ber: true,
      onDeparture: (departure) => departures.push(departure),
    });
    expect(hex(node.at(0).value)).toBe("01");
    expect(departures).toContain("indefinite-length");
    expect(departures).toContain("length-not-shortest");
  });

  it("never crashes on noise", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (noise, ber) => {
        codeOf(() => parseTlvRow(noise, { where: "noise", ber }).forEach(walk));
      }),
      { numRuns: 2_000 },
    );
  });

  it("keeps object identifiers", () => {
    for (const id of ["2.23.136.1.1.1", "1.2.840.113549.1.7.2", "0.4.0.127.0.7.2.2.4.2.2", "2.999.3"]) {
      expect(readOid(parseTlv(oid(id), { where: "oid" }))).toBe(id);
    }
  });

  it("ends in a coded error or a description for every file cut at each byte and with bytes changed", () => {
    for (const [name, file] of Object.entries(specimenPassport().files)) {
      const step = name === "DG2" ? 97 : 1;
      for (let i = 0; i < file.length; i += step) {
        expect(codeOf(() => inspectFile(file.subarray(0, i)))).toMatch(/^(mrtd|proof)\//);
        const changed = Uint8Array.from(file);
        changed[i]! ^= 0x41;
        codeOf(() => inspectFile(changed));
      }
    }
  });
});
