/** The verbs of this room: `kabina passport`, `kabina mrz`, `kabina csca`. */
import type { Command } from "commander";
import type { CliIo } from "../crypto/cli-io.ts";
import type { CardChannel } from "./card/channel.ts";
import { registerCsca } from "./cli/csca.ts";
import { registerMrz } from "./cli/mrz.ts";
import { registerPassport } from "./cli/passport.ts";

/** Opens the card in a reader, waiting for one; the room of devices has the driver, so the command line hands it in. */
export type OpenCardChannel = (options: {
  readonly signal: AbortSignal;
  readonly reader?: string;
}) => Promise<CardChannel>;

export function register(program: Command, io: CliIo, openCardChannel?: OpenCardChannel): void {
  registerPassport(program, io, openCardChannel);
  registerMrz(program, io);
  registerCsca(program, io);
}
