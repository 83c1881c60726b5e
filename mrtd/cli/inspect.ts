/** `kabina passport inspect`: what a file of a chip says, whichever it is. */
import type { Command } from "commander";
import type { CliIo } from "../../crypto/cli-io.ts";
import { inspectFile } from "../lds/inspect.ts";
import { readInput } from "../proof/trust-files.ts";

export function registerInspect(passport: Command, io: CliIo): void {
  passport
    .command("inspect")
    .description("show what a data group, EF.COM, EF.SOD or EF.CardAccess says")
    .argument("<file>")
    .option("--json", "print one JSON document")
    .action(async (file: string, options: { json?: boolean }) => {
      const description = inspectFile(await readInput(file));
      io.print(JSON.stringify(description, null, 2));
      if (options.json) io.json(description);
    });
}
