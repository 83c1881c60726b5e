/** `kabina mrz`: check lines of a machine-readable zone. */
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import type { CliIo } from "../../crypto/cli-io.ts";
import { fullDateOfBirth, fullDateOfExpiry } from "../mrz/dates.ts";
import { parseMrz } from "../mrz/parse.ts";
import { exitCode } from "./outcome.ts";

export function registerMrz(program: Command, io: CliIo): void {
  program
    .command("mrz")
    .description("Machine-readable zones")
    .command("check")
    .description("check the lines of an MRZ: format, fields, check digits")
    .argument("<lines...>", "the lines, or a file that holds them")
    .option("--json", "print one JSON document")
    .action(async (args: string[], options: { json?: boolean }) => {
      const text =
        args.length === 1 && args[0]!.length < 72
          ? await readFile(args[0]!, "latin1").catch(() => args[0]!)
          : args.join("\n");
      const mrz = parseMrz(text);
      const now = io.clock.now();
      io.print(`${mrz.format} ${mrz.documentCode} ${mrz.issuer} ${mrz.documentNumber}`);
      io.print(`${mrz.primaryIdentifier}, ${mrz.secondaryIdentifier}${mrz.namesTruncated ? " (cut)" : ""}`);
      for (const { field, kind } of mrz.faults) io.print(`${field}: ${kind}`);
      io.print(mrz.faults.length === 0 ? "sound" : "not sound");
      if (options.json) {
        io.json({
          ...mrz,
          valid: mrz.faults.length === 0,
          fullDateOfBirth: fullDateOfBirth(mrz.dateOfBirth, now) ?? null,
          fullDateOfExpiry: fullDateOfExpiry(mrz.dateOfExpiry, now) ?? null,
        });
      }
      io.exit(mrz.faults.length === 0 ? exitCode.passed : exitCode.failed);
    });
}
