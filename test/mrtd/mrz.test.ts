/** The MRZ against the specimens of Doc 9303: if this fails, names and numbers are taken over wrong, or no chip opens. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { checkDigit } from "../../mrtd/mrz/check-digit.ts";
import { composeMrz } from "../../mrtd/mrz/compose.ts";
import { fullDateOfBirth, fullDateOfExpiry } from "../../mrtd/mrz/dates.ts";
import { mrzLayouts } from "../../mrtd/mrz/layout.ts";
import type { MrzData, MrzFormat } from "../../mrtd/mrz/mrz.ts";
import { composeNames } from "../../mrtd/mrz/names.ts";
import { parseMrz } from "../../mrtd/mrz/parse.ts";
import { transliterate } from "../../mrtd/mrz/transliterate.ts";
import { specimen } from "./fixture.ts";

/** Doc 9303 parts 4 to 7, the specimens of the appendices. */
const specimens: Record<MrzFormat, string> = {
  TD3: "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
  TD2: "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6",
  TD1: "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<",
  "MRV-A": "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<",
  "MRV-B": "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nL8988901C4XXX4009078F9612109<<<<<<<<",
};

describe("MRZ", () => {
  for (const [format, text] of Object.entries(specimens)) {
    it(`reads and writes the ${format} specimen`, () => {
      const mrz = parseMrz(text);
      expect(mrz).toMatchObject({
        format,
        faults: [],
        primaryIdentifier: "ERIKSSON",
        secondaryIdentifier: "ANNA MARIA",
      });
      expect(composeMrz(mrz)).toEqual(text.split("\n"));
      expect(parseMrz(text.replaceAll("\n", "")).format).toBe(format.replace("MRV-A", "MRV-A"));
    });
  }

  it("names the field whose check digit is wrong", () => {
    const wrong = specimens.TD3.replace("7408122F", "7408132F");
    expect(parseMrz(wrong).faults).toEqual([
      { field: "dateOfBirth", kind: "check-digit" },
      { field: "composite", kind: "check-digit" },
    ]);
  });

  it("finds every single wrong character that a check digit can find", () => {
    const [first, second] = specimens.TD3.split("\n") as [string, string];
    for (let i = 0; i < second.length; i++) {
      if ((i >= 10 && i < 13) || i === 20) continue; // nationality and sex have no check digit
      if (second[i] === "Z") continue; // 35 and 5 weigh the same modulo 10: that no check digit can find
      const other = second[i] === "5" ? "6" : "5";
      const wrong = parseMrz(`${first}\n${second.slice(0, i)}${other}${second.slice(i + 1)}`);
      expect(wrong.faults.length).toBeGreaterThan(0);
    }
  });

  it("carries a long document number into the optional data (9303-5 note j)", () => {
    const lines = composeMrz({ ...parseMrz(specimens.TD1), documentNumber: "D23145890734", optionalData: "9876" });
    expect(lines[0]).toBe("I<UTOD23145890<7349<9876<<<<<<");
    expect(parseMrz(lines.join("\n"))).toMatchObject({
      documentNumber: "D23145890734",
      optionalData: "9876",
      faults: [],
    });
  });

  it("says what cannot be written instead of writing something else", () => {
    expect(() => composeMrz({ ...specimen, nationality: "QQQ", dateOfBirth: "741301", documentNumber: "L 1" })).toThrow(
      expect.objectContaining({
        code: "mrtd/mrz-field",
        details: { fields: ["nationality", "documentNumber", "dateOfBirth"] },
      }),
    );
    expect(() => parseMrz("P<UTO")).toThrow(expect.objectContaining({ code: "mrtd/mrz-format" }));
  });

  it("reads back whatever it has written", () => {
    const name = fc
      .array(fc.stringMatching(/^[A-Z]{1,14}$/), { minLength: 1, maxLength: 5 })
      .map((words) => words.join(" "));
    const date = fc
      .date({ min: new Date("2000-01-01"), max: new Date("2049-12-31"), noInvalidDate: true })
      .map((at) => at.toISOString().slice(2, 10).replaceAll("-", ""));
    const data = fc.record({
      format: fc.constantFrom(...(Object.keys(mrzLayouts) as MrzFormat[])),
      issuer: fc.constantFrom("UTO", "D", "RUS", "XXA"),
      nationality: fc.constantFrom("UTO", "D", "XXB"),
      documentNumber: fc.stringMatching(/^[A-Z0-9]{1,9}$/),
      dateOfBirth: date,
      dateOfExpiry: date,
      sex: fc.constantFrom("M" as const, "F" as const, "X" as const),
      primaryIdentifier: name,
      secondaryIdentifier: name,
    });
    fc.assert(
      fc.property(data, (some) => {
        const input: MrzData = { ...some, documentCode: some.format.startsWith("MRV") ? "V" : "P" };
        const lines = composeMrz(input);
        expect(lines.map((line) => line.length)).toEqual(lines.map(() => mrzLayouts[some.format].width));
        const read = parseMrz(lines.join("\n"));
        expect(read.faults).toEqual([]);
        const { primaryIdentifier, secondaryIdentifier, ...rest } = input;
        expect(read).toMatchObject(rest);
        if (!read.namesTruncated) expect(read).toMatchObject({ primaryIdentifier, secondaryIdentifier });
        else expect(read.secondaryIdentifier.length).toBeGreaterThan(0);
      }),
    );
  });

  it("cuts long names so that a reader can see it, and keeps something of the given names", () => {
    const cut = composeNames(
      { primaryIdentifier: "Nilavadhanananda", secondaryIdentifier: "Chayapa Dejthamrong Krasuang" },
      39,
    );
    expect(cut).toBe("NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K");
    const long = composeNames(
      { primaryIdentifier: "Papandropoulous Jonathon Alec Constantine Metropolitan", secondaryIdentifier: "Ann" },
      39,
    );
    expect(long).toMatch(/^PAPANDROPOULOUS<JONATHON<ALEC<[A-Z]+<<A$/);
    expect(long).toHaveLength(39);
    const initials = { primaryIdentifier: "A AAAAAAAAAA AAAAAAA AAA AAAAAAAAAA", secondaryIdentifier: "B C" };
    expect(composeNames(initials, 39)).toBe("A<AAAAAAAAA<AAAAAAA<AAA<AAAAAAAAAA<<B<C");
  });

  it("weighs 7, 3, 1", () => {
    expect([checkDigit("520727"), checkDigit("AB2134<<<")]).toEqual(["3", "5"]);
  });
});

describe("dates", () => {
  const now = new Date("2026-09-01T00:00:00Z");
  it("puts a birth into the past and an expiry near now", () => {
    expect(fullDateOfBirth("740812", now)).toBe("1974-08-12");
    expect(fullDateOfBirth("260831", now)).toBe("2026-08-31");
    expect(fullDateOfBirth("260902", now)).toBe("1926-09-02");
    expect(fullDateOfBirth("74<<<<", now)).toBe("1974");
    expect(fullDateOfExpiry("321231", now)).toBe("2032-12-31");
    expect(fullDateOfExpiry("991231", now)).toBe("1999-12-31");
    expect(fullDateOfBirth("741301", now)).toBeUndefined();
  });
});

describe("transliteration", () => {
  it("follows the norm's tables, by issuing state where they differ", () => {
    expect(transliterate("Щербаков Юрий Ильич")).toBe("SHCHERBAKOV IURII ILICH");
    expect(transliterate("Алексей Подъячев", "RUS")).toBe("ALEKSEI PODIEIACHEV");
    expect(transliterate("Гриневич Юлія-Євгенія", "UKR")).toBe("HRYNEVYCH YULIIA-YEVHENIIA");
    expect(transliterate("Ігар Ёў", "BLR")).toBe("IHAR IOU");
    expect(transliterate("Живков Щерю", "BGR")).toBe("ZHIVKOV SHTERIU");
    expect(transliterate("Ђорђе Чавић Шцепан", "SRB")).toBe("DORDE CAVIC SCEPAN");
    expect(transliterate("Ѓорѓи Ќосев Џабир Жан", "MKD")).toBe("GJORGJI KJOSEV DJABIR ZHAN");
    expect(transliterate("Müller-Øst Ñandú Weiß Þór Ŀuís Œil ĲSBRAND")).toBe(
      "MUELLER-OEST NANDU WEISS THOR LUIS OEIL IJSBRAND",
    );
    expect(() => transliterate("李")).toThrow(expect.objectContaining({ code: "mrtd/mrz-letter" }));
  });

  it("keeps the spelling of Arabic names, doubles under a shadda, and tells a final teh marbuta", () => {
    expect(transliterate("عبّاس")).toBe("EBBAS");
    expect(transliterate("فضّة")).toBe("FXDZXDZXAH");
    expect(transliterate("أبو بكر محمد بن زكريا الرازي")).toBe("XAEBW BKR MXHMD BN ZKRYA ALRAZY");
    expect(transliterate("هارون الرشيد")).toBe("HARWN ALRXSHYD");
    expect(transliterate("مُحَمَّد")).toBe("MXHMMD");
    expect(() => transliterate("\u06fa")).toThrow(expect.objectContaining({ code: "mrtd/mrz-letter" }));
  });

  it("has every letter of the tables' alphabets, and writes nothing that the MRZ has not", () => {
    const alphabets = [
      "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЭЮЯҐЎЃЂЅЈЌЉЊЋЏЄІЇѪ",
      "ÁÀÂÄÃĂÅĀĄÆĆĈČĊÇĐĎÉÈÊËĚĖĒĘĔĜĞĠĢĦĤÍÌÎÏĨİĪĮĬIĲĴĶŁĹĽĻĿŃÑŇŅŊØÓÒÔÖÕŐŌŎŒŔŘŖŚŜŠŞȘŤŢŦȚÚÙÛÜŮŨŪŬŰŲŴÝŶŸŹŽŻÞẞß",
      "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيٱٹټپځڅچڈډڑړږژښکګڭگںڼھۀہۂۃیۍېےۓ",
    ];
    for (const state of ["", "RUS", "UKR", "BLR", "BGR", "SRB", "MKD"]) {
      for (const letter of alphabets.join("")) {
        expect([letter, transliterate(letter, state)]).toEqual([letter, expect.stringMatching(/^[A-Z]{1,4}$/)]);
      }
    }
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.constantFrom("", "UKR", "SRB"), (text, state) => {
        try {
          expect(transliterate(text, state)).toMatch(/^[A-Z0-9\s'’ʼ\-,.]*$/);
        } catch (error) {
          expect(error).toMatchObject({ code: "mrtd/mrz-letter" });
        }
      }),
    );
  });
});

describe("any text", () => {
  it("is an MRZ, or is refused: never anything else", () => {
    const line = fc.string({ unit: fc.constantFrom(..."ABZ019<<<< p\n"), maxLength: 100 });
    fc.assert(
      fc.property(fc.oneof(line, fc.string()), (text) => {
        try {
          const mrz = parseMrz(text);
          expect(mrz.lines.join("").length).toBe(mrzLayouts[mrz.format].lines * mrzLayouts[mrz.format].width);
        } catch (error) {
          expect(error).toMatchObject({ code: "mrtd/mrz-format" });
        }
      }),
    );
  });

  it("that differs from a sound MRZ in one covered character has a fault in that field", () => {
    const covered = { documentNumber: [0, 9], dateOfBirth: [13, 19], dateOfExpiry: [21, 27] } as const;
    const [first, second] = specimens.TD3.split("\n") as [string, string];
    for (const [field, [from, to]] of Object.entries(covered)) {
      for (let i = from; i < to; i++) {
        // The digit after it weighs 7, 3 or 1 more: never the same sum.
        const other = String((Number.parseInt(second[i]!, 36) + 1) % 10);
        const { faults } = parseMrz(`${first}\n${second.slice(0, i)}${other}${second.slice(i + 1)}`);
        expect(faults).toContainEqual({ field, kind: "check-digit" });
      }
    }
  });
});
