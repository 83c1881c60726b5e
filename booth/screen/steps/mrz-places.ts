import type { ViewOf } from "../../api/messages.ts";

/** Where a fault stands in the lines as typed. */
export interface MrzPlace {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** Field and its check digit in a two-line zone (9303-4 §4.2) and in a card's three lines (9303-5 §4.2). */
const TWO: Record<string, MrzPlace> = {
  documentNumber: { line: 1, column: 0, length: 10 },
  nationality: { line: 1, column: 10, length: 3 },
  dateOfBirth: { line: 1, column: 13, length: 7 },
  sex: { line: 1, column: 20, length: 1 },
  dateOfExpiry: { line: 1, column: 21, length: 7 },
  optionalData: { line: 1, column: 28, length: 15 },
  composite: { line: 1, column: 43, length: 1 },
  documentCode: { line: 0, column: 0, length: 2 },
  issuer: { line: 0, column: 2, length: 3 },
  names: { line: 0, column: 5, length: 39 },
};
const THREE: Record<string, MrzPlace> = {
  documentCode: { line: 0, column: 0, length: 2 },
  issuer: { line: 0, column: 2, length: 3 },
  documentNumber: { line: 0, column: 5, length: 10 },
  dateOfBirth: { line: 1, column: 0, length: 7 },
  sex: { line: 1, column: 7, length: 1 },
  dateOfExpiry: { line: 1, column: 8, length: 7 },
  nationality: { line: 1, column: 15, length: 3 },
  composite: { line: 1, column: 29, length: 1 },
  names: { line: 2, column: 0, length: 30 },
};

/** The characters to look at again; a fault of no known place marks nothing and is only named. */
export function faultPlaces(faults: ViewOf<"document">["mrzFaults"], lines: number): MrzPlace[] {
  const table = lines === 3 ? THREE : TWO;
  return faults.flatMap((fault) => table[fault.field] ?? []);
}
