import { formatOf, type MrzLayout, mrzLayouts } from "../../../mrtd/mrz/layout.ts";
import type { ViewOf } from "../../api/messages.ts";

/** Where a fault stands in the lines as typed. */
export interface MrzPlace {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** A fault's field in the layout, and the check digit behind it; the composite digit stands alone. */
function placeOf(layout: MrzLayout, field: string): MrzPlace | undefined {
  const name =
    field === "composite" ? "compositeCheck" : field === "surname" || field === "givenNames" ? "names" : field;
  const found = layout[name as keyof MrzLayout];
  if (!Array.isArray(found)) return undefined;
  const [line, column, length] = found as [number, number, number];
  const check = layout[`${name}Check` as keyof MrzLayout];
  return { line, column, length: Array.isArray(check) ? length + (check as number[])[2]! : length };
}

/** The characters to look at again; a fault of no known place marks nothing and is only named. */
export function faultPlaces(faults: ViewOf<"document">["mrzFaults"], lines: readonly string[]): MrzPlace[] {
  const format = formatOf(lines);
  if (format === undefined) return [];
  return faults.flatMap((fault) => placeOf(mrzLayouts[format], fault.field) ?? []);
}
