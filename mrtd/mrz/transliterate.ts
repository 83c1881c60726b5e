/**
 * National letters to the letters of the MRZ (9303-3 §6, tables A "Latin" and B "Cyrillic"). What the tables do not have is refused, not
 * dropped: a name that silently loses a letter is somebody else's name.
 */
import { KabinaError } from "../../crypto/errors/kabina-error.ts";

/** Table B. Letters whose value depends on the issuing state are in `cyrillicByState`. */
const cyrillic: Readonly<Record<string, string>> = {
  А: "A",
  Б: "B",
  В: "V",
  Г: "G",
  Д: "D",
  Е: "E",
  Ё: "E",
  Ж: "ZH",
  З: "Z",
  И: "I",
  Й: "I",
  К: "K",
  Л: "L",
  М: "M",
  Н: "N",
  О: "O",
  П: "P",
  Р: "R",
  С: "S",
  Т: "T",
  У: "U",
  Ф: "F",
  Х: "KH",
  Ц: "TS",
  Ч: "CH",
  Ш: "SH",
  Щ: "SHCH",
  Ъ: "IE",
  Ы: "Y",
  Ь: "",
  Э: "E",
  Ю: "IU",
  Я: "IA",
  Ѵ: "Y",
  Ѫ: "U",
  Ґ: "G",
  Ў: "U",
  Ѓ: "G",
  Ђ: "D",
  Ѕ: "DZ",
  Ј: "J",
  Ќ: "K",
  Љ: "LJ",
  Њ: "NJ",
  Ћ: "C",
  Џ: "DZ",
  Є: "IE",
  І: "I",
  Ї: "I",
  Һ: "C",
};

const cyrillicByState: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  BLR: { Г: "H", Ё: "IO" },
  UKR: { Г: "H", И: "Y" },
  BGR: { Щ: "SHT" },
  SRB: { Ж: "Z", Х: "H", Ц: "C", Ч: "C", Ш: "S" },
  MKD: { Ж: "Z", Х: "H", Ц: "C", Ч: "C", Ш: "S" },
};

/** Table A, where a letter is not simply its base letter. */
const latin: Readonly<Record<string, string>> = {
  Ä: "AE",
  Å: "AA",
  Æ: "AE",
  Ö: "OE",
  Ø: "OE",
  Œ: "OE",
  Ü: "UE",
  ß: "SS",
  ẞ: "SS",
  Þ: "TH",
  Ð: "D",
  Đ: "D",
  Ħ: "H",
  ı: "I",
  Ĳ: "IJ",
  ĸ: "K",
  Ŀ: "L",
  Ł: "L",
  ŉ: "N",
  Ŋ: "N",
  Ŧ: "T",
};

/**
 * A name in Latin letters. `issuer` chooses between the values that some letters have in several states. Throws
 * `mrtd/mrz-letter` for a letter that the tables do not have.
 */
export function transliterate(name: string, issuer = ""): string {
  const special = cyrillicByState[issuer] ?? {};
  let result = "";
  for (const letter of name.normalize("NFC").toUpperCase().normalize("NFC")) {
    const mapped = special[letter] ?? cyrillic[letter] ?? latin[letter];
    if (mapped !== undefined) result += mapped;
    else if (/^[A-Z0-9 '’ʼ\-,.]$/.test(letter)) result += letter;
    else {
      const base = letter.normalize("NFD").replace(/\p{M}/gu, "");
      if (!/^[A-Z]$/.test(base)) throw new KabinaError("mrtd/mrz-letter", { letter });
      result += base;
    }
  }
  return result;
}
