/** DG5, DG7, DG11, DG12: if this fails, what a document says of its holder beside the MRZ is lost or mixed up. */
import { describe, expect, it } from "@jest/globals";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import { composeDetails, type Details, parseDetails } from "../../mrtd/lds/details.ts";
import { composeDisplayedImages, parseDisplayedImages } from "../../mrtd/lds/displayed-images.ts";
import { inspectFile } from "../../mrtd/lds/inspect.ts";
import { tlv } from "../../mrtd/tlv/write.ts";
import { portrait } from "./fixture.ts";
import { hex, unhex } from "./shared-data.ts";

const holder: Details<"DG11"> = {
  fullName: "Эрикссон<<Анна<Мария",
  otherNames: ["Ericsson<<Anna", "Smith<<Anna"],
  fullDateOfBirth: "19740812",
  placeOfBirth: "Zenith<UTO",
  proofOfCitizenship: portrait(100),
};
const document: Details<"DG12"> = { issuingAuthority: "Utopia Passport Office", dateOfIssue: "20260601" };

describe("details of holder and document", () => {
  it("come back as they were written", () => {
    expect(parseDetails("DG11", composeDetails("DG11", holder))).toEqual(holder);
    expect(parseDetails("DG12", composeDetails("DG12", document))).toEqual(document);
    expect(inspectFile(composeDetails("DG12", document))).toMatchObject({ file: "DG12", content: document });
  });

  it("reads a date in packed digits", () => {
    const bytes = unhex("6b0b5c025f2b5f2b0419740812");
    expect(parseDetails("DG11", bytes)).toEqual({ fullDateOfBirth: "19740812" });
  });

  it("are read whatever the list at the beginning says, grouped or not, and in Latin-1 too", () => {
    const text = (value: string) => new TextEncoder().encode(value);
    const dg11 = (...parts: Uint8Array[]) => parseDetails("DG11", tlv(0x6b, ...parts));
    const list = (...bytes: number[]) => tlv(0x5c, Uint8Array.from(bytes));
    const name = tlv(0x5f0e, text("ERIKSSON<<ANNA"));
    for (const said of [list(), list(0x5f, 0x0e), list(0xa0), list(0x5f, 0x0e, 0xa0, 0x5f, 0x0f)])
      expect(dg11(said, name)).toEqual({ fullName: "ERIKSSON<<ANNA" });
    const others = ["A", "B"].map((one) => tlv(0x5f0f, text(one)));
    expect(dg11(list(0x5f, 0x0f), ...others)).toEqual({ otherNames: ["A", "B"] });
    expect(dg11(list(), tlv(0x5f11, Uint8Array.from(Buffer.from("MÜNCHEN", "latin1"))))).toEqual({
      placeOfBirth: "MÜNCHEN",
    });
    expect(() => dg11(name)).toThrow(/^mrtd\/tlv-malformed/);
  });

  it("is a coded error for every cut, and for every changed byte a value or a coded error", () => {
    const bytes = composeDetails("DG11", holder);
    for (let i = 0; i < bytes.length; i++) {
      expect(() => parseDetails("DG11", bytes.subarray(0, i))).toThrow(/^mrtd\//);
      const changed = Uint8Array.from(bytes);
      changed[i]! ^= 0x21;
      try {
        parseDetails("DG11", changed);
      } catch (error) {
        expect(isCoded(error)).toBe(true);
      }
    }
  });
});

describe("displayed images", () => {
  it("come back as they were written; a wrong count is refused", () => {
    const bytes = composeDisplayedImages("DG7", [portrait(50), portrait(60)]);
    expect(parseDisplayedImages("DG7", bytes).map(hex)).toEqual([hex(portrait(50)), hex(portrait(60))]);
    bytes[hex(bytes).indexOf("020102") / 2 + 2] = 3;
    expect(() => parseDisplayedImages("DG7", bytes)).toThrow("image-count");
  });
});
