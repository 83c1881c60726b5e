/** `kabina package …`, `kabina audit …`, `kabina key …`. */
import { type Command, InvalidArgumentError } from "commander";
import { verifyAuditLog } from "./audit/verify.ts";
import { readAnchors } from "./authority/trust.ts";
import type { CliIo } from "./cli-io.ts";
import { writeFileDurably } from "./durable-file.ts";
import { FileKeyStore } from "./keys/file-store.ts";
import { type KeyPurpose, keyPurposes } from "./keys/key.ts";
import { findPassphrase } from "./keys/passphrase.ts";
import { extractPackage } from "./package/extract.ts";
import { inspectPackage } from "./package/inspect.ts";
import type { Manifest } from "./package/manifest.ts";
import { verifyPackage } from "./package/verify.ts";

interface TrustOptions {
  readonly trust: string;
  readonly asOf?: Date;
  readonly json?: boolean;
}
interface KeyOptions {
  readonly keys: string;
  readonly passphraseFile?: string;
  readonly json?: boolean;
}

const trustText = "a trust folder (its root.pem), or a PEM file of root certificates";
const asOfText = "judge as if it were this moment (ISO 8601)";
const passphraseText = "passphrase of the keys; else systemd's credential kabina-passphrase";
const jsonText = "one JSON document, for programs";

/** The verbs of this room. */
export function register(program: Command, io: CliIo): void {
  registerPackage(program.command("package").description("check and open sealed packages (.kab)"), io);
  registerAudit(program.command("audit").description("check audit logs"), io);
  registerKey(program.command("key").description("private keys"), io);
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
    .option("--json", jsonText)
    .action(async (file: string, options: TrustOptions) => {
      const { manifest, signer, size, sha256 } = await verifyPackage(file, await verifyOptions(options, io));
      if (options.json) return io.json({ verified: true, manifest, signer: signer.sha256, size, sha256 });
      for (const line of describe(manifest)) io.print(line);
      io.print(`verified: signed by ${signer.commonName}, ${size} bytes, SHA-256 ${sha256}`);
    });

  command
    .command("open <file>")
    .description("verify a package, then decrypt its parts into a new folder")
    .requiredOption("--trust <path>", trustText)
    .requiredOption("--keys <folder>", "key folder that holds server-recipient")
    .option("--passphrase-file <file>", passphraseText)
    .requiredOption("--out <folder>", "where the parts go; must not exist")
    .option("--as-of <time>", asOfText, moment)
    .option("--json", jsonText)
    .action(async (file: string, options: TrustOptions & KeyOptions & { out: string }) => {
      const recipient = await (await openKeys(options, io)).load("server-recipient");
      const trust = await verifyOptions(options, io);
      const opened = await extractPackage(file, options.out, { ...trust, recipients: [recipient] });
      const { manifest, sha256, unopened } = opened;
      if (options.json) return io.json({ opened: true, manifest, sha256, unopened, folder: options.out });
      for (const line of describe(manifest)) io.print(line);
      for (const name of unopened) io.print(`not for this key: ${name}`);
      io.print(`opened into ${options.out}; these files are readable now: erase them when done`);
    });
}

function registerAudit(command: Command, io: CliIo): void {
  command
    .command("verify <file>")
    .description("hold a log against its signed checkpoints (<file>.checkpoints, <file>.crt.pem)")
    .requiredOption("--trust <path>", trustText)
    .option("--json", jsonText)
    .action(async (file: string, options: TrustOptions) => {
      const log = await verifyAuditLog(file, { anchors: await readAnchors(options.trust) });
      if (options.json) return io.json({ verified: true, ...log });
      io.print(`verified: ${log.origin}, ${log.entries} entries, ${log.checkpoints} checkpoints, root ${log.root}`);
      if (log.unsigned > 0) io.print(`${log.unsigned} entries after the last checkpoint are not signed for yet`);
    });
}

function registerKey(command: Command, io: CliIo): void {
  command
    .command("export <purpose>")
    .description("write a private key as encrypted PKCS#8 (same passphrase), for a recovery with openssl alone")
    .requiredOption("--keys <folder>", "key folder")
    .option("--passphrase-file <file>", passphraseText)
    .requiredOption("--out <file>", "where the PEM file goes")
    .option("--json", jsonText)
    .action(async (purpose: string, options: KeyOptions & { out: string }) => {
      const found = keyPurposes.find((candidate) => candidate === purpose) as KeyPurpose | undefined;
      if (!found) throw new InvalidArgumentError(`purpose is one of ${keyPurposes.join(", ")}`);
      const keys = await openKeys(options, io);
      const pem = await keys.exportEncrypted(found, await passphraseOf(options));
      await writeFileDurably(options.out, pem, 0o600);
      if (options.json) return io.json({ purpose: found, file: options.out });
      io.print(`${options.out}: ${found}, encrypted under the passphrase of its folder`);
    });
}

const verifyOptions = async (options: TrustOptions, io: CliIo) => ({
  anchors: await readAnchors(options.trust),
  now: options.asOf ?? io.clock.now(),
});

const openKeys = async (options: KeyOptions, io: CliIo): Promise<FileKeyStore> =>
  FileKeyStore.open(options.keys, await passphraseOf(options), io.random);

const passphraseOf = (options: KeyOptions): Promise<Uint8Array> =>
  findPassphrase({
    file: options.passphraseFile,
    credentialsDirectory: process.env.CREDENTIALS_DIRECTORY,
    credential: "kabina-passphrase",
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
