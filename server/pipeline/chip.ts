/**
 * The chip, proved again here: the raw files are the ones that the record names, a country we trust signed them, and the data
 * that the record gives as the chip's are those of the signed DG1. What a booth says of a chip is never taken for the chip's word.
 */
import { createHash } from "node:crypto";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import { type Enrolment, MrzFields } from "../../crypto/package/enrolment.ts";
import { parseDg1 } from "../../mrtd/lds/dg1.ts";
import type { FileName, PassportFiles } from "../../mrtd/lds/file.ts";
import { parseSecurityObject } from "../../mrtd/lds/security-object.ts";
import { fieldsOf } from "../../mrtd/mrz/record-fields.ts";
import { proveActiveAuthentication } from "../../mrtd/proof/active-authentication.ts";
import { passiveAuthentication } from "../../mrtd/proof/passive-authentication.ts";
import type { StoredCheck } from "../store/cases.ts";
import { checksOf, type PipelineStage, type StageInput } from "./stage.ts";

const { passed, failed, notChecked } = checksOf("chip");

const FILES: Readonly<Record<string, FileName>> = {
  "chip-com": "EF.COM",
  "chip-sod": "EF.SOD",
  "chip-dg1": "DG1",
  "chip-dg2": "DG2",
  "chip-dg14": "DG14",
  "chip-dg15": "DG15",
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
            notChecked("chip/active-authentication", reason),
            notChecked("chip/chip-authentication", reason),
            enrolment ? await checkFields(enrolment, input) : notChecked("chip/fields", reason),
          ],
        };
      }
      return {
        checks: [
          await checkFiles(enrolment.document.chip.files, input),
          await checkSignature(csca, input),
          await checkActiveAuthentication(enrolment.document.chip, input),
          checkChipAuthentication(enrolment.document.chip),
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
  const files = await filesOf(input);
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

async function filesOf(input: StageInput): Promise<PassportFiles> {
  const files: PassportFiles = {};
  for (const [part, file] of Object.entries(FILES)) {
    const bytes = await input.part(part);
    if (bytes) files[file] = bytes;
  }
  return files;
}

type ChipRecord = NonNullable<Enrolment["document"]["chip"]>;
const outcomeAtBooth = ({ proofs }: ChipRecord, name: string) => proofs.find((proof) => proof.name === name)?.outcome;

/** The chip's signature again, with the key of DG15 and only when EF.SOD signs that very DG15. The challenge was the booth's: it vouches for its freshness. */
async function checkActiveAuthentication(chip: ChipRecord, input: StageInput): Promise<StoredCheck> {
  const name = "chip/active-authentication";
  const measures = { atBooth: outcomeAtBooth(chip, "active-authentication") ?? null };
  const files = await filesOf(input);
  try {
    if (!files["EF.SOD"]) return notChecked(name, "review/chip-unread", measures);
    const { lds } = parseSecurityObject(files["EF.SOD"]);
    const signedHash = lds.hashes.get(15);
    if (signedHash === undefined) return notChecked(name, "proof/active-authentication-absent", measures);
    if (!files.DG15) return failed(name, "proof/data-group-hidden", { ...measures, dataGroup: "DG15" });
    if (!createHash(lds.hash).update(files.DG15).digest().equals(signedHash)) {
      return failed(name, "proof/hash-wrong", { ...measures, dataGroup: "DG15" });
    }
    const { signedChallenge } = chip;
    if (!signedChallenge) {
      return measures.atBooth === "failed"
        ? failed(name, "proof/active-authentication-wrong", measures)
        : notChecked(name, "review/chip-signed-nothing", measures);
    }
    const { verdict, reasons } = proveActiveAuthentication({
      dg15: files.DG15,
      challenge: Buffer.from(signedChallenge.challenge, "hex"),
      signature: Buffer.from(signedChallenge.signature, "hex"),
      ...(files.DG14 && { dg14: files.DG14 }),
    });
    if (verdict === "passed") return passed(name, measures);
    const code = reasons[0]?.code ?? "proof/active-authentication-wrong";
    return verdict === "failed" ? failed(name, code, measures) : notChecked(name, code, measures);
  } catch (error) {
    // An EF.SOD that cannot be read is for passive authentication to fail.
    if (!isCoded(error)) throw error;
    return notChecked(name, error.code, measures);
  }
}

/** Its proof is keys that chip and booth agreed on: who has them could have written the chip's answers, so nothing of it can be proved again here. */
function checkChipAuthentication(chip: ChipRecord): StoredCheck {
  const name = "chip/chip-authentication";
  const atBooth = outcomeAtBooth(chip, "chip-authentication");
  if (atBooth === "failed") return failed(name, "proof/chip-authentication-wrong", { atBooth });
  if (atBooth === "passed") return notChecked(name, "review/chip-agreement-unrepeatable", { atBooth });
  return notChecked(name, "proof/chip-authentication-absent", { atBooth: atBooth ?? null });
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
