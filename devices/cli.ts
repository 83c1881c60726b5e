import type { Command } from "commander";
import type { CliIo } from "../crypto/cli-io.ts";

export { openCardChannel } from "./card-channel.ts";

/** The verbs of this room. */
export function register(_program: Command, _io: CliIo): void {}
