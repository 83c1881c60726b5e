/** The five machine readable zones of Doc 9303 (parts 4 to 7), by lines × characters: TD1 3×30, TD2 2×36, TD3 2×44, MRV-A 2×44, MRV-B 2×36. */
export type MrzFormat = "TD1" | "TD2" | "TD3" | "MRV-A" | "MRV-B";

export type Sex = "M" | "F" | "X";

/** What an MRZ says. Dates are as printed, YYMMDD; `<<` where a part of the date of birth is unknown. */
export interface MrzData {
  readonly format: MrzFormat;
  /** One or two letters: `P`, `PD`, `ID`, `V` … */
  readonly documentCode: string;
  /** Issuing state or organisation, one to three letters. */
  readonly issuer: string;
  readonly documentNumber: string;
  readonly nationality: string;
  readonly dateOfBirth: string;
  readonly sex: Sex;
  readonly dateOfExpiry: string;
  /** Primary identifier (surname) in Latin letters, words separated by spaces. */
  readonly primaryIdentifier: string;
  /** Secondary identifier (given names); empty when the document has none. */
  readonly secondaryIdentifier: string;
  /** TD3: personal number; others: optional data. */
  readonly optionalData?: string;
  /** TD1 only: the optional data of the second line. */
  readonly optionalData2?: string;
}

/** A field whose content or check digit is wrong, by name. */
export interface MrzFault {
  readonly field: string;
  readonly kind: "check-digit" | "character" | "value" | "length";
}

/** A parsed MRZ: what it says, the lines it was read from, and what is wrong with it. */
export interface Mrz extends MrzData {
  readonly lines: readonly string[];
  /** Empty for a sound MRZ. */
  readonly faults: readonly MrzFault[];
  /** True when the name field was too small for the names and shows it (9303-3 §4.2.2). */
  readonly namesTruncated: boolean;
}
