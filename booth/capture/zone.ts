/** The machine-readable zone as typed or as DG1 holds it, in the record's fields. */
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import type { MrzFields } from "../../crypto/package/enrolment.ts";
import type { MrzAccessKey } from "../../mrtd/access/access-key.ts";
import { fullDateOfBirth, fullDateOfExpiry } from "../../mrtd/mrz/dates.ts";
import type { Mrz } from "../../mrtd/mrz/mrz.ts";
import { parseMrz } from "../../mrtd/mrz/parse.ts";
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

/** A parsed zone in the record's fields; dates with their century, unknown parts as `XX`. */
export function fieldsOf(mrz: Mrz, at: Date): MrzFields {
  return {
    documentCode: mrz.documentCode,
    issuer: mrz.issuer,
    surname: mrz.primaryIdentifier,
    givenNames: mrz.secondaryIdentifier,
    documentNumber: mrz.documentNumber,
    nationality: mrz.nationality,
    dateOfBirth: wholeDate(fullDateOfBirth(mrz.dateOfBirth, at)),
    sex: mrz.sex,
    dateOfExpiry: wholeDate(fullDateOfExpiry(mrz.dateOfExpiry, at)),
    optionalData: [mrz.optionalData, mrz.optionalData2].filter((part) => part !== undefined).join(" "),
  };
}

/** What opens the chip: the three fields as printed. */
export function accessKeyOf(reading: MrzReading): MrzAccessKey {
  const { documentNumber, dateOfBirth, dateOfExpiry } = parseMrz(reading.lines.join("\n"));
  return { kind: "mrz", documentNumber, dateOfBirth, dateOfExpiry };
}

function wholeDate(known: string | undefined): string {
  const [year = "0000", month = "XX", day = "XX"] = known?.split("-") ?? [];
  return `${year}-${month}-${day}`;
}
