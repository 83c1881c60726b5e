/** `kabina key …`: which keys there are, where they lie, and where new ones will be made. */
import { type Command, InvalidArgumentError } from "commander";
import type { CliIo } from "../cli-io.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { descriptor } from "../pkcs11/cli.ts";
import { Pkcs11Module } from "../pkcs11/module.ts";
import { type KeyListing, type KeyPurpose, keyPurposes } from "./key.ts";
import { listKeys, openKeyStore } from "./open-store.ts";
import { placeSecrets } from "./place-secrets.ts";
import { exists } from "./private-file.ts";
import { type TokenFile, writeTokenFile } from "./token-vault.ts";

interface KeyOptions {
  readonly keys: string;
  readonly passphraseFile?: string;
  readonly passphraseFd?: number;
  readonly pinFd?: number;
  readonly json?: boolean;
}
interface TokenOptions {
  readonly keys: string;
  readonly module: string;
  readonly label?: string;
  readonly serial?: string;
  readonly tpm?: boolean;
  readonly purpose: readonly KeyPurpose[];
  readonly json?: boolean;
}

const jsonText = "one JSON document, for programs";
/** Node's TLS cannot use a key in a token. */
const tlsPurposes: readonly KeyPurpose[] = ["server-tls", "booth-tls"];

/** Options of every verb that uses keys of a folder. */
export const withKeySecrets = (command: Command): Command =>
  command
    .option(
      "--passphrase-file <file>",
      "passphrase of the keys; else systemd's credential kabina-passphrase, else it is asked for",
    )
    .option("--passphrase-fd <n>", "descriptor that gives the passphrase", descriptor)
    .option(
      "--pin-fd <n>",
      "descriptor that gives the PIN of the token; else systemd's credential kabina-pin",
      descriptor,
    );

/** The key store of a folder, with what was said of its secrets. */
export const openKeys = ({ keys, passphraseFile, passphraseFd, pinFd }: KeyOptions, io: CliIo) =>
  openKeyStore(keys, secretsOf({ passphraseFile, passphraseFd, pinFd }), io.random);

const secretsOf = (places: Pick<KeyOptions, "passphraseFile" | "passphraseFd" | "pinFd"> | object) =>
  placeSecrets({ ...places, credentialsDirectory: process.env.CREDENTIALS_DIRECTORY }, "kabina-passphrase");

export function registerKey(program: Command, io: CliIo): void {
  const key = program.command("key").description("private keys: which, where, until when");
  key
    .command("list")
    .description("every key of a folder, where it lies and how it is protected; needs neither passphrase nor PIN")
    .requiredOption("--keys <folder>", "key folder")
    .option("--json", jsonText)
    .action(async (options: { keys: string; json?: boolean }) => {
      if (!(await exists(options.keys))) throw new KabinaError("key/missing", { path: options.keys });
      const keys = await listKeys(options.keys);
      if (options.json) return io.json({ keys: keys.map(described) });
      for (const one of keys) io.print(line(one));
    });
  key
    .command("token")
    .description("make the keys of a folder in a PKCS#11 token from now on (those that are there stay where they are)")
    .requiredOption("--keys <folder>", "key folder")
    .requiredOption("--module <file>", "the token's PKCS#11 module")
    .option("--label <label>", "which token, by its label")
    .option("--serial <number>", "which token, by its serial number")
    .option("--tpm", "the token is a TPM behind its module")
    .option("--purpose <purpose...>", "keys to make there; all but those for TLS when left out", purposes)
    .option("--json", jsonText)
    .action(async (options: TokenOptions) => {
      const token = Pkcs11Module.load(options.module).find({ label: options.label, serial: options.serial });
      const file: TokenFile = {
        format: "kabina-token/1",
        module: options.module,
        token: { label: token.label, serial: token.serial },
        protection: options.tpm ? "tpm" : "pkcs11",
        purposes: (options.purpose ?? keyPurposes).filter((purpose) => !tlsPurposes.includes(purpose)),
      };
      await writeTokenFile(options.keys, file);
      if (options.json) return io.json(file);
      io.print(
        `new keys of ${options.keys} are made in ${token.label} (${token.manufacturer} ${token.model}, serial ${token.serial})`,
      );
    });
}

function purposeOf(text: string): KeyPurpose {
  const found = keyPurposes.find((candidate) => candidate === text);
  if (!found) throw new InvalidArgumentError(`purpose is one of ${keyPurposes.join(", ")}`);
  return found;
}

const purposes = (text: string, before: readonly KeyPurpose[] = []): readonly KeyPurpose[] => [
  ...before,
  purposeOf(text),
];

const untilOf = ({ chain }: KeyListing): string | null => chain[0]?.notAfter.toISOString() ?? null;

const described = (key: KeyListing) => ({
  purpose: key.purpose,
  state: key.state,
  algorithm: key.algorithm,
  keyId: key.keyId,
  protection: key.protection,
  place: key.place,
  subject: key.chain[0]?.subjectText ?? null,
  notAfter: untilOf(key),
});

const line = (key: KeyListing): string =>
  [
    key.purpose.padEnd(18),
    key.state.padEnd(8),
    key.protection.padEnd(7),
    key.algorithm,
    key.keyId.slice(0, 16),
    untilOf(key)?.slice(0, 10) ?? "no certificate",
    key.place,
  ].join("  ");
