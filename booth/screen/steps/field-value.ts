import type { Say } from "../texts/use-texts.ts";

/** A field of the document as a person reads it: dates in their order, the sex as a word, names as printed. */
export function fieldValue(t: Say, name: string, value: string | null): string {
  if (value === null || value === "") return "—";
  if (name === "sex" && (value === "M" || value === "F" || value === "X")) return t(`sex.${value}`);
  const date = /^(\d{4})-(\d\d|XX)-(\d\d|XX)$/.exec(value);
  return date ? `${date[3]}.${date[2]}.${date[1]}` : value;
}

const KNOWN = [
  "surname",
  "givenNames",
  "documentNumber",
  "nationality",
  "dateOfBirth",
  "sex",
  "dateOfExpiry",
  "issuer",
  "optionalData",
  "documentCode",
] as const;

export function fieldName(t: Say, name: string): string {
  const known = KNOWN.find((field) => field === name);
  return known ? t(`fields.${known}`) : name;
}
