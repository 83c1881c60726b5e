/** `kabina server …`: run it, replay a case, ask for the sign-in link. */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { CliIo } from "../crypto/cli-io.ts";
import { KabinaError } from "../crypto/errors/kabina-error.ts";
import { checkFolder, claimFolder } from "../crypto/folder-claim.ts";
import { type SuiteId, suiteIds } from "../crypto/suites/names.ts";
import { untilStopped } from "../crypto/until-stopped.ts";
import type { OpenCardChannel } from "../mrtd/cli/open-card-channel.ts";
import { registerIssue } from "./issue/cli.ts";
import { register as registerPki } from "./pki/cli.ts";
import { register as registerOffice } from "./pki/office-cli.ts";
import { register as registerPolicy } from "./pki/policy-cli.ts";
import { registerRetention } from "./retention/cli.ts";
import { register as registerStaff } from "./staff/cli.ts";
import { registerWitness } from "./witness/cli.ts";

const DEFAULT_PORT = 8443;
const DEFAULT_PKI_PORT = 8444;
const DEFAULT_CONSOLE_PORT = 8081;

interface ServeOptions {
  readonly leastSuite?: SuiteId;
  readonly data: string;
  readonly host: string;
  readonly port: number;
  readonly consolePort: number;
  readonly pkiPort: number;
  readonly staffPort?: number;
  readonly passphraseFile?: string;
  readonly pinFd?: number;
  readonly authorityPassphraseFile?: string;
  readonly withInput?: true;
  readonly json?: boolean;
}

/** The verbs of this room. */
export function register(program: Command, io: CliIo, openCardChannel?: OpenCardChannel): void {
  const server = program
    .command("server")
    .description("receive packages from booths and put them before operators")
    .option("--data <dir>", "the data folder", "data")
    .option("--host <address>", "address the booths reach; 0.0.0.0 for every one of this machine", "127.0.0.1")
    .option("--port <n>", "port for booths (HTTPS with client certificates)", port, DEFAULT_PORT)
    .option("--console-port <n>", "port of the operator console, on this machine only", port, DEFAULT_CONSOLE_PORT)
    .option(
      "--pki-port <n>",
      "port of the authority's office: certificates, revocation, policy",
      port,
      DEFAULT_PKI_PORT,
    )
    .option(
      "--staff-port <n>",
      "port of the console for staff who sign in with a card (HTTPS); none unless given",
      port,
    )
    .option("--passphrase-file <file>", "passphrase of the server's keys (0600)")
    .option("--authority-passphrase-file <file>", "passphrase of the issuing authorities' keys (0600)")
    .option("--pin-fd <n>", "descriptor that gives the PIN of the token, where keys lie in one", Number)
    .addOption(new Option("--least-suite <id>", "refuse packages under a weaker suite").choices(suiteIds))
    .option("--with-input", "end when standard input ends, as it does with the program that started this one")
    .option("--json", "one JSON document a line")
    .action((options: ServeOptions) => serve(options, io));
  server
    .command("replay")
    .description("do every stage of a case's pipeline again")
    .argument("<case>")
    .action((caseId: string, _own: unknown, command: Command) => replay(caseId, command.optsWithGlobals(), io));
  server
    .command("fresh-finger")
    .description("compare one fresh finger (a picture or a record) with the booth's prints of a case")
    .argument("<case>")
    .argument("<file>")
    .action((caseId: string, file: string, _own: unknown, command: Command) =>
      freshFinger(caseId, file, command.optsWithGlobals(), io),
    );
  server
    .command("sign-in-link")
    .description("print the link that signs a person of the demonstration in, once")
    .option("--person <id>", "who: operator-1, supervisor-1, officer-1, officer-2, auditor-1")
    .action((_own: unknown, command: Command) => signInLink(command.optsWithGlobals(), io));
  registerRetention(server, io);
  registerPki(program, io);
  registerIssue(program, io, openCardChannel);
  registerStaff(program, io);
  registerPolicy(program, io);
  registerOffice(program, io);
  registerWitness(program, io);
}

/** Built files are in `dist/server/`, the console beside them in `dist/screens/console`; run from the sources it is the same place. */
const consoleFiles = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../dist/screens/console" : "../screens/console", import.meta.url),
);

async function identityOf(options: ServeOptions, io: CliIo) {
  const { loadIdentity } = await import("./keys.ts");
  const folder = join(resolve(options.data), "server");
  const { CREDENTIALS_DIRECTORY: credentialsDirectory } = process.env;
  const places = { passphraseFile: options.passphraseFile, pinFd: options.pinFd, credentialsDirectory };
  return { folder, identity: await loadIdentity(folder, places, io.random) };
}

async function serve(options: ServeOptions, io: CliIo): Promise<void> {
  const [{ startServer }, { openPki }] = await Promise.all([import("./main.ts"), import("./pki/pki.ts")]);
  const places = {
    passphraseFile: options.authorityPassphraseFile,
    pinFd: options.pinFd,
    credentialsDirectory: process.env.CREDENTIALS_DIRECTORY,
  };
  await checkFolder(join(resolve(options.data), "server"));
  const identified = await identityOf(options, io);
  await claimFolder(identified.folder, "server");
  const office = await openPki(resolve(options.data), places, io);
  const running = await startServer({
    ...identified,
    clock: io.clock,
    random: io.random,
    intake: { host: options.host, port: options.port },
    ...(office ? { pki: { office, host: options.host, port: options.pkiPort } } : {}),
    console: { port: options.consolePort, files: consoleFiles },
    ...(options.leastSuite ? { leastSuite: options.leastSuite } : {}),
    log: (event, details = {}) => {
      if (options.json) io.json({ event, ...details });
      else io.print(`${event} ${JSON.stringify(details)}`);
    },
  });
  const staffPort =
    options.staffPort === undefined ? null : await running.openStaffDoor(options.host, options.staffPort);
  const addresses = {
    intake: `https://${options.host}:${running.intakePort}`,
    console: `http://127.0.0.1:${running.consolePort}`,
    signIn: running.signInLink(),
    ...(staffPort === null ? {} : { staff: `https://${options.host}:${staffPort}` }),
    ...(running.pkiPort === null ? {} : { pki: `https://${options.host}:${running.pkiPort}` }),
  };
  if (options.json) io.json({ event: "ready", ...addresses });
  // A clock that is years off, or a rotation that nobody made: everybody who connects would only be refused.
  for (const [name, { purpose, chain }] of Object.entries(identified.identity.keys))
    if (chain[0] && !chain[0].validAt(io.clock.now())) {
      const [from, until] = [chain[0].notBefore.toISOString(), chain[0].notAfter.toISOString()];
      if (options.json) io.json({ event: "certificate out of time", purpose, from, until });
      io.print(`OUT OF TIME: ${purpose} holds ${from} to ${until}; look at the clock, or: kabina pki rotate ${name}`);
    }
  io.print(`booths:   ${addresses.intake}`);
  io.print(`console:  ${addresses.console}`);
  io.print(`sign in:  ${addresses.signIn}`);
  if (staffPort !== null) io.print(`by card:  https://${options.host}:${staffPort}`);
  if (addresses.pki !== undefined) io.print(`office:   ${addresses.pki}`);
  await untilStopped(options.withInput === true);
  await running.close();
  await office?.close();
}

async function replay(caseId: string, options: ServeOptions, io: CliIo): Promise<void> {
  const { replayCase } = await import("./pipeline/replay.ts");
  const { item, checks } = await replayCase(caseId, { ...(await identityOf(options, io)), ...io });
  if (options.json) io.json({ case: item, checks });
  io.print(`${item.caseId} ${item.state} ${item.risk}`);
  for (const { check, status, reason } of checks) io.print(`  ${status.padEnd(11)} ${check} ${reason ?? ""}`);
}

async function freshFinger(caseId: string, file: string, options: ServeOptions, io: CliIo): Promise<void> {
  const { compareAtDesk } = await import("./review/desk-command.ts");
  const answer = await compareAtDesk(caseId, await readFile(file), { ...(await identityOf(options, io)), ...io });
  if (options.json) io.json(answer);
  io.print(`${answer.same ? "the same finger as" : "another finger; nearest"} ${answer.position}`);
  io.print(
    `score ${answer.score}, threshold ${answer.threshold}, false-match rate ${answer.falseMatchRate}${answer.extrapolated ? " (beyond what was measured)" : ""}, templates ${answer.template}`,
  );
}

async function signInLink(options: ServeOptions & { person?: string }, io: CliIo): Promise<void> {
  const { signInFile } = await import("./review/review.ts");
  if (options.person !== undefined && !/^[a-z0-9-]{1,64}$/.test(options.person))
    throw new KabinaError("person/unknown", { person: options.person });
  const path = join(resolve(options.data), "server", signInFile(options.person));
  const link = await readFile(path, "utf8").catch((cause) => {
    throw new KabinaError("server/not-started", { path }, { cause });
  });
  if (options.json) io.json({ link });
  io.print(link);
}

function port(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0 || number > 65_535)
    throw new InvalidArgumentError("a port is 0 to 65535");
  return number;
}
