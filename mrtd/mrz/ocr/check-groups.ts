/** The check digits of a format and what each covers, as positions: what a repair must satisfy. */
import { checkDigit } from "../check-digit.ts";
import { isPlausibleDate } from "../dates.ts";
import { type Field, mrzLayouts, pick } from "../layout.ts";
import type { MrzFormat } from "../mrz.ts";

/** How many of a format's rules the lines keep: check digits, and dates that exist. */
export function keptRules(format: MrzFormat, lines: readonly string[]): { readonly kept: number; readonly of: number } {
  const layout = mrzLayouts[format];
  const get = (field: Field) => pick(lines, field);
  const rules: boolean[] = [];
  const number = get(layout.documentNumber);
  const digit = get(layout.documentNumberCheck);
  const optional = get(layout.optionalData);
  const end = optional.indexOf("<");
  if (layout.longDocumentNumber && digit === "<" && end > 1) {
    rules.push(checkDigit(number + optional.slice(0, end - 1)) === optional[end - 1]);
  } else rules.push(checkDigit(number) === digit);
  const dateOfBirth = get(layout.dateOfBirth);
  rules.push(checkDigit(dateOfBirth) === get(layout.dateOfBirthCheck));
  rules.push(isPlausibleDate(dateOfBirth, { partsMayBeUnknown: true }));
  const dateOfExpiry = get(layout.dateOfExpiry);
  rules.push(checkDigit(dateOfExpiry) === get(layout.dateOfExpiryCheck));
  rules.push(isPlausibleDate(dateOfExpiry, { partsMayBeUnknown: false }));
  if (layout.optionalDataCheck !== undefined) {
    const given = get(layout.optionalDataCheck);
    rules.push((given === "<" && /^<*$/.test(optional)) || checkDigit(optional) === given);
  }
  if (layout.compositeCheck !== undefined && layout.composite !== undefined) {
    rules.push(checkDigit(layout.composite.map(get).join("")) === get(layout.compositeCheck));
  }
  return { kept: rules.filter((kept) => kept).length, of: rules.length };
}

/** The fields that some check digit covers, and the check digits themselves. */
export function coveredFields(format: MrzFormat): readonly Field[] {
  const layout = mrzLayouts[format];
  return [
    layout.documentNumber,
    layout.documentNumberCheck,
    layout.dateOfBirth,
    layout.dateOfBirthCheck,
    layout.dateOfExpiry,
    layout.dateOfExpiryCheck,
    ...(layout.composite ? [layout.optionalData] : []),
    ...(layout.optionalData2 ? [layout.optionalData2] : []),
    ...(layout.optionalDataCheck ? [layout.optionalDataCheck] : []),
    ...(layout.compositeCheck ? [layout.compositeCheck] : []),
  ];
}
