/** The machine-readable zone as typed or as DG1 holds it, in the record's fields. */
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import type { MrzAccessKey } from "../../mrtd/access/access-key.ts";
import type { Mrz } from "../../mrtd/mrz/mrz.ts";
import { parseMrz } from "../../mrtd/mrz/parse.ts";
import { fieldsOf } from "../../mrtd/mrz/record-fields.ts";
import type { MrzReading } from "../session/captures.ts";

export interface ZoneJudgement {
  /** Null while anything is wrong with it. */
  readonly reading: MrzReading | null;
  readonly faults: readonly { readonly field: string; readonly kind: string }[];
}

/** Judges the lines as typed: every check digit, every character. @param at the day that "expired" is judged on. */
export function readZone(lines: readonly string[], at: Date): ZoneJudgement {
  let mrz: Mrz;
  try {
    mrz = parseMrz(lines.map((line) => line.trim().toUpperCase()).join("\n"));
  } catch (error) {
    if (!isCoded(error)) throw error;
    return { reading: null, faults: [{ field: "lines", kind: "length" }] };
  }
  if (mrz.faults.length > 0) return { reading: null, faults: mrz.faults };
  const fields = fieldsOf(mrz, at);
  const expired = fields.dateOfExpiry < at.toISOString().slice(0, 10);
  return { reading: { lines: mrz.lines, fields, expired }, faults: [] };
}

/** What opens the chip: the three fields as printed. */
export function accessKeyOf(reading: MrzReading): MrzAccessKey {
  const { documentNumber, dateOfBirth, dateOfExpiry } = parseMrz(reading.lines.join("\n"));
  return { kind: "mrz", documentNumber, dateOfBirth, dateOfExpiry };
}
