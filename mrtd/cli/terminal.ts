/** `kabina passport terminal`: the inspection system of a demonstration, which the passports of synthetic people let read their prints. */
import { resolve } from "node:path";
import type { Command } from "commander";
import type { CliIo } from "../../crypto/cli-io.ts";
import { readPassphrase } from "../../crypto/keys/passphrase.ts";
import { keepUtopianTerminal } from "../synthetic/utopian-terminal.ts";

interface TerminalFlags {
  readonly out: string;
  readonly passphraseFile: string;
  readonly json?: true;
}

export function registerTerminal(passport: Command, io: CliIo): void {
  passport
    .command("terminal")
    .description("make or renew a test inspection system that the passports of synthetic people let read their prints")
    .requiredOption("--out <dir>", "its folder, such as DATA/booth/terminal")
    .requiredOption("--passphrase-file <file>", "what its key is kept under, such as DATA/booth/passphrase")
    .option("--json", "print one JSON document")
    .action(async ({ out, passphraseFile, json }: TerminalFlags) => {
      const folder = resolve(out);
      const passphrase = await readPassphrase(passphraseFile);
      const { expiration, made } = await keepUtopianTerminal(folder, { ...io, passphrase });
      const until = expiration.toISOString().slice(0, 10);
      io.print(`${folder}: ${made ? "made" : "stands"}, good until ${until}`);
      if (json) io.json({ directory: folder, made, until });
    });
}
