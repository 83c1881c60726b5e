#!/usr/bin/env node
/** The `kabina` command line: every room registers its verbs; failures come out as code, cause and next step. */
import { createRequire } from "node:module";
import { Command } from "commander";
import { register as biometrics } from "../biometrics/cli.ts";
import { register as booth } from "../booth/cli.ts";
import { register as crypto } from "../crypto/cli.ts";
import type { CliIo } from "../crypto/cli-io.ts";
import { explain } from "../crypto/errors/catalogue.ts";
import { KabinaError } from "../crypto/errors/kabina-error.ts";
import { loadGostEngine } from "../crypto/suites/gost.ts";
import { systemClock, systemRandom } from "../crypto/system-environment.ts";
import { register as devices, openCardChannel } from "../devices/cli.ts";
import { register as mrtd } from "../mrtd/cli.ts";
import { register as server } from "../server/cli.ts";
import { register as doctor } from "./doctor.ts";
import { register as start } from "./start.ts";

const { version } = createRequire(import.meta.url)("../../package.json") as { version: string };
const language = /^ru/i.test(process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || "") ? "ru" : "en";
const asksForJson = process.argv.includes("--json");

// Whoever reads may stop reading (`kabina doctor | head`), or be gone: what is done goes on, and needs no stack trace.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });

const io: CliIo = {
  clock: systemClock,
  random: systemRandom,
  print: (line) => {
    if (!asksForJson) process.stdout.write(`${line}\n`);
  },
  json: (value) => process.stdout.write(`${JSON.stringify(value)}\n`),
  exit: (code) => {
    process.exitCode = code;
  },
};

// Who reads no further (`… | head`) has read enough: that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

/** Milliseconds in which what failed may still write down what it has. */
const LAST_WORDS_MS = 3000;

/** How `--help` lists the verbs: by what one comes for. */
const groups: Readonly<Record<string, readonly string[]>> = {
  "Run:": ["start", "booth", "server", "enrol", "doctor"],
  "Look at captures and documents:": ["face", "finger", "wsq", "record", "passport", "mrz", "csca", "person", "device"],
  "Packages and what happened:": ["package", "audit", "slip"],
  "Keys, people and policy:": ["pki", "key", "card", "people", "staff", "office", "policy"],
};

/** What a person gave a wrong path for, or may not touch: said by its path, not as something unexpected. */
function fileTrouble(error: unknown): KabinaError | undefined {
  const { code = "", path } = (error ?? {}) as NodeJS.ErrnoException;
  const known = ["ENOENT", "EACCES", "EPERM", "EISDIR", "ENOTDIR", "EROFS", "EEXIST", "ENOSPC"];
  if (path === undefined || !known.includes(code)) return undefined;
  return new KabinaError("file/not-usable", { path, reason: code }, { cause: error });
}

const program = new Command("kabina")
  .version(version, "-V, --version", "say which version this is")
  .helpOption("-h, --help", "say what a verb does and takes")
  .description("An open biometric passport booth and the enrolment service behind it")
  .option("--gost-engine <file>", "load the GOST engine (gost.so) for packages that are signed by GOST R 34.10-2012")
  .showHelpAfterError()
  .hook("preAction", () => {
    const { gostEngine } = program.opts<{ gostEngine?: string }>();
    if (gostEngine !== undefined) loadGostEngine(gostEngine);
  });

for (const register of [start, booth, devices, crypto]) register(program, io);
biometrics(program, io, { language, explain: (error) => explain(error, language) });
doctor(program, io, language);
// The drivers of card readers are in devices, which mrtd and server may not import: they meet here.
for (const register of [mrtd, server]) register(program, io, (options) => openCardChannel(systemClock, options));
program.addHelpCommand(new Command("help").argument("[verb]").description("the same of one verb").helpGroup("Run:"));
for (const [group, names] of Object.entries(groups))
  for (const verb of program.commands) if (names.includes(verb.name())) verb.helpGroup(group);

try {
  await program.parseAsync();
} catch (error) {
  const explained = explain(fileTrouble(error) ?? error, language);
  if (asksForJson) io.json({ error: explained });
  else process.stderr.write(`${explained.code}\n  ${explained.cause}\n  ${explained.next}\n`);
  if (explained.code === "internal/unexpected" && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
  // A start that failed half way may have left open what keeps a process alive; nobody waits for it.
  setTimeout(() => process.exit(), LAST_WORDS_MS).unref();
}
