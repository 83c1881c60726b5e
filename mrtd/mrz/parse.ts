import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { checkDigit } from "./check-digit.ts";
import { isPlausibleDate } from "./dates.ts";
import { type Field, formatOf, type MrzLayout, mrzLayouts, pick } from "./layout.ts";
import type { Mrz, MrzFault, Sex } from "./mrz.ts";
import { parseNames } from "./names.ts";
import { isState } from "./states.ts";

/**
 * Reads an MRZ of any format, from its lines (with line ends between them) or from one run of characters, as DG1 has it.
 *
 * Throws `mrtd/mrz-format` when it is no MRZ at all. Everything else that is wrong is named by field in `faults`, so that a person can be
 * told what to look at.
 */
export function parseMrz(text: string): Mrz {
  const lines = splitLines(text);
  const format = formatOf(lines);
  if (format === undefined) throw new KabinaError("mrtd/mrz-format", { lines: lines.map((line) => line.length) });
  const layout = mrzLayouts[format];
  const faults: MrzFault[] = [];
  const fault = (field: string, kind: MrzFault["kind"]) => faults.push({ field, kind });
  const get = (field: Field) => pick(lines, field);
  const check = (name: string, covered: string, digit: string) => {
    if (checkDigit(covered) !== digit) fault(name, "check-digit");
  };

  if (lines.some((line) => /[^A-Z0-9<]/.test(line))) fault("lines", "character");

  const { documentNumber, optionalData, covered, digit } = readDocumentNumber(lines, layout);
  if (!/^[A-Z0-9]+(<[A-Z0-9]+)*$/.test(documentNumber)) fault("documentNumber", "character");
  check("documentNumber", covered, digit);

  const dateOfBirth = get(layout.dateOfBirth);
  check("dateOfBirth", dateOfBirth, get(layout.dateOfBirthCheck));
  if (!isPlausibleDate(dateOfBirth, { partsMayBeUnknown: true })) fault("dateOfBirth", "value");

  const dateOfExpiry = get(layout.dateOfExpiry);
  check("dateOfExpiry", dateOfExpiry, get(layout.dateOfExpiryCheck));
  if (!isPlausibleDate(dateOfExpiry, { partsMayBeUnknown: false })) fault("dateOfExpiry", "value");

  if (layout.optionalDataCheck !== undefined) {
    const given = get(layout.optionalDataCheck);
    const data = get(layout.optionalData);
    // 9303-4 §4.2.2.2: the digit of an empty field may be 0 or the filler.
    if (!(given === "<" && /^<*$/.test(data))) check("optionalData", data, given);
  }
  if (layout.compositeCheck !== undefined && layout.composite !== undefined) {
    check("composite", layout.composite.map(get).join(""), get(layout.compositeCheck));
  }

  const documentCode = unfill(get(layout.documentCode));
  if (!/^[A-Z]{1,2}$/.test(documentCode)) fault("documentCode", "character");
  const issuer = unfill(get(layout.issuer));
  if (!isState(issuer)) fault("issuer", "value");
  const nationality = unfill(get(layout.nationality));
  if (!isState(nationality)) fault("nationality", "value");
  const sexLetter = get(layout.sex);
  if (!/^[MFX<]$/.test(sexLetter)) fault("sex", "value");
  const names = parseNames(get(layout.names));
  if (!names.sound) fault("names", "character");

  const optionalData2 = layout.optionalData2 && unfill(get(layout.optionalData2));
  return {
    format,
    documentCode,
    issuer,
    documentNumber,
    nationality,
    dateOfBirth,
    sex: (/^[MF]$/.test(sexLetter) ? sexLetter : "X") as Sex,
    dateOfExpiry,
    primaryIdentifier: names.primaryIdentifier,
    secondaryIdentifier: names.secondaryIdentifier,
    ...(optionalData === "" ? {} : { optionalData }),
    ...(optionalData2 ? { optionalData2 } : {}),
    lines,
    faults,
    namesTruncated: names.truncated,
  };
}

/** TD1 and TD2: when the check digit's place holds the filler, the number goes on in the optional data, its check digit last (9303-5 §4.2.2 note j). */
function readDocumentNumber(lines: readonly string[], layout: MrzLayout) {
  const short = pick(lines, layout.documentNumber);
  const digit = pick(lines, layout.documentNumberCheck);
  const optional = pick(lines, layout.optionalData);
  const end = optional.indexOf("<");
  if (layout.longDocumentNumber && digit === "<" && end > 1 && !short.includes("<")) {
    const rest = optional.slice(0, end);
    const documentNumber = short + rest.slice(0, -1);
    return {
      documentNumber,
      covered: documentNumber,
      digit: rest.slice(-1),
      optionalData: unfill(optional.slice(end + 1)),
    };
  }
  return { documentNumber: unfill(short), covered: short, digit, optionalData: unfill(optional) };
}

function splitLines(text: string): string[] {
  const lines = text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const whole = lines[0] ?? "";
  if (lines.length !== 1) return lines;
  const width = { 90: 30, 88: 44, 72: 36 }[whole.length];
  return width === undefined ? lines : (whole.match(new RegExp(`.{${width}}`, "g")) ?? []);
}

const unfill = (field: string) => field.replace(/<+$/, "");
