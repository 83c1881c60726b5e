/** Where each field of each MRZ format stands (9303-4 §4.2, 9303-5 §4.2, 9303-6 §4.2, 9303-7 §4.2 and §5.2). Positions count from 0. */
import type { MrzFormat } from "./mrz.ts";

/** `[line, first position, length]` */
export type Field = readonly [line: number, start: number, length: number];

export interface MrzLayout {
  readonly lines: number;
  readonly width: number;
  readonly documentCode: Field;
  readonly issuer: Field;
  readonly names: Field;
  readonly documentNumber: Field;
  readonly documentNumberCheck: Field;
  readonly nationality: Field;
  readonly dateOfBirth: Field;
  readonly dateOfBirthCheck: Field;
  readonly sex: Field;
  readonly dateOfExpiry: Field;
  readonly dateOfExpiryCheck: Field;
  readonly optionalData: Field;
  readonly optionalDataCheck?: Field;
  readonly optionalData2?: Field;
  readonly compositeCheck?: Field;
  /** What the composite check digit covers, in order. */
  readonly composite?: readonly Field[];
  /** May a long document number go on in the optional data (TD1, TD2)? */
  readonly longDocumentNumber: boolean;
}

const twoLines = (width: number): Omit<MrzLayout, "optionalData" | "longDocumentNumber"> => ({
  lines: 2,
  width,
  documentCode: [0, 0, 2],
  issuer: [0, 2, 3],
  names: [0, 5, width - 5],
  documentNumber: [1, 0, 9],
  documentNumberCheck: [1, 9, 1],
  nationality: [1, 10, 3],
  dateOfBirth: [1, 13, 6],
  dateOfBirthCheck: [1, 19, 1],
  sex: [1, 20, 1],
  dateOfExpiry: [1, 21, 6],
  dateOfExpiryCheck: [1, 27, 1],
});

export const mrzLayouts: Readonly<Record<MrzFormat, MrzLayout>> = {
  TD3: {
    ...twoLines(44),
    optionalData: [1, 28, 14],
    optionalDataCheck: [1, 42, 1],
    compositeCheck: [1, 43, 1],
    composite: [
      [1, 0, 10],
      [1, 13, 7],
      [1, 21, 22],
    ],
    longDocumentNumber: false,
  },
  TD2: {
    ...twoLines(36),
    optionalData: [1, 28, 7],
    compositeCheck: [1, 35, 1],
    composite: [
      [1, 0, 10],
      [1, 13, 7],
      [1, 21, 14],
    ],
    longDocumentNumber: true,
  },
  TD1: {
    lines: 3,
    width: 30,
    documentCode: [0, 0, 2],
    issuer: [0, 2, 3],
    documentNumber: [0, 5, 9],
    documentNumberCheck: [0, 14, 1],
    optionalData: [0, 15, 15],
    dateOfBirth: [1, 0, 6],
    dateOfBirthCheck: [1, 6, 1],
    sex: [1, 7, 1],
    dateOfExpiry: [1, 8, 6],
    dateOfExpiryCheck: [1, 14, 1],
    nationality: [1, 15, 3],
    optionalData2: [1, 18, 11],
    compositeCheck: [1, 29, 1],
    composite: [
      [0, 5, 25],
      [1, 0, 7],
      [1, 8, 7],
      [1, 18, 11],
    ],
    names: [2, 0, 30],
    longDocumentNumber: true,
  },
  "MRV-A": { ...twoLines(44), optionalData: [1, 28, 16], longDocumentNumber: false },
  "MRV-B": { ...twoLines(36), optionalData: [1, 28, 8], longDocumentNumber: false },
};

/** The format of these lines by their number, width and first letter; undefined when no format has them. */
export function formatOf(lines: readonly string[]): MrzFormat | undefined {
  const visa = lines[0]?.startsWith("V") ?? false;
  const is = (format: MrzFormat) =>
    lines.length === mrzLayouts[format].lines && lines.every((line) => line.length === mrzLayouts[format].width);
  if (is("TD1")) return "TD1";
  if (is("TD3")) return visa ? "MRV-A" : "TD3";
  if (is("TD2")) return visa ? "MRV-B" : "TD2";
  return undefined;
}

/** The text of a field. */
export function pick(lines: readonly string[], [line, start, length]: Field): string {
  return lines[line]!.slice(start, start + length);
}
