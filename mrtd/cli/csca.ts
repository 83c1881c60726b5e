/** `kabina csca`: what a master list or a folder of country certificates holds. */
import type { Command } from "commander";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { countryOf } from "../../crypto/certificate/name.ts";
import type { CliIo } from "../../crypto/cli-io.ts";
import { buildCscaStore, type CscaEntry, type CscaStanding, expiringCsca } from "../proof/csca-store.ts";
import { parseMasterList, proveMasterList } from "../proof/master-list.ts";
import { notChecked, reason } from "../proof/reason.ts";
import { readCertificates, readInput } from "../proof/trust-files.ts";
import type { ProofResult } from "../proof/verdict.ts";
import { explained, momentOf, printProof } from "./outcome.ts";

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

/** Days that the forecast looks ahead unless told otherwise: new certificates of a country reach the lists within half a year. */
const forecastDays = 180;
const cscaStandings: readonly CscaStanding[] = ["root", "link", "unlinked", "foreign", "unreadable"];

export function registerCsca(program: Command, io: CliIo): void {
  const csca = program.command("csca").description("country signing certificates");
  csca
    .command("report")
    .description("every certificate of files, lists and folders: where from, under which root, and what ends when")
    .argument("<path...>", "master lists (CMS, LDIF), certificates (DER, PEM), folders of them")
    .option("--at <date>", "judge at this time instead of now")
    .option(
      "--days <n>",
      "how far the forecast looks",
      (text) => Math.max(0, Math.floor(Number(text)) || 0),
      forecastDays,
    )
    .option("--json", "print one JSON document")
    .action(async (paths: string[], options: { at?: string; days: number; json?: boolean }) => {
      const at = momentOf(options.at, io);
      const sources = await Promise.all(
        paths.map(async (path) => ({ name: path, certificates: await readCertificates([path]) })),
      );
      const entries = buildCscaStore(sources);
      const ending = expiringCsca(entries, at, options.days);
      const count = (standing: CscaStanding) => entries.filter((entry) => entry.standing === standing).length;
      const standings = Object.fromEntries(cscaStandings.map((one) => [one, count(one)]));
      const described = (entry: CscaEntry) => ({
        country: entry.country,
        subject: entry.certificate?.subjectText ?? null,
        serial: entry.certificate?.serialHex ?? null,
        notAfter: entry.certificate?.notAfter.toISOString() ?? null,
        standing: entry.standing,
        reason: entry.reason ?? null,
        sources: entry.sources,
      });
      for (const entry of entries.filter(({ reason: why }) => why !== undefined))
        io.print(
          `${entry.country}  ${entry.standing}  ${entry.certificate?.subjectText ?? "unreadable"}: ${entry.reason}`,
        );
      for (const entry of ending)
        io.print(
          `${entry.country}  ends ${entry.certificate!.notAfter.toISOString().slice(0, 10)}  ${entry.certificate!.subjectText}`,
        );
      const expired = entries.filter(({ certificate }) => certificate && certificate.notAfter < at).length;
      io.print(
        `${entries.length} certificates of ${new Set(entries.map(({ country }) => country)).size} countries: ${cscaStandings
          .map((one) => `${standings[one]} ${one}`)
          .join(", ")}; ${expired} expired, ${ending.length} end within ${options.days} days`,
      );
      if (options.json)
        io.json({
          count: entries.length,
          standings,
          expired,
          ending: ending.map(described),
          certificates: entries.map(described),
        });
    });
  csca
    .command("list")
    .description("list the certificates of a master list or a certificate file, and check the list's signature")
    .argument("<file>", "master list (CMS), or certificates (DER, PEM)")
    .option("--root <file...>", "country signing certificate of who issued the list")
    .option("--at <date>", "judge at this time instead of now")
    .option("--json", "print one JSON document")
    .action(async (file: string, options: { root?: string[]; at?: string; json?: boolean }) => {
      const at = momentOf(options.at, io);
      const bytes = await readInput(file);
      const rows = (await readCertificates([file])).map((der) => rowOf(der, at));
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
  const trusted = await readCertificates(roots);
  try {
    return proveMasterList(parseMasterList(bytes), trusted, at);
  } catch {
    return notChecked(reason("proof/not-a-master-list"));
  }
}
