/** What a person shows of a document so that its chip answers: the key fields of the MRZ, or the card access number. */
export type AccessKey = MrzAccessKey | CanAccessKey;

/** The three MRZ fields of 9303-11 §4.3.2, as printed, without check digits. */
export interface MrzAccessKey {
  readonly kind: "mrz";
  /** Document number, with or without its `<` filler. */
  readonly documentNumber: string;
  /** YYMMDD. */
  readonly dateOfBirth: string;
  /** YYMMDD. */
  readonly dateOfExpiry: string;
}

/** Card access number, as printed: six digits (9303-11 §4.4). */
export interface CanAccessKey {
  readonly kind: "can";
  readonly can: string;
}
