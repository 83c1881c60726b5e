/** `kabina package …`; `audit`, `key` and `card` are beside their parts. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { registerAudit } from "./audit/cli.ts";
import { readAnchors } from "./authority/trust.ts";
import type { CliIo } from "./cli-io.ts";
import { openKeys, registerKey, withKeySecrets } from "./keys/cli.ts";
import { extractPackage } from "./package/extract.ts";
import { inspectPackage } from "./package/inspect.ts";
import type { Manifest } from "./package/manifest.ts";
import { verifyPackage } from "./package/verify.ts";
import { registerCard } from "./pkcs11/cli.ts";
import { type SuiteId, suiteIds } from "./suites/names.ts";

interface TrustOptions {
  readonly leastSuite?: SuiteId;
  readonly trust: string;
  readonly asOf?: Date;
  readonly json?: boolean;
}
interface KeyOptions {
  readonly keys: string;
  readonly passphraseFile?: string;
  readonly passphraseFd?: number;
  readonly pinFd?: number;
  readonly json?: boolean;
}

const trustText = "a trust folder (its root.pem), or a PEM file of root certificates";
const asOfText = "judge as if it were this moment (ISO 8601)";
const jsonText = "one JSON document, for programs";

/** The verbs of this room. */
export function register(program: Command, io: CliIo): void {
  registerPackage(program.command("package").description("check and open sealed packages (.kab)"), io);
  registerAudit(program, io);
  registerKey(program, io);
  registerCard(program, io);
}

function registerPackage(command: Command, io: CliIo): void {
  command
    .command("inspect <file>")
    .description("say what a package claims; verifies nothing")
    .option("--json", jsonText)
    .action(async (file: string, options: { json?: boolean }) => {
      const found = await inspectPackage(file);
      if (options.json) return io.json(found);
      io.print("NOT VERIFIED: this is what the package says of itself.");
      for (const line of describe(found.manifest)) io.print(line);
      for (const { name, sha256 } of found.certificates) io.print(`certificate  ${name}  ${sha256}`);
      io.print(`whole file   ${found.size} bytes  ${found.sha256}`);
    });

  command
    .command("verify <file>")
    .description("check archive, signature, signer, times and every part; needs no private key")
    .requiredOption("--trust <path>", trustText)
    .option("--as-of <time>", asOfText, moment)
    .addOption(new Option("--least-suite <id>", "refuse a package under a weaker suite").choices(suiteIds))
    .option("--json", jsonText)
    .action(async (file: string, options: TrustOptions) => {
      const { manifest, signer, size, sha256 } = await verifyPackage(file, await verifyOptions(options, io));
      if (options.json) return io.json({ verified: true, manifest, signer: signer.sha256, size, sha256 });
      for (const line of describe(manifest)) io.print(line);
      io.print(`verified: signed by ${signer.commonName}, ${size} bytes, SHA-256 ${sha256}`);
    });

  withKeySecrets(
    command
      .command("open <file>")
      .description("verify a package, then decrypt its parts into a new folder")
      .requiredOption("--trust <path>", trustText)
      .requiredOption("--keys <folder>", "key folder that holds server-recipient")
      .requiredOption("--out <folder>", "where the parts go; must not exist")
      .option("--as-of <time>", asOfText, moment)
      .option("--json", jsonText),
  ).action(async (file: string, options: TrustOptions & KeyOptions & { out: string }) => {
    const recipient = await (await openKeys(options, io)).load("server-recipient");
    const trust = await verifyOptions(options, io);
    const opened = await extractPackage(file, options.out, { ...trust, recipients: [recipient] });
    const { manifest, unopened } = opened;
    if (options.json) return io.json({ opened: true, manifest, unopened, folder: options.out });
    for (const line of describe(manifest)) io.print(line);
    for (const name of unopened) io.print(`not for this key: ${name}`);
    io.print(`opened into ${options.out}; these files are readable now: erase them when done`);
  });
}

const verifyOptions = async (options: TrustOptions, io: CliIo) => ({
  anchors: await readAnchors(options.trust),
  now: options.asOf ?? io.clock.now(),
  ...(options.leastSuite ? { least: options.leastSuite } : {}),
});

function describe(manifest: Manifest): string[] {
  return [
    `package      ${manifest.packageId}`,
    `made         ${manifest.createdAt} by ${manifest.booth.id}, ${manifest.place.office.name} (${manifest.place.office.id})`,
    `to be taken  until ${manifest.notAfter}`,
    ...manifest.parts.map((part) => `part         ${part.name}  ${part.mediaType}  ${part.size} bytes`),
  ];
}

function moment(text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new InvalidArgumentError("not a moment in ISO 8601");
  return at;
}
