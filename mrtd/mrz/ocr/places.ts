/** What may stand where in an MRZ: the rules by position that tell a letter from the digit that looks like it. */
import { type Field, type MrzLayout, mrzLayouts } from "../layout.ts";
import type { MrzFormat } from "../mrz.ts";

const digits = "0123456789";
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

export interface Place {
  readonly field: string;
  /** The characters that may stand here. */
  readonly allowed: string;
}

const allowedIn: Readonly<Record<string, string>> = {
  documentCode: `${letters}<`,
  issuer: `${letters}<`,
  nationality: `${letters}<`,
  names: `${letters}<`,
  documentNumberCheck: `${digits}<`,
  dateOfBirth: `${digits}<`,
  dateOfBirthCheck: digits,
  dateOfExpiry: digits,
  dateOfExpiryCheck: digits,
  sex: "MFX<",
  optionalDataCheck: `${digits}<`,
  compositeCheck: digits,
};

/** The field and the rule of each position, line by line. */
export function placesOf(format: MrzFormat): readonly (readonly Place[])[] {
  const layout = mrzLayouts[format];
  const places: Place[][] = Array.from({ length: layout.lines }, () => new Array<Place>(layout.width));
  for (const [name, field] of Object.entries(layout) as [keyof MrzLayout, unknown][]) {
    if (!isField(field)) continue;
    const allowed =
      name === "documentNumberCheck" && !layout.longDocumentNumber
        ? digits
        : (allowedIn[name] ?? `${digits}${letters}<`);
    const [line, start, length] = field;
    for (let i = start; i < start + length; i++) places[line]![i] = { field: name.replace(/Check$/, ""), allowed };
  }
  // A visa begins with V and nothing else does (9303-4 to -7): that is what tells formats of one size apart.
  places[0]![0] = { field: "documentCode", allowed: format.startsWith("MRV") ? "V" : letters.replace("V", "") };
  return places;
}

const isField = (value: unknown): value is Field => Array.isArray(value) && typeof value[0] === "number";
