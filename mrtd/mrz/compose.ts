import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { checkDigit } from "./check-digit.ts";
import { isPlausibleDate } from "./dates.ts";
import { type Field, mrzLayouts, pick } from "./layout.ts";
import type { MrzData } from "./mrz.ts";
import { composeNames } from "./names.ts";
import { isState } from "./states.ts";

/**
 * Writes the lines of an MRZ, with every check digit. Throws `mrtd/mrz-field` (`fields`: all fields that cannot be written) when
 * the data has a wrong date, an unknown state, a character that the MRZ has not, or a number that does not fit; names are cut by the rules.
 */
export function composeMrz(data: MrzData): string[] {
  const layout = mrzLayouts[data.format];
  const bad = faultyFields(data);
  if (bad.length > 0) throw new KabinaError("mrtd/mrz-field", { fields: bad });

  const lines = Array.from({ length: layout.lines }, () => "<".repeat(layout.width));
  const put = ([line, start, length]: Field, text: string) => {
    const whole = lines[line]!;
    lines[line] = whole.slice(0, start) + text.padEnd(length, "<") + whole.slice(start + length);
  };

  put(layout.documentCode, data.documentCode);
  put(layout.issuer, data.issuer);
  put(layout.names, composeNames(data, layout.names[2]));
  put(layout.nationality, data.nationality);
  put(layout.dateOfBirth, data.dateOfBirth);
  put(layout.dateOfBirthCheck, checkDigit(data.dateOfBirth));
  put(layout.sex, data.sex === "X" ? "<" : data.sex);
  put(layout.dateOfExpiry, data.dateOfExpiry);
  put(layout.dateOfExpiryCheck, checkDigit(data.dateOfExpiry));

  const optional = data.optionalData ?? "";
  const width = layout.documentNumber[2];
  if (data.documentNumber.length > width) {
    // The rest, its check digit and a filler go into the optional data (9303-5 §4.2.2 note j).
    put(layout.documentNumber, data.documentNumber.slice(0, width));
    put(layout.optionalData, longNumberTail(data.documentNumber, width) + optional);
  } else {
    const number = data.documentNumber.padEnd(width, "<");
    put(layout.documentNumber, number);
    put(layout.documentNumberCheck, checkDigit(number));
    put(layout.optionalData, optional);
  }
  if (layout.optionalDataCheck !== undefined) {
    put(layout.optionalDataCheck, optional === "" ? "<" : checkDigit(pick(lines, layout.optionalData)));
  }
  if (layout.optionalData2 !== undefined) put(layout.optionalData2, data.optionalData2 ?? "");
  if (layout.compositeCheck !== undefined && layout.composite !== undefined) {
    put(layout.compositeCheck, checkDigit(layout.composite.map((field) => pick(lines, field)).join("")));
  }
  return lines;
}

function faultyFields(data: MrzData): string[] {
  const layout = mrzLayouts[data.format];
  const long = layout.longDocumentNumber && data.documentNumber.length > layout.documentNumber[2];
  const tail = long ? longNumberTail(data.documentNumber, layout.documentNumber[2]).length : 0;
  const fits: Record<string, boolean> = {
    documentCode:
      /^[A-Z]{1,2}$/.test(data.documentCode) && data.documentCode.startsWith("V") === data.format.startsWith("MRV"),
    issuer: isState(data.issuer),
    nationality: isState(data.nationality),
    documentNumber:
      /^[A-Z0-9]+(<[A-Z0-9]+)*$/.test(data.documentNumber) &&
      (long || data.documentNumber.length <= layout.documentNumber[2]),
    dateOfBirth: isPlausibleDate(data.dateOfBirth, { partsMayBeUnknown: true }),
    dateOfExpiry: isPlausibleDate(data.dateOfExpiry, { partsMayBeUnknown: false }),
    sex: ["M", "F", "X"].includes(data.sex),
    primaryIdentifier: isName(data.primaryIdentifier) && data.primaryIdentifier.trim() !== "",
    secondaryIdentifier: isName(data.secondaryIdentifier),
    optionalData: isOptional(data.optionalData, layout.optionalData[2] - tail),
    optionalData2: isOptional(data.optionalData2, layout.optionalData2?.[2] ?? 0),
  };
  return Object.keys(fits).filter((field) => !fits[field]);
}

function longNumberTail(documentNumber: string, width: number): string {
  return `${documentNumber.slice(width)}${checkDigit(documentNumber)}<`;
}

const isName = (name: string) => /^[A-Za-z '’\-,.]*$/.test(name);
const isOptional = (text: string | undefined, room: number) =>
  /^[A-Z0-9<]*$/.test(text ?? "") && (text ?? "").length <= room;
