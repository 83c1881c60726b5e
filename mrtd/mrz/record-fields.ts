/** A machine-readable zone in the fields of the session's record: the booth writes them, the server works them out again. */
import type { MrzFields } from "../../crypto/package/enrolment.ts";
import { fullDateOfBirth, fullDateOfExpiry } from "./dates.ts";
import type { Mrz } from "./mrz.ts";

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

function wholeDate(known: string | undefined): string {
  const [year = "0000", month = "XX", day = "XX"] = known?.split("-") ?? [];
  return `${year}-${month}-${day}`;
}
