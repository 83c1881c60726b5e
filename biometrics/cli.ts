import type { Command } from "commander";

/** What a verb may print; the same shape as the command line's own, of which this room imports nothing. */
export interface BiometricsIo {
  print(line: string): void;
  json(value: unknown): void;
  exit(code: number): void;
}

/** The verbs of this room. */
export function register(_program: Command, _io: BiometricsIo): void {}
