/** `kabina card simulate`: a member of staff's card in the virtual reader. */
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import type { CliIo } from "../../crypto/cli-io.ts";
import { VirtualPivCard } from "../virtual/piv/card.ts";
import { loadPivFolder, makePivFolder } from "../virtual/piv/folder.ts";
import { serveVpcd } from "../virtual/vpcd.ts";

interface SimulateOptions {
  readonly dir: string;
  readonly new?: string;
  readonly pin: string;
  readonly host: string;
  readonly port: number;
}

/** Where Debian's vpcd listens unless told otherwise. */
const vpcdPort = 0x8c7b;

/** Under `card`, which `crypto/` registers: cards in software need what it may not import. */
export function registerCardSimulator(program: Command, io: CliIo): void {
  const card = program.commands.find((command) => command.name() === "card") ?? program.command("card");
  card
    .command("simulate")
    .description(
      "be a PIV card in the virtual reader of vsmartcard's vpcd, until interrupted; three wrong PINs lock it until then",
    )
    .requiredOption(
      "--dir <dir>",
      "the card's folder: card.json, and for each key 9a.pem and 9a.crt, 9c.pem and 9c.crt",
    )
    .option("--new <name>", "make the folder first, for a person of this name, with certificates of its own")
    .option("--pin <digits>", "the PIN of a new card", "123456")
    .option("--host <host>", "where vpcd listens", "127.0.0.1")
    .option("--port <n>", "port on which vpcd listens", portNumber, vpcdPort)
    .action(async (options: SimulateOptions) => {
      const { dir, host, port } = options;
      if (options.new !== undefined) await makePivFolder(dir, options.new, options.pin, io);
      const passport = new VirtualPivCard(await loadPivFolder(dir, io.random));
      const ending = new AbortController();
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => ending.abort());
      const onInserted = () => io.print(`card inserted at ${host}:${port}`);
      await serveVpcd({ host, port, passport, signal: ending.signal, onInserted });
    });
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new InvalidArgumentError("1 … 65535");
  return port;
}
