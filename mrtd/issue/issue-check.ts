/** The finished document against what was ordered: the chip is genuine, says who it was made for, and carries what was enrolled. */
import { createHash } from "node:crypto";
import { parseDg1 } from "../lds/dg1.ts";
import type { PassportFiles } from "../lds/file.ts";
import { type LdsSecurityObject, parseSecurityObject } from "../lds/security-object.ts";
import type { MrzData } from "../mrz/mrz.ts";
import { reason } from "../proof/reason.ts";
import type { ProofResult, Reason, Verdict } from "../proof/verdict.ts";
import type { PassportReading } from "../reader/read-passport.ts";
import { equalBytes } from "../tlv/der.ts";

export type IssueCheckName = "proof" | "genuine" | "holder" | "document" | "portrait" | "prints" | "face" | "finger";

/** One question asked of the finished document, and why it is not answered with yes. */
export interface IssueCheck {
  readonly check: IssueCheckName;
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
  readonly measures?: Readonly<Record<string, string | number | null>>;
}

/** Who the document is for: never the maker's to change. */
const holderFields = [
  "primaryIdentifier",
  "secondaryIdentifier",
  "nationality",
  "dateOfBirth",
  "sex",
] as const satisfies readonly (keyof MrzData)[];
/** What the maker may set otherwise than ordered, when the blank or the day is another: told, and not taken for a swap of persons. */
const documentFields = [
  "documentCode",
  "issuer",
  "documentNumber",
  "dateOfExpiry",
  "optionalData",
] as const satisfies readonly (keyof MrzData)[];

const passed: Omit<IssueCheck, "check"> = { verdict: "passed", reasons: [] };
const failedFor = (why: Reason): Omit<IssueCheck, "check"> => ({ verdict: "failed", reasons: [why] });

/** Everything that the chip alone answers; face and finger of the holder are compared by whoever has them. */
export function checkChip(reading: PassportReading, ordered: PassportFiles): readonly IssueCheck[] {
  const { passiveAuthentication, activeAuthentication, chipAuthentication } = reading.proof;
  const { verdict, reasons } = passiveAuthentication;
  return [
    { check: "proof", verdict, reasons },
    { check: "genuine", ...genuine([activeAuthentication, chipAuthentication]) },
    ...checkAgainstOrder(
      { mrz: reading.mrz, lds: parseSecurityObject(reading.files["EF.SOD"]!).lds },
      {
        mrz: parseDg1(ordered.DG1!),
        digest: (number, hash) =>
          new Uint8Array(
            createHash(hash)
              .update(ordered[number === 2 ? "DG2" : "DG3"]!)
              .digest(),
          ),
      },
    ),
  ];
}

/** What was ordered, as far as a finished chip is compared with it. */
export interface OrderedDocument {
  readonly mrz: MrzData;
  readonly digest: (number: 2 | 3, hash: Lds["hash"]) => Uint8Array;
}

type Lds = Pick<LdsSecurityObject, "hash" | "hashes">;

/** Holder, document, portrait, prints: what the chip says, and what its EF.SOD signs, against the order. */
export function checkAgainstOrder(
  { mrz, lds }: { readonly mrz: MrzData; readonly lds: Lds },
  ordered: OrderedDocument,
): readonly IssueCheck[] {
  return [
    { check: "holder", ...sameFields(holderFields, mrz, ordered.mrz) },
    { check: "document", ...sameFields(documentFields, mrz, ordered.mrz) },
    { check: "portrait", ...sameGroup(2, lds, ordered) },
    { check: "prints", ...sameGroup(3, lds, ordered) },
  ];
}

/** The one verdict of all: failed when one failed, not checked when one could not be made. */
export function verdictOf(checks: readonly IssueCheck[]): Verdict {
  if (checks.some(({ verdict }) => verdict === "failed")) return "failed";
  return checks.some(({ verdict }) => verdict === "not-checked") ? "not-checked" : "passed";
}

/** A copy carries everything but the chip's own key: one proof of that key must pass and none fail. */
function genuine(proofs: readonly ProofResult[]): Omit<IssueCheck, "check"> {
  const failing = proofs.find(({ verdict }) => verdict === "failed");
  if (failing !== undefined) return { verdict: "failed", reasons: failing.reasons };
  if (proofs.some(({ verdict }) => verdict === "passed")) return passed;
  return { verdict: "not-checked", reasons: [reason("issue/chip-unproved")] };
}

function sameFields(fields: readonly (keyof MrzData)[], mrz: MrzData, wanted: MrzData): Omit<IssueCheck, "check"> {
  const different = fields.filter((field) => (mrz[field] ?? "") !== (wanted[field] ?? ""));
  return different.length === 0 ? passed : failedFor(reason("issue/mrz-differs", { fields: different.join(", ") }));
}

/** By the hash that EF.SOD signs, so that prints are compared although nobody read them off the chip. */
function sameGroup(number: 2 | 3, { hash, hashes }: Lds, ordered: OrderedDocument): Omit<IssueCheck, "check"> {
  const signed = hashes.get(number);
  const dataGroup = `DG${number}` as const;
  if (signed === undefined) return failedFor(reason("issue/data-group-absent", { dataGroup }));
  const same = equalBytes(ordered.digest(number, hash), signed);
  return same ? passed : failedFor(reason("issue/data-group-differs", { dataGroup }));
}
