/** The chip, proved again here: the raw files are the ones that the record names, and a country we trust signed them. */
import { createHash } from "node:crypto";
import type { Enrolment } from "../../crypto/package/enrolment.ts";
import type { FileName, PassportFiles } from "../../mrtd/lds/file.ts";
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
            enrolment ? checkFields(enrolment) : notChecked("chip/fields", reason),
          ],
        };
      }
      return {
        checks: [
          await checkFiles(enrolment.document.chip.files, input),
          await checkSignature(csca, input),
          checkFields(enrolment),
        ],
      };
    },
  };
}

async function checkFiles(
  named: readonly { part: string; sha256: string; bytes: number }[],
  input: StageInput,
): Promise<StoredCheck> {
  const different: string[] = [];
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

function checkFields({ document }: Enrolment): StoredCheck {
  const different = document.comparison.filter(({ match, disputed }) => match === "different" || disputed);
  if (different.length > 0) {
    return failed("chip/fields", "review/fields-differ", { fields: different.map(({ field }) => field).join(", ") });
  }
  if (!document.chip) return notChecked("chip/fields", "review/chip-unread");
  return passed("chip/fields", { fields: document.comparison.length });
}
