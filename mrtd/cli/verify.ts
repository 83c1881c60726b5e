/** `kabina passport verify`: passive authentication of files. */
import type { Command } from "commander";
import type { CliIo } from "../../crypto/cli-io.ts";
import type { PassportFiles } from "../lds/file.ts";
import { passiveAuthentication } from "../proof/passive-authentication.ts";
import { wholeOf } from "../proof/reason.ts";
import { readCertificates, readRevocationLists, readSecurityObject } from "../proof/trust-files.ts";
import type { PassiveAuthenticationResult, ProofResult } from "../proof/verdict.ts";
import { readDataGroups } from "./data-group-files.ts";
import { exitCodeOf, explained, momentOf, printProof } from "./outcome.ts";

interface VerifyOptions {
  readonly sod: string;
  readonly dg?: string[];
  readonly csca?: string[];
  readonly crl?: string[];
  readonly at?: string;
  readonly json?: boolean;
}

export function registerVerify(passport: Command, io: CliIo): void {
  passport
    .command("verify")
    .description("prove a document's files: EF.SOD's signature, its country, and the hash of each data group given")
    .requiredOption("--sod <file>", "EF.SOD")
    .option("--dg <file...>", "data groups, any number; which one each is, its first byte says")
    .option(
      "--csca <file-or-dir...>",
      "trusted country signing certificates: DER, PEM, master lists, or folders of them",
    )
    .option("--crl <file...>", "revocation lists")
    .option("--at <date>", "judge at this time instead of now")
    .option("--json", "print one JSON document: verdict, reasons, and each part")
    .action(async (options: VerifyOptions) => {
      const files: PassportFiles = {
        "EF.SOD": await readSecurityObject(options.sod),
        ...(await readDataGroups(options.dg ?? [])),
      };
      const crls = await readRevocationLists(options.crl ?? []);
      const at = momentOf(options.at, io);
      const proof = passiveAuthentication({ files, csca: await readCertificates(options.csca ?? []), crls, at });
      const asked = ofWhatWasGiven(proof, (options.dg ?? []).length > 0);
      if (proof.digestAlgorithm === undefined) printProof(io, "EF.SOD", proof);
      printProof(io, "hashes of data groups", proof.hashes);
      printProof(io, "signature", proof.signature);
      printProof(io, "chain to the country", proof.chain);
      io.print(`verdict: ${asked.verdict}`);
      if (options.json) {
        const part = ({ verdict, reasons }: ProofResult) => ({ verdict, reasons: reasons.map(explained) });
        io.json({
          ...part(asked),
          hashes: { ...part(proof.hashes), dataGroups: proof.hashes.dataGroups },
          signature: part(proof.signature),
          chain: part(proof.chain),
          signer: proof.signer ?? null,
          digestAlgorithm: proof.digestAlgorithm ?? null,
          at: at.toISOString(),
        });
      }
      io.exit(exitCodeOf(asked.verdict));
    });
}

/** Without any data group the question is about EF.SOD alone, and the answer says so in `hashes`. */
function ofWhatWasGiven(proof: PassiveAuthenticationResult, dataGroups: boolean): ProofResult {
  const wasRead = proof.digestAlgorithm !== undefined;
  if (dataGroups || !wasRead || proof.hashes.verdict !== "not-checked") return proof;
  return wholeOf([proof.signature, proof.chain]);
}
