/** The elementary files of an e-passport (9303-10 §3): names, identifiers, short identifiers and outer tags. */
import { KabinaError } from "../../crypto/errors/kabina-error.ts";

export type DataGroupNumber = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15 | 16;
export type DataGroupName = `DG${DataGroupNumber}`;
export type FileName =
  | "EF.COM"
  | "EF.SOD"
  | "EF.CardAccess"
  | "EF.CardSecurity"
  | "EF.ATR/INFO"
  | "EF.DIR"
  | DataGroupName;

/** Raw bytes of the files that were read or built; what is absent is not in the record. */
export type PassportFiles = Partial<Record<FileName, Uint8Array>>;

/** Application identifier of the e-passport application LDS1 (9303-10 §3.1). */
export const passportAid = Uint8Array.of(0xa0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01);

export interface FileIdentity {
  readonly id: number;
  readonly sfi: number;
  /** Tag of the one element that the file holds; absent for files that hold a row. */
  readonly tag?: number;
  /** Holds a row of elements to the file's end, instead of one. */
  readonly row?: true;
  /** In the master file rather than in the passport application. */
  readonly master?: true;
}

const dataGroupTags = [
  0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x70,
] as const;

export const dataGroupNumbers = dataGroupTags.map((_, i) => (i + 1) as DataGroupNumber);

export const fileIdentities = {
  "EF.COM": { id: 0x011e, sfi: 0x1e, tag: 0x60 },
  "EF.SOD": { id: 0x011d, sfi: 0x1d, tag: 0x77 },
  "EF.CardAccess": { id: 0x011c, sfi: 0x1c, master: true },
  "EF.CardSecurity": { id: 0x011d, sfi: 0x1d, master: true },
  "EF.ATR/INFO": { id: 0x2f01, sfi: 0x01, master: true, row: true },
  "EF.DIR": { id: 0x2f00, sfi: 0x1e, master: true, row: true },
  ...Object.fromEntries(dataGroupTags.map((tag, i) => [`DG${i + 1}`, { id: 0x0101 + i, sfi: i + 1, tag }])),
} as Readonly<Record<FileName, FileIdentity>>;

export const dataGroupName = (number: DataGroupNumber): DataGroupName => `DG${number}`;

/** The data group with this outer tag, if any. */
export function dataGroupOfTag(tag: number): DataGroupNumber | undefined {
  const index = dataGroupTags.indexOf(tag as (typeof dataGroupTags)[number]);
  return index < 0 ? undefined : ((index + 1) as DataGroupNumber);
}

/** The error of a file whose contents are not what the norm says. */
export function fileMalformed(file: string, problem: string, cause?: unknown): KabinaError {
  return new KabinaError("mrtd/file-malformed", { file, problem }, { cause });
}
