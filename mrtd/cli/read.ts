/** `kabina passport read`: reads and proves the passport in a PC/SC reader. */
import { mkdir, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import type { CliIo } from "../../crypto/cli-io.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { AccessKey } from "../access/access-key.ts";
import { passwordSecret } from "../access/key-derivation.ts";
import { askedSecrets, loadTerminal } from "../access/terminal-folder.ts";
import { type RecordedApdu, recordChannel } from "../card/recorded-channel.ts";
import { type DataGroupNumber, dataGroupNumbers } from "../lds/file.ts";
import { parseMrz } from "../mrz/parse.ts";
import { wholeVerdict } from "../proof/reason.ts";
import { readCertificates, readRevocationLists } from "../proof/trust-files.ts";
import { type PassportReading, readPassport } from "../reader/read-passport.ts";
import { composeReport } from "../reader/report.ts";
import type { OpenCardChannel } from "./open-card-channel.ts";
import { exitCodeOf, explained, language, printProof } from "./outcome.ts";

interface ReadCommandOptions {
  readonly mrz?: string[];
  readonly can?: string;
  readonly reader?: string;
  readonly csca?: string[];
  readonly crl?: string[];
  readonly dg?: string[];
  readonly terminal?: string;
  readonly pinFd?: number;
  readonly out?: string;
  readonly html?: string;
  readonly showPersonal?: boolean;
  readonly json?: boolean;
}

export function registerRead(passport: Command, io: CliIo, openCardChannel?: OpenCardChannel): void {
  passport
    .command("read")
    .description("read the passport in a PC/SC reader, and prove it")
    .option("--mrz <text...>", "the lines of the MRZ, or NUMBER YYMMDD(birth) YYMMDD(expiry)")
    .option("--can <digits>", "card access number instead of the MRZ")
    .option("--reader <name>", "name of the reader, when there are several")
    .option("--csca <file-or-dir...>", "trusted country signing certificates")
    .option("--crl <file...>", "revocation lists of these countries")
    .option("--dg <number...>", "data groups to read beside 1, 2, 14 and 15")
    .option(
      "--terminal <dir>",
      "folder with a terminal's certificates (*.cvcert, in order) and key.pem, token.json or signer.json, for data groups 3 and 4",
    )
    .option("--pin-fd <n>", "descriptor that gives the PIN of the terminal's token", Number)
    .option("--out <dir>", "write the files of the chip there")
    .option("--html <file>", "write a report: proofs, steps, exchanges without their data")
    .option("--show-personal", "put the MRZ and the portrait into the report too")
    .option("--json", "print one JSON document")
    .action(async (options: ReadCommandOptions) => {
      const access = accessKeyOf(options);
      if (openCardChannel === undefined) throw new KabinaError("mrtd/no-reader");
      const csca = await readCertificates(options.csca ?? []);
      const crls = await readRevocationLists(options.crl ?? []);
      const dataGroups = (options.dg ?? []).map(dataGroupNumber);
      const terminal =
        options.terminal === undefined ? undefined : await loadTerminal(options.terminal, askedSecrets(options.pinFd));
      await tryOutputs(options);
      const ending = new AbortController();
      process.once("SIGINT", () => ending.abort(new KabinaError("card/closed")));
      const channel = await openCardChannel({
        signal: ending.signal,
        ...(options.reader === undefined ? {} : { reader: options.reader }),
      });
      const apdus: RecordedApdu[] = [];
      const writeReport = async (outcome: PassportReading | Error) => {
        if (options.html === undefined) return;
        const page = { outcome, apdus, at: io.clock.now(), language, personal: options.showPersonal === true };
        await writeFile(options.html, composeReport(page), { mode: 0o600 });
      };
      try {
        const reading = await readPassport(recordChannel(channel, io.clock, apdus), access, {
          clock: io.clock,
          random: io.random,
          signal: ending.signal,
          csca,
          crls,
          dataGroups,
          ...(terminal && { terminal }),
        });
        if (options.out !== undefined) await writeFiles(options.out, reading);
        await writeReport(reading);
        report(io, reading, options.json === true);
      } catch (error) {
        if (isCoded(error)) await writeReport(error);
        throw error;
      } finally {
        await channel.close();
      }
    });
}

/** Checked before the chip is asked: a wrong password makes some chips slow. */
function accessKeyOf(options: ReadCommandOptions): AccessKey {
  const key = accessKeyGiven(options);
  passwordSecret(key);
  if (key.kind === "can") return key;
  for (const [field, date] of [
    ["dateOfBirth", key.dateOfBirth],
    ["dateOfExpiry", key.dateOfExpiry],
  ] as const) {
    const [month, day] = [Number(date.slice(2, 4)), Number(date.slice(4))];
    // Part of a date of birth may be unknown and is a filler then.
    if (month > 12 || day > 31) throw new KabinaError("mrtd/access-key-malformed", { field });
  }
  return key;
}

function accessKeyGiven({ mrz, can }: ReadCommandOptions): AccessKey {
  if (can !== undefined && mrz === undefined) return { kind: "can", can };
  if (mrz === undefined || can !== undefined) throw new KabinaError("mrtd/access-key-which");
  if (mrz.length === 3 && mrz.every((part) => part.length < 30)) {
    const [documentNumber, dateOfBirth, dateOfExpiry] = mrz as [string, string, string];
    return { kind: "mrz", documentNumber, dateOfBirth, dateOfExpiry };
  }
  const { documentNumber, dateOfBirth, dateOfExpiry, faults } = parseMrz(mrz.join("\n"));
  const wrong = faults.find(({ field }) => ["documentNumber", "dateOfBirth", "dateOfExpiry"].includes(field));
  if (wrong !== undefined) throw new KabinaError("mrtd/access-key-malformed", { field: wrong.field });
  return { kind: "mrz", documentNumber, dateOfBirth, dateOfExpiry };
}

function dataGroupNumber(text: string): DataGroupNumber {
  const number = dataGroupNumbers.find((one) => String(one) === text);
  if (number === undefined) throw new KabinaError("mrtd/option", { option: "--dg", value: text, allowed: "1 … 16" });
  return number;
}

/** Where nothing can be written shows before the chip is read. */
async function tryOutputs({ out, html }: ReadCommandOptions): Promise<void> {
  const trying = async (path: string | undefined, attempt: (path: string) => Promise<unknown>) => {
    if (path === undefined) return;
    await attempt(path).catch((cause: NodeJS.ErrnoException) => {
      throw new KabinaError("mrtd/output-file", { path, problem: cause.code ?? "unwritable" }, { cause });
    });
  };
  await trying(out, (path) => mkdir(path, { recursive: true }));
  await trying(html, async (path) => (await open(path, "a", 0o600)).close());
}

async function writeFiles(directory: string, reading: PassportReading): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [name, bytes] of Object.entries(reading.files)) {
    await writeFile(join(directory, `${name.replace("/", "-")}.bin`), bytes, { mode: 0o600 });
  }
  const ending = reading.portrait.mediaType === "image/jpeg" ? "jpg" : "jp2";
  await writeFile(join(directory, `portrait.${ending}`), reading.portrait.data, { mode: 0o600 });
}

function report(io: CliIo, reading: PassportReading, json: boolean): void {
  const { proof, mrz, steps } = reading;
  for (const line of mrz.lines) io.print(line);
  for (const step of steps) io.print(`${step.name}: ${step.apdus} APDUs, ${step.bytes} bytes, ${step.milliseconds} ms`);
  io.print(`access: ${reading.access}`);
  printProof(io, "passive authentication", proof.passiveAuthentication);
  printProof(io, "active authentication", proof.activeAuthentication);
  printProof(io, "chip authentication", proof.chipAuthentication);
  printProof(io, "access control", proof.accessControl);
  const whole = wholeVerdict(proof);
  io.print(`document: ${whole.verdict}`);
  if (json) {
    const part = ({ verdict, reasons }: PassportReading["proof"]["activeAuthentication"]) => ({
      verdict,
      reasons: reasons.map(explained),
    });
    io.json({
      access: reading.access,
      mrz,
      files: Object.fromEntries(Object.entries(reading.files).map(([name, bytes]) => [name, bytes.length])),
      portrait: { mediaType: reading.portrait.mediaType, bytes: reading.portrait.data.length },
      ...part(whole),
      passiveAuthentication: {
        ...part(proof.passiveAuthentication),
        hashes: proof.passiveAuthentication.hashes.dataGroups,
      },
      activeAuthentication: part(proof.activeAuthentication),
      chipAuthentication: part(proof.chipAuthentication),
      accessControl: part(proof.accessControl),
      steps,
      apdus: steps.reduce((sum, step) => sum + step.apdus, 0),
    });
  }
  io.exit(exitCodeOf(whole.verdict));
}
