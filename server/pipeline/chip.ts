/**
 * The chip, proved again here: the raw files are the ones that the record names, a country we trust signed them, and the data
 * that the record gives as the chip's are those of the signed DG1. What a booth says of a chip is never taken for the chip's word.
 */
import { createHash } from "node:crypto";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import { type Enrolment, MrzFields } from "../../crypto/package/enrolment.ts";
import { parseDg1 } from "../../mrtd/lds/dg1.ts";
import { fieldsOf } from "../../mrtd/mrz/record-fields.ts";
import type { ProofResult } from "../../mrtd/proof/verdict.ts";
import type { CheckName } from "../review/api.ts";
import type { StoredCheck } from "../store/cases.ts";
import { ChipEvidence } from "./chip-evidence.ts";
import { accessControl, activeAuthentication, atBooth, type ChipRecord, chipAuthentication } from "./chip-key.ts";
import { checksOf, type PipelineStage, type StageInput } from "./stage.ts";

const { passed, failed, notChecked, notSupported } = checksOf("chip");

/** What is proved of the chip, from its files and the record. */
const PROOFS = [
  "chip/passive-authentication",
  "chip/active-authentication",
  "chip/chip-authentication",
  "chip/access-control",
] as const;

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
      const chip = enrolment?.document.chip;
      if (!chip) {
        const reason = enrolment ? "review/chip-unread" : "review/record-unreadable";
        return {
          checks: [
            notChecked("chip/files", reason, { skipped: enrolment?.document.chipSkipped ?? null }),
            ...PROOFS.map((name) => notChecked(name, reason)),
            enrolment ? await checkFields(enrolment, input) : notChecked("chip/fields", reason),
          ],
        };
      }
      const evidence = await ChipEvidence.of(input, csca);
      const at = new Date(input.package.manifest.createdAt);
      return {
        checks: [
          await checkFiles(chip.files, input),
          checkSignature(evidence, csca.length > 0),
          told("chip/active-authentication", activeAuthentication(chip, evidence), chip, "active-authentication"),
          told("chip/chip-authentication", chipAuthentication(chip, evidence, csca, at), chip, "chip-authentication"),
          told("chip/access-control", accessControl(evidence), chip, "access-control"),
          await checkFields(enrolment, input),
        ],
      };
    },
  };
}

/** One proof as a check: its first reason is the one that the operator reads. */
function told(name: CheckName, { verdict, reasons }: ProofResult, chip: ChipRecord, claim: string): StoredCheck {
  const [why] = reasons;
  const measures = { ...why?.details, atBooth: atBooth(chip, claim)?.outcome ?? null };
  if (verdict === "passed") return passed(name, measures);
  const code = why?.code ?? "review/chip-proof-undecided";
  if (verdict === "not-supported") return notSupported(name, code, measures);
  return verdict === "failed" ? failed(name, code, measures) : notChecked(name, code, measures);
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

/** A hash or a signature that is wrong is wrong whoever is trusted; only the chain needs countries. */
function checkSignature({ passive }: ChipEvidence, countriesKnown: boolean): StoredCheck {
  const name = "chip/passive-authentication";
  const { hashes, signature, chain, signer, digestAlgorithm } = passive;
  const measures = {
    ...passive.reasons[0]?.details,
    hashes: hashes.verdict,
    signature: signature.verdict,
    chain: chain.verdict,
    signer: signer?.subject ?? null,
    digestAlgorithm: digestAlgorithm ?? null,
  };
  const reason = passive.reasons[0]?.code ?? "review/chip-proof-undecided";
  const failing = [hashes, signature, ...(countriesKnown ? [chain] : [])].find(({ verdict }) => verdict === "failed");
  if (failing) return failed(name, failing.reasons[0]?.code ?? reason, { ...measures, ...failing.reasons[0]?.details });
  if (!countriesKnown) return notChecked(name, "review/countries-absent", measures);
  if (passive.verdict === "passed") return passed(name, measures);
  return passive.verdict === "failed" ? failed(name, reason, measures) : notChecked(name, reason, measures);
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
