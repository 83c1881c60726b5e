/**
 * The chip, proved again here: the raw files are the ones that the record names, a country we trust signed them, and the data
 * that the record gives as the chip's are those of the signed DG1. What a booth says of a chip is never taken for the chip's word.
 */
import { createHash } from "node:crypto";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import { type Enrolment, MrzFields } from "../../crypto/package/enrolment.ts";
import { parseDg1 } from "../../mrtd/lds/dg1.ts";
import type { FileName, PassportFiles } from "../../mrtd/lds/file.ts";
import { fieldsOf } from "../../mrtd/mrz/record-fields.ts";
import { passiveAuthentication } from "../../mrtd/proof/passive-authentication.ts";
import type { StoredCheck } from "../store/cases.ts";
import { checksOf, type PipelineStage, type StageInput } from "./stage.ts";

const { passed, failed, notChecked } = checksOf("chip");

const FILES: Readonly<Record<string, FileName>> = {
  "chip-com": "EF.COM",
  "chip-sod": "EF.SOD",
  "chip-dg1": "DG1",
  "chip-dg2": "DG2",
};

/** Without these nothing is proved of a chip; passive authentication does not miss a data group that is not there. */
const NEEDED = ["chip-sod", "chip-dg1", "chip-dg2"] as const;
/** Fields that the printed zone and DG1 must agree on, as the booth compares them. */
const COMPARED = [
  "surname",
  "givenNames",
  "documentNumber",
  "nationality",
  "dateOfBirth",
  "sex",
  "dateOfExpiry",
  "issuer",
] as const satisfies readonly (keyof MrzFields)[];

/** `csca`: certificates of countries, DER. */
export function chipStage(csca: readonly Uint8Array[]): PipelineStage {
  return {
    name: "chip",
    async run(input) {
      const enrolment = await input.enrolment();
      if (!enrolment?.document.chip) {
        const reason = enrolment ? "review/chip-unread" : "review/record-unreadable";
        return {
          checks: [
            notChecked("chip/files", reason, { skipped: enrolment?.document.chipSkipped ?? null }),
            notChecked("chip/passive-authentication", reason),
            enrolment ? await checkFields(enrolment, input) : notChecked("chip/fields", reason),
          ],
        };
      }
      return {
        checks: [
          await checkFiles(enrolment.document.chip.files, input),
          await checkSignature(csca, input),
          await checkFields(enrolment, input),
        ],
      };
    },
  };
}

async function checkFiles(
  named: readonly { part: string; sha256: string; bytes: number }[],
  input: StageInput,
): Promise<StoredCheck> {
  const different: string[] = NEEDED.filter((needed) => !named.some(({ part }) => part === needed));
  for (const { part, sha256 } of named) {
    const bytes = await input.part(part);
    if (!bytes || createHash("sha256").update(bytes).digest("hex") !== sha256) different.push(part);
  }
  return different.length === 0
    ? passed("chip/files", { files: named.length })
    : failed("chip/files", "review/chip-files-differ", { parts: different.join(", ") });
}

async function checkSignature(csca: readonly Uint8Array[], input: StageInput): Promise<StoredCheck> {
  const name = "chip/passive-authentication";
  if (csca.length === 0) return notChecked(name, "review/countries-absent");
  const files: PassportFiles = {};
  for (const [part, file] of Object.entries(FILES)) {
    const bytes = await input.part(part);
    if (bytes) files[file] = bytes;
  }
  // As of capture: a passport that was in order when it was read stays so.
  const result = passiveAuthentication({ files, csca, at: new Date(input.package.manifest.createdAt) });
  const measures = {
    hashes: result.hashes.verdict,
    signature: result.signature.verdict,
    chain: result.chain.verdict,
    signer: result.signer?.subject ?? null,
    digestAlgorithm: result.digestAlgorithm ?? null,
  };
  const reason = result.reasons[0]?.code ?? "review/chip-proof-undecided";
  if (result.verdict === "passed") return passed(name, measures);
  return result.verdict === "failed" ? failed(name, reason, measures) : notChecked(name, reason, measures);
}

async function checkFields({ document }: Enrolment, input: StageInput): Promise<StoredCheck> {
  const name = "chip/fields";
  const { chip, comparison, mrz } = document;
  const different = new Set(
    comparison.filter(({ match, disputed }) => match === "different" || disputed).map(({ field }) => field),
  );
  if (chip) {
    const held = await fieldsOfDg1(input);
    const invented = MrzFields.keyof().options.filter((field) => held?.[field] !== chip.fields[field]);
    if (invented.length > 0) return failed(name, "review/chip-fields-invented", { fields: invented.join(", ") });
    for (const field of COMPARED) if (mrz.fields[field] !== held?.[field]) different.add(field);
  }
  if (different.size > 0) return failed(name, "review/fields-differ", { fields: [...different].join(", ") });
  return chip ? passed(name, { fields: COMPARED.length }) : notChecked(name, "review/chip-unread");
}

/** What the raw DG1 says; undefined when it is not there or cannot be read. */
async function fieldsOfDg1(input: StageInput): Promise<MrzFields | undefined> {
  const bytes = await input.part("chip-dg1");
  if (!bytes) return undefined;
  try {
    return fieldsOf(parseDg1(bytes), new Date(input.package.manifest.createdAt));
  } catch (error) {
    if (!isCoded(error)) throw error;
    return undefined;
  }
}
