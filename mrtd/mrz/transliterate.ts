/**
 * National letters to the letters of the MRZ (9303-3 §6, tables A "Latin", B "Cyrillic" and, beside this file, C "Arabic"). What the tables do not have is refused, not
 * dropped: a name that silently loses a letter is somebody else's name.
 */
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { transliterateArabic } from "./arabic.ts";

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
  SRB: { Г: "H", Ж: "Z", Х: "H", Ц: "C", Ч: "C", Ш: "S" },
  MKD: { Ѓ: "GJ", Ќ: "KJ", Џ: "DJ", Х: "H", Ц: "C" },
};

/** What a letter is at the beginning of a name, where that differs. */
const cyrillicFirst: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  UKR: { Є: "YE", Ї: "YI", Й: "Y", Ю: "YU", Я: "YA" },
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
  const first = cyrillicFirst[issuer] ?? {};
  // Parts between spaces and hyphens are names of their own, with a beginning and an end.
  const parts = name
    .normalize("NFC")
    .toUpperCase()
    .normalize("NFC")
    .split(/([\s-]+)/);
  return parts
    .map((part) =>
      [...(transliterateArabic(part) ?? part)]
        .map((letter, i) => (i === 0 ? first[letter] : undefined) ?? special[letter] ?? letterOf(letter))
        .join(""),
    )
    .join("");
}

function letterOf(letter: string): string {
  const mapped = cyrillic[letter] ?? latin[letter];
  if (mapped !== undefined) return mapped;
  if (/^[A-Z0-9 '’ʼ\-,.]$/.test(letter)) return letter;
  const base = letter.normalize("NFD").replace(/\p{M}/gu, "");
  if (!/^[A-Z]$/.test(base)) throw new KabinaError("mrtd/mrz-letter", { letter });
  return base;
}
