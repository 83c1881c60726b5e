/** The verbs of this room: `kabina passport`, `kabina mrz`, `kabina csca`, `kabina person`, `kabina card simulate`. */
import type { Command } from "commander";
import type { CliIo } from "../crypto/cli-io.ts";
import { registerCardSimulator } from "./cli/card.ts";
import { registerCsca } from "./cli/csca.ts";
import { registerMrz } from "./cli/mrz.ts";
import type { OpenCardChannel } from "./cli/open-card-channel.ts";
import { registerPassport } from "./cli/passport.ts";
import { registerPerson } from "./synthetic/person-cli.ts";

export function register(program: Command, io: CliIo, openCardChannel?: OpenCardChannel): void {
  registerPassport(program, io, openCardChannel);
  registerMrz(program, io);
  registerCsca(program, io);
  registerPerson(program, io);
  registerCardSimulator(program, io);
}
