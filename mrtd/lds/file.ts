/** The elementary files of an e-passport, by name (9303-10 §3). */
export type FileName =
  | "EF.COM"
  | "EF.SOD"
  | "EF.CardAccess"
  | "EF.CardSecurity"
  | "EF.ATR/INFO"
  | "EF.DIR"
  | DataGroupName;

export type DataGroupName = `DG${DataGroupNumber}`;
export type DataGroupNumber = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15 | 16;

/** Raw bytes of the files that were read or built; what is absent is not in the record. */
export type PassportFiles = Partial<Record<FileName, Uint8Array>>;
