/**
 * `kabina start`: server and booth on the embedded default, with keys of this installation's own and, unless real devices are
 * asked for, a synthetic person's passport and fingers on simulated ones.
 */

import { execFile } from "node:child_process";
import { access, copyFile, mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { type Command, InvalidArgumentError, Option } from "commander";
import { passphraseFile, provision } from "../crypto/authority/provision.ts";
import type { CliIo } from "../crypto/cli-io.ts";
import { checkFolder, claimFolder } from "../crypto/folder-claim.ts";
import { type SuiteId, suiteIds } from "../crypto/suites/names.ts";
import { suites } from "../crypto/suites/registry.ts";
import { KabinaProcess, SaidFailure } from "./kabina-process.ts";

const run = promisify(execFile);

/** Taken when free; the next free one otherwise. */
const usualPorts = { intake: 8443, pki: 8444, console: 8081, kiosk: 8080 } as const;

/** Why a server does not start that is no reason to run a booth without one. */
const notMeant: ReadonlySet<string> = new Set(["server/port-taken", "server/already-running"]);

/** The largest seed that `kabina person make` takes. */
const LARGEST_SEED = 2 ** 31 - 1;

interface StartFlags {
  readonly data: string;
  readonly devices: "real" | "simulated";
  readonly seed: string;
  readonly suite?: SuiteId;
}

/** Suites that need no module from elsewhere. */
const ownSuites = suiteIds.filter((id) => !suites[id].ready);

export function register(program: Command, io: CliIo): void {
  program
    .command("start")
    .description("run server and booth on this machine, ready for an enrolment")
    .option("--data <dir>", "the data folder", "data")
    .addOption(
      new Option("--devices <kind>", "the devices of this machine, or simulated ones")
        .choices(["simulated", "real"])
        .default("simulated"),
    )
    .addOption(new Option("--suite <id>", "the suite of keys that are made now").choices(ownSuites))
    .option("--seed <n>", "which synthetic person the simulated devices belong to", seedOf, "1")
    .action((flags: StartFlags) =>
      start(flags, io).catch((error: unknown) => {
        // What the process said is on the screen already.
        if (!(error instanceof SaidFailure)) throw error;
        io.exit(1);
      }),
    );
}

async function start({ data, devices, seed, suite }: StartFlags, io: CliIo): Promise<void> {
  const folder = resolve(data);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const place of [folder, join(folder, "simulation")]) await checkFolder(place);
  await claimFolder(folder, "start");
  // Before the ports are chosen: it takes a while, and a port that was free then may be taken by the end of it.
  const person = devices === "simulated" ? await syntheticPerson(folder, seed, io) : undefined;
  const ports = await freePorts();
  await provision(folder, io, {
    sensors: true,
    serverUrl: `https://localhost:${ports.intake}`,
    pkiUrl: `https://localhost:${ports.pki}`,
    ...(suite ? { suite } : {}),
  });
  if (person !== undefined) await trustPerson(folder, person, seed);

  // A booth without a server is how a bus works all day: it keeps what it seals.
  const server = await KabinaProcess.start("server", [
    ...["--data", folder, "--port", String(ports.intake), "--console-port", String(ports.console)],
    ...["--pki-port", String(ports.pki)],
  ]).catch((error: unknown) => {
    // Somebody else has this machine's ports, or the folder: a booth beside them would not do what was meant.
    if (error instanceof SaidFailure && notMeant.has(error.code)) throw error;
    return undefined;
  });
  let booth: Awaited<ReturnType<typeof KabinaProcess.start>>;
  try {
    booth = await KabinaProcess.start("booth", [
      ...["--data", folder, "--port", String(ports.kiosk), "--log", "warn"],
      ...(person === undefined ? [] : ["--person", person, "--cabinet-switch", await simulatedCabinet(folder)]),
    ]);
  } catch (error) {
    await server?.process.stop();
    throw error;
  }

  io.print("");
  io.print(server ? "Kabina is running." : "The booth is running; the server is not, and why is said above.");
  io.print(`  Kiosk screen, for the applicant:  ${booth.ready.url}`);
  if (server) io.print(`  Operator console, signed in once: ${server.ready.signIn}`);
  else io.print("  No operator console: what is enrolled waits in the booth's outbox until there is a server.");
  io.print(`  The booth's status:               ${new URL("/status", booth.ready.url)}`);
  if (person !== undefined)
    io.print("  Passport and fingers are a synthetic person's, the camera theirs or your own; no slip is needed.");
  io.print("End it with Ctrl+C.");

  const asked = new Promise<undefined>((stop) => {
    process.once("SIGINT", () => stop(undefined));
    process.once("SIGTERM", () => stop(undefined));
  });
  const fallen = await Promise.race([
    asked,
    ...(server ? [server.process.ended.then((code) => ({ name: "server", code }))] : []),
    booth.process.ended.then((code) => ({ name: "booth", code })),
  ]);
  // The booth first: what it still sends, the server can still take.
  await booth.process.stop();
  await server?.process.stop();
  if (fallen !== undefined) {
    io.print(`The ${fallen.name} ended by itself (${fallen.code ?? "by a signal"}); what it said is above.`);
    io.exit(1);
  }
}

function seedOf(text: string): string {
  if (!/^\d{1,10}$/.test(text) || Number(text) > LARGEST_SEED)
    throw new InvalidArgumentError(`a whole number, 0 to ${LARGEST_SEED}`);
  return text;
}

/** The folder of the person of a seed, made at the first start. */
async function syntheticPerson(data: string, seed: string, io: CliIo): Promise<string> {
  const folder = join(data, "simulation", `person-${seed}`);
  const complete = await access(join(folder, "person.json")).then(
    () => true,
    () => false,
  );
  if (!complete) {
    io.print("Making a synthetic person (a face, fingers, a signature, a passport); some ten seconds, once …");
    await run(process.execPath, [process.argv[1] as string, "person", "make", "--seed", seed, "--out", folder]);
  }
  return folder;
}

/** The server is told of the test authority that signed the passport, and the booth may read its prints: in an installation that has its keys. */
async function trustPerson(data: string, person: string, seed: string): Promise<void> {
  // An inspection system that the passport lets read its prints; made anew when it is near its end.
  const [out, passphrase] = [join(data, "booth", "terminal"), passphraseFile(join(data, "booth"))];
  await run(process.execPath, [
    ...[process.argv[1] as string, "passport", "terminal"],
    ...["--out", out, "--passphrase-file", passphrase],
  ]);
  const trusted = join(data, "server", "trust", "csca");
  await mkdir(trusted, { recursive: true, mode: 0o700 });
  await copyFile(join(person, "passport", "csca.der"), join(trusted, `test-person-${seed}.der`));
}

/** A file that stands for the switch of a cabinet, closed; a person opens it with `echo 1 >`. */
async function simulatedCabinet(data: string): Promise<string> {
  const path = join(data, "simulation", "cabinet");
  await writeFile(path, "0\n");
  return path;
}

async function freePorts(): Promise<Record<keyof typeof usualPorts, number>> {
  const [intake, pki, console, kiosk] = [
    await freePort(usualPorts.intake),
    await freePort(usualPorts.pki),
    await freePort(usualPorts.console),
    await freePort(usualPorts.kiosk),
  ];
  return { intake, pki, console, kiosk };
}

/** The port itself when nobody listens on it, else one that the system chooses. */
function freePort(wanted: number): Promise<number> {
  return new Promise((found, failed) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE" || wanted === 0) failed(error);
      else found(freePort(0));
    });
    probe.listen(wanted, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => found(port));
    });
  });
}
