/**
 * Arabic letters to the letters of the MRZ (9303-3 §6, table C). The table keeps the spelling and not the sound, so that the Arabic name can be
 * found again; vowel marks are left out, a shadda doubles the letter that it stands on.
 */
const table: Readonly<Record<string, string>> = {
  ء: "XE",
  آ: "XAA",
  أ: "XAE",
  ؤ: "U",
  إ: "I",
  ئ: "XI",
  ا: "A",
  ب: "B",
  ة: "XTA",
  ت: "T",
  ث: "XTH",
  ج: "J",
  ح: "XH",
  خ: "XKH",
  د: "D",
  ذ: "XDH",
  ر: "R",
  ز: "Z",
  س: "S",
  ش: "XSH",
  ص: "XSS",
  ض: "XDZ",
  ط: "XTT",
  ظ: "XZZ",
  ع: "E",
  غ: "G",
  ف: "F",
  ق: "Q",
  ك: "K",
  ل: "L",
  م: "M",
  ن: "N",
  ه: "H",
  و: "W",
  ى: "XAY",
  ي: "Y",
  ٱ: "XXA",
  ٹ: "XXT",
  ټ: "XRT",
  پ: "P",
  ځ: "XKE",
  څ: "XXH",
  چ: "XC",
  ڈ: "XXD",
  ډ: "XDR",
  ڑ: "XXR",
  ړ: "XRR",
  ږ: "XRX",
  ژ: "XJ",
  ښ: "XXS",
  ک: "XKK",
  ګ: "XXK",
  ڭ: "XNG",
  گ: "XGG",
  ں: "XNN",
  ڼ: "XXN",
  ھ: "XDO",
  ۀ: "XYH",
  ہ: "XXG",
  ۂ: "XGE",
  ۃ: "XTG",
  ی: "XYA",
  ۍ: "XXY",
  ې: "Y",
  ے: "XYB",
  ۓ: "XBE",
};

const tehMarbuta = "\u0629";
const shadda = "\u0651";
/** Tatweel, the vowel marks (tanwin, fatha, damma, kasra), sukun, the small alef above. */
const notEncoded = /[\u0640\u064b-\u0650\u0652\u0670]/g;

/** A word of Arabic letters in the MRZ's, or undefined when it is none. A letter of the script that the table does not have stays as it is. */
export function transliterateArabic(word: string): string | undefined {
  if (!/\p{Script=Arabic}/u.test(word)) return undefined;
  const letters = [...word.replace(notEncoded, "")];
  return letters
    .map((letter, i) => {
      if (letter === shadda) return table[letters[i - 1] ?? ""] ?? "";
      const atTheEnd = i === letters.length - 1 || (i === letters.length - 2 && letters[i + 1] === shadda);
      return letter === tehMarbuta && atTheEnd ? "XAH" : (table[letter] ?? letter);
    })
    .join("");
}
