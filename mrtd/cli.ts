import type { Command } from "commander";
import type { CliIo } from "../crypto/cli-io.ts";
import { registerPerson } from "./synthetic/person-cli.ts";

/** The verbs of this room. */
export function register(program: Command, io: CliIo): void {
  registerPerson(program, io);
}
