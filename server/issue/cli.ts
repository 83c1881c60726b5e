/** `kabina passport prepare` and `issue-check`: the new document, from the accepted case to the holder's hand. */

import { join, resolve } from "node:path";
import type { Command } from "commander";
import { anchorsOf } from "../../crypto/authority/trust.ts";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { type CliIo, verbs } from "../../crypto/cli-io.ts";
import { writeDurably } from "../../crypto/durable-file.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { FingerPosition } from "../../crypto/package/enrolment.ts";
import { askedSecrets, loadTerminal } from "../../mrtd/access/terminal-folder.ts";
import type { OpenCardChannel } from "../../mrtd/cli/open-card-channel.ts";
import { exitCodeOf, explained } from "../../mrtd/cli/outcome.ts";
import { checkChip, verdictOf } from "../../mrtd/issue/issue-check.ts";
import { openOrder } from "../../mrtd/issue/order.ts";
import { parseDg1 } from "../../mrtd/lds/dg1.ts";
import { derOf, readCertificates, readInput } from "../../mrtd/proof/trust-files.ts";
import { readPassport } from "../../mrtd/reader/read-passport.ts";
import { loadIdentity } from "../keys.ts";
import { readCountries } from "../pipeline/stages.ts";
import { ORDERED } from "../retention/retention.ts";

interface PlaceOptions {
  readonly data: string;
  readonly passphraseFile?: string;
  readonly json?: boolean;
}

interface PrepareOptions extends PlaceOptions {
  readonly case: string;
  readonly number: string;
  readonly expires: string;
  readonly issuer?: string;
  readonly surname?: string;
  readonly givenNames?: string;
  readonly encoding: string;
  readonly to: string;
  readonly out: string;
}

interface IssueCheckOptions extends PlaceOptions {
  readonly order: string;
  readonly face?: string;
  readonly finger?: string;
  readonly position?: string;
  readonly reader?: string;
  readonly csca?: string[];
  readonly terminal?: string;
}

export function registerIssue(program: Command, io: CliIo, openCardChannel?: OpenCardChannel): void {
  const passport = verbs(program, "passport");
  passport
    .command("prepare")
    .description(
      "make the order for a new document from an accepted case: data groups, draft of the LDS, signed and sealed",
    )
    .requiredOption("--case <id>", "the accepted case")
    .requiredOption("--number <text>", "number of the new document")
    .requiredOption("--expires <date>", "last day of the new document, YYYY-MM-DD")
    .requiredOption("--to <certificate>", "certificate of whoever makes the document (P-256), PEM or DER")
    .requiredOption("--out <file>", "the sealed order")
    .option("--issuer <code>", "issuing state; default: the holder's nationality")
    .option("--surname <text>", "the whole surname, where the old document had no room for it")
    .option("--given-names <text>", "the whole given names")
    .option("--encoding <19794|39794>", "generation of the biometric records", "19794")
    .option("--data <dir>", "the data folder", "data")
    .option("--passphrase-file <file>", "passphrase of the server's keys (0600)")
    .option("--json", "print one JSON document")
    .action((options: PrepareOptions) => prepare(options, io));
  passport
    .command("issue-check")
    .description("at pick-up: read the finished document, prove it, compare it with its order and its holder")
    .requiredOption("--order <file>", "the sealed order")
    .option("--face <image>", "a fresh picture of the holder")
    .option("--finger <image>", "a fresh print of the holder, 500 ppi")
    .option("--position <finger>", "which finger it is, such as right-index; default: any of the document's")
    .option("--reader <name>", "name of the reader, when there are several")
    .option("--csca <file-or-dir...>", "trusted country signing certificates; default: the server's")
    .option("--terminal <dir>", "a terminal's certificates and key, to read the prints off the chip too")
    .option("--data <dir>", "the data folder", "data")
    .option("--passphrase-file <file>", "passphrase of the server's keys (0600)")
    .option("--json", "print one JSON document")
    .action((options: IssueCheckOptions) => issueCheck(options, io, openCardChannel));
}

async function identityOf({ data, passphraseFile }: PlaceOptions, io: CliIo) {
  const folder = join(resolve(data), "server");
  const places = { passphraseFile, credentialsDirectory: process.env.CREDENTIALS_DIRECTORY };
  return { folder, identity: await loadIdentity(folder, places, io.random) };
}

async function prepare(options: PrepareOptions, io: CliIo): Promise<void> {
  const { encoding } = options;
  if (encoding !== "19794" && encoding !== "39794") {
    throw new KabinaError("mrtd/option", { option: "--encoding", value: encoding, allowed: "19794, 39794" });
  }
  if (!/^\d{4}-\d{2}-\d{2}$/.test(options.expires)) {
    throw new KabinaError("mrtd/option", { option: "--expires", value: options.expires, allowed: "YYYY-MM-DD" });
  }
  const maker = new Certificate(derOf(await readInput(options.to), "CERTIFICATE"));
  const { folder, identity } = await identityOf(options, io);
  const [{ openStore }, { prepareOrder }] = await Promise.all([import("../store/store.ts"), import("./prepare.ts")]);
  const store = openStore(join(folder, "kabina.sqlite"), identity.recipients, io.random);
  try {
    const { surname, givenNames, issuer } = options;
    const order = await prepareOrder(
      {
        caseId: options.case,
        documentNumber: options.number,
        expires: options.expires,
        encoding,
        maker,
        ...(issuer !== undefined && { issuer }),
        ...(surname !== undefined && { surname }),
        ...(givenNames !== undefined && { givenNames }),
      },
      { store, keys: identity.keys, clock: io.clock, random: io.random },
    );
    await writeDurably(options.out, 0o600, async (write) => write(order.sealed));
    const { orderId, files, prints, sealed, keep } = order;
    // Retention counts from here, and pick-up finds the order.
    const at = io.clock.now().toISOString();
    await store.commits.commit(() => {
      keep();
      store.cases.addHistory(options.case, { at, by: "server", event: ORDERED, detail: orderId });
    });
    io.print(`${options.out}: order ${orderId}, ${sealed.length} bytes, for ${maker.commonName ?? maker.sha256}`);
    for (const [name, bytes] of Object.entries(files)) io.print(`  ${name}: ${bytes} bytes`);
    if (options.json) io.json({ orderId, case: options.case, encoding, files, prints, bytes: sealed.length });
  } finally {
    store.close();
  }
}

async function issueCheck(options: IssueCheckOptions, io: CliIo, openCardChannel?: OpenCardChannel): Promise<void> {
  if (openCardChannel === undefined) throw new KabinaError("mrtd/no-reader");
  const position = options.position === undefined ? undefined : FingerPosition.safeParse(options.position);
  if (position?.success === false) {
    const allowed = FingerPosition.options.join(", ");
    throw new KabinaError("mrtd/option", { option: "--position", value: options.position ?? "", allowed });
  }
  const { folder, identity } = await identityOf(options, io);
  const { order, files: ordered } = await openOrder(await readInput(options.order), identity.recipients, {
    anchors: anchorsOf(identity.trust),
  });
  const csca = options.csca === undefined ? await readCountries(folder) : await readCertificates(options.csca);
  const terminal = options.terminal === undefined ? undefined : await loadTerminal(options.terminal, askedSecrets());
  const [face, finger] = await Promise.all(
    [options.face, options.finger].map((path) => (path === undefined ? undefined : readInput(path))),
  );
  // Heavy engines are loaded by this verb alone.
  const [{ checkFace, checkFinger }, { fingerNumbers }] = await Promise.all([
    import("./holder.ts"),
    import("./prepare.ts"),
  ]);
  const { documentNumber, dateOfBirth, dateOfExpiry } = parseDg1(ordered.DG1!);
  const channel = await openCardChannel({
    signal: new AbortController().signal,
    ...(options.reader === undefined ? {} : { reader: options.reader }),
  });
  try {
    const reading = await readPassport(
      channel,
      { kind: "mrz", documentNumber, dateOfBirth, dateOfExpiry },
      { clock: io.clock, random: io.random, csca, dataGroups: [3], ...(terminal && { terminal }) },
    );
    const checks = [
      ...checkChip(reading, ordered),
      await checkFace(reading.files.DG2!, face),
      await checkFinger(reading.files, ordered, finger, position && fingerNumbers[position.data]),
    ];
    const verdict = verdictOf(checks);
    io.print(`order ${order.orderId} of ${order.at}, case ${order.caseId}: ${verdict}`);
    for (const { check, verdict: one, reasons } of checks) {
      io.print(`  ${one.padEnd(11)} ${check}`);
      for (const why of reasons) io.print(`              ${explained(why).cause} [${why.code}]`);
    }
    if (options.json) {
      const told = checks.map(({ reasons, ...check }) => ({ ...check, reasons: reasons.map(explained) }));
      io.json({ orderId: order.orderId, case: order.caseId, verdict, access: reading.access, checks: told });
    }
    io.exit(exitCodeOf(verdict));
  } finally {
    await channel.close();
  }
}
