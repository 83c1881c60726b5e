import type { Command } from "commander";
import type { Clock, RandomBytes } from "./environment.ts";

/** What a verb of the `kabina` command line gets besides its arguments. */
export interface CliIo {
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Prints one line for people; silent when the verb was asked for `--json`. */
  print(line: string): void;
  /** Prints one JSON document on one line, for programs. */
  json(value: unknown): void;
  /** Ends the process with this code once the verb has returned. */
  exit(code: number): void;
}

/** The verb of this name, made when it is not there yet: verbs of one name may come from several rooms. */
export function verbs(program: Command, name: string): Command {
  return program.commands.find((command) => command.name() === name) ?? program.command(name);
}
