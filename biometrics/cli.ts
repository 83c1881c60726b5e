import type { Command } from "commander";
import { registerFace } from "./face/cli.ts";
import { registerFinger } from "./finger/cli.ts";
import { registerRecord } from "./records/cli.ts";
import { registerWsq } from "./wsq/cli.ts";

/** What a verb may use and print; the same shape as the command line's own, of which this room imports nothing. */
export interface BiometricsIo {
  readonly clock: { monotonic(): number; now(): Date };
  print(line: string): void;
  json(value: unknown): void;
  exit(code: number): void;
}

/** How the reader is spoken to; the texts of errors are not this room's. */
export interface BiometricsWords {
  readonly language: "en" | "ru";
  explain(error: unknown): { readonly code: string; readonly cause: string; readonly next: string };
}

/** The verbs of this room. */
export function register(program: Command, io: BiometricsIo, words: BiometricsWords): void {
  registerFace(program, io, words);
  registerFinger(program, io);
  registerWsq(program, io);
  registerRecord(program, io);
}
