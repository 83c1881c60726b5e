/** `kabina mrz`: check lines of a machine-readable zone, and read one out of a picture. */
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { decodeGrey } from "../../biometrics/image/codec.ts";
import type { CliIo } from "../../crypto/cli-io.ts";
import { fullDateOfBirth, fullDateOfExpiry } from "../mrz/dates.ts";
import type { Mrz } from "../mrz/mrz.ts";
import { parseMrz } from "../mrz/parse.ts";
import { readMrzFromImage } from "../mrz/read-image.ts";
import { readInput } from "../proof/trust-files.ts";
import { exitCode } from "./outcome.ts";

export function registerMrz(program: Command, io: CliIo): void {
  const mrz = program.command("mrz").description("machine-readable zones");

  mrz
    .command("check")
    .description("check the lines of an MRZ: format, fields, check digits")
    .argument("<lines...>", "the lines, or a file that holds them")
    .option("--json", "print one JSON document")
    .action(async (args: string[], options: { json?: boolean }) => {
      const text =
        args.length === 1 && args[0]!.length < 72
          ? await readFile(args[0]!, "latin1").catch(() => args[0]!)
          : args.join("\n");
      const parsed = parseMrz(text);
      printMrz(io, parsed);
      if (options.json) io.json(withDates(io, parsed));
      io.exit(parsed.faults.length === 0 ? exitCode.passed : exitCode.failed);
    });

  mrz
    .command("read")
    .description("read the MRZ out of a scanner's or a camera's picture of the page, and say what was repaired")
    .argument("<image>", "JPEG, PNG or WebP")
    .option("--json", "print one JSON document")
    .action(async (file: string, options: { json?: boolean }) => {
      // The scale does not matter here: the zone says by its own size how large it is.
      const reading = await readMrzFromImage(await decodeGrey(await readInput(file), { ppi: 300 }));
      for (const line of reading.lines) io.print(line);
      printMrz(io, reading.fields);
      for (const { line, position, field, read, repaired, because } of reading.repairs) {
        io.print(`repaired: ${field}, line ${line + 1}, character ${position + 1}: ${read} → ${repaired} (${because})`);
      }
      for (const { line, position, field, read, other } of reading.doubts) {
        io.print(`not sure: ${field}, line ${line + 1}, character ${position + 1}: ${read}, perhaps ${other}`);
      }
      if (options.json) io.json({ ...reading, fields: withDates(io, reading.fields) });
      io.exit(reading.faults.length === 0 ? exitCode.passed : exitCode.failed);
    });
}

function printMrz(io: CliIo, mrz: Mrz): void {
  io.print(`${mrz.format} ${mrz.documentCode} ${mrz.issuer} ${mrz.documentNumber}`);
  io.print(`${mrz.primaryIdentifier}, ${mrz.secondaryIdentifier}${mrz.namesTruncated ? " (cut)" : ""}`);
  for (const { field, kind } of mrz.faults) io.print(`${field}: ${kind}`);
  io.print(mrz.faults.length === 0 ? "sound" : "not sound");
}

function withDates(io: CliIo, mrz: Mrz) {
  const now = io.clock.now();
  return {
    ...mrz,
    valid: mrz.faults.length === 0,
    fullDateOfBirth: fullDateOfBirth(mrz.dateOfBirth, now) ?? null,
    fullDateOfExpiry: fullDateOfExpiry(mrz.dateOfExpiry, now) ?? null,
  };
}
