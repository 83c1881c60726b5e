/** `kabina csca`: what a master list or a folder of country certificates holds. */
import type { Command } from "commander";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { countryOf } from "../../crypto/certificate/name.ts";
import type { CliIo } from "../../crypto/cli-io.ts";
import { parseMasterList, proveMasterList } from "../proof/master-list.ts";
import { notChecked, reason } from "../proof/reason.ts";
import { certificatesIn, readCertificates, readInput } from "../proof/trust-files.ts";
import type { ProofResult } from "../proof/verdict.ts";
import { explained, printProof } from "./outcome.ts";

interface Row {
  readonly country: string;
  readonly subject: string;
  readonly serial: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly key: string;
  readonly kind: "root" | "link" | "unreadable";
  readonly expired: boolean;
  readonly fault?: string;
}

export function registerCsca(program: Command, io: CliIo): void {
  program
    .command("csca")
    .description("Country signing certificates")
    .command("list")
    .description("list the certificates of a master list or a certificate file, and check the list's signature")
    .argument("<file>", "master list (CMS), or certificates (DER, PEM)")
    .option("--root <file...>", "country signing certificate of who issued the list")
    .option("--at <date>", "judge at this time instead of now")
    .option("--json", "print one JSON document")
    .action(async (file: string, options: { root?: string[]; at?: string; json?: boolean }) => {
      const at = options.at === undefined ? io.clock.now() : new Date(options.at);
      const bytes = await readInput(file);
      const rows = certificatesIn(bytes).map((der) => rowOf(der, at));
      const signature = await listSignature(bytes, options.root ?? [], at);
      for (const row of rows) {
        io.print(
          `${row.country}  ${row.notAfter.slice(0, 10)}${row.expired ? " expired" : ""}  ${row.kind}  ${row.key}  ${row.subject}`,
        );
      }
      io.print(`${rows.length} certificates, ${new Set(rows.map((row) => row.country)).size} countries`);
      printProof(io, "signature of the list", signature);
      if (options.json) {
        io.json({
          count: rows.length,
          signature: { verdict: signature.verdict, reasons: signature.reasons.map(explained) },
          certificates: rows,
        });
      }
    });
}

function rowOf(der: Uint8Array, at: Date): Row {
  try {
    const certificate = new Certificate(der, { encoding: "ber" });
    return {
      country: countryOf(certificate.subject) ?? "??",
      subject: certificate.subjectText,
      serial: certificate.serialHex,
      notBefore: certificate.notBefore.toISOString(),
      notAfter: certificate.notAfter.toISOString(),
      key: keyText(certificate),
      kind: certificate.isSignedBy(certificate) ? "root" : "link",
      expired: certificate.notAfter < at,
    };
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error);
    return {
      country: "??",
      subject: "",
      serial: "",
      notBefore: "",
      notAfter: "",
      key: "",
      kind: "unreadable",
      expired: false,
      fault,
    };
  }
}

function keyText({ publicKey: key }: Certificate): string {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  return `${key.asymmetricKeyType} ${modulusLength ?? namedCurve ?? ""}`.trim();
}

/** A plain certificate file has no signature to check. */
async function listSignature(bytes: Uint8Array, roots: readonly string[], at: Date): Promise<ProofResult> {
  try {
    return proveMasterList(parseMasterList(bytes), await readCertificates(roots), at);
  } catch {
    return notChecked(reason("proof/not-a-master-list"));
  }
}
