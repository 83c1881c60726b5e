/** `kabina passport`: read one over PC/SC, verify its files, look into a file, be one. */
import type { Command } from "commander";
import { type CliIo, verbs } from "../../crypto/cli-io.ts";
import { registerInspect } from "./inspect.ts";
import { registerMake } from "./make.ts";
import type { OpenCardChannel } from "./open-card-channel.ts";
import { registerRead } from "./read.ts";
import { registerSimulate } from "./simulate.ts";
import { registerTerminal } from "./terminal.ts";
import { registerVerify } from "./verify.ts";

export function registerPassport(program: Command, io: CliIo, openCardChannel?: OpenCardChannel): void {
  const passport = verbs(program, "passport").description("travel documents and their chips");
  registerRead(passport, io, openCardChannel);
  registerVerify(passport, io);
  registerInspect(passport, io);
  registerSimulate(passport, io);
  registerMake(passport, io);
  registerTerminal(passport, io);
}
