/** `kabina passport inspect`: what a file of a chip says, whichever it is. */
import type { Command } from "commander";
import type { CliIo } from "../../crypto/cli-io.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import { type FileDescription, inspectFile } from "../lds/inspect.ts";
import { anyPem, readInput } from "../proof/trust-files.ts";

export function registerInspect(passport: Command, io: CliIo): void {
  passport
    .command("inspect")
    .description("show what a data group, EF.COM, EF.SOD or EF.CardAccess says")
    .argument("<file>")
    .option("--json", "print one JSON document")
    .action(async (file: string, options: { json?: boolean }) => {
      const description = inspect(file, await readInput(file));
      io.print(JSON.stringify(description, null, 2));
      if (options.json) io.json(description);
    });
}

/** The file's own name stands in what is wrong with it. */
function inspect(path: string, bytes: Uint8Array): FileDescription {
  const [pem] = anyPem(bytes);
  try {
    return inspectFile(pem ?? bytes);
  } catch (error) {
    if (!isCoded(error) || error.details.where !== "file") throw error;
    throw new KabinaError(error.code, { ...error.details, where: path }, { cause: error });
  }
}
