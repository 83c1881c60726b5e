/** `kabina booth`, `kabina slip make`, `kabina enrol`. */
import { mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import { auditCommand } from "../crypto/audit/cli.ts";
import type { CliIo } from "../crypto/cli-io.ts";
import { KabinaError } from "../crypto/errors/kabina-error.ts";
import { LONGEST_SLIP_HOURS } from "../crypto/slip/issuers.ts";
import { untilStopped } from "../crypto/until-stopped.ts";
import { LEAST_FREE_FLOOR_BYTES } from "./readiness.ts";

const DEFAULT_PORT = 8080;
const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"] as const;

interface BoothFlags {
  readonly data: string;
  readonly port: number;
  readonly person?: string;
  readonly reader?: "pcscd" | "in-process";
  readonly faults?: string;
  readonly scannerFile?: string;
  readonly cabinetSwitch?: string;
  readonly cabinetOpen: "0" | "1";
  readonly policy?: string;
  readonly passphraseFile?: string;
  readonly pinFd?: number;
  readonly leastFreeBytes?: number;
  readonly log: string;
  readonly withInput?: true;
  readonly json?: true;
}

interface ProvisionFlags {
  readonly data: string;
  readonly profile?: string;
  readonly qr?: readonly string[];
  readonly rootSha256: string;
  readonly person?: string;
  readonly json?: true;
}

interface SlipFlags {
  readonly data: string;
  readonly count: number;
  readonly hours: number;
  readonly json?: true;
}

interface TakeFlags {
  readonly data: string;
  readonly from: string;
  readonly passphraseFile?: string;
  readonly pinFd?: number;
  readonly json?: true;
}

interface StaffFlags {
  readonly data: string;
  readonly number: string;
  readonly pinFile: string;
}

interface EnrolFlags {
  readonly scenario?: string;
  readonly seed: number;
  readonly count: number;
  readonly keep?: string;
  readonly data?: string;
  readonly json?: true;
}

/** The verbs of this room. */
export function register(program: Command, io: CliIo): void {
  const booth = program
    .command("booth")
    .description("run the booth: devices, sessions, kiosk screen")
    .option("--data <dir>", "the data folder", "data")
    .option("--port <n>", "port of the kiosk screen, on this machine only; 0 for any", whole(0, 65_535), DEFAULT_PORT)
    .addOption(new Option("--devices <kind>", "real devices: the default").choices(["real"]).conflicts("person"))
    .option("--person <dir>", "simulate the devices of this synthetic person (kabina person make)")
    .addOption(new Option("--reader <where>", "the simulated passport's reader").choices(["pcscd", "in-process"]))
    .option("--faults <file>", "JSON plan of what goes wrong with simulated devices")
    .option("--scanner-file <file>", "image in which a page scanner's own program leaves the page on the glass")
    .option(
      "--cabinet-switch <file>",
      "where the level of the cabinet's switch stands, 0 or 1, such as /sys/class/gpio/gpio17/value",
    )
    .addOption(new Option("--cabinet-open <level>", "the level of an open cabinet").choices(["0", "1"]).default("1"))
    .option("--policy <file>", "JSON policy of the session instead of the built-in one")
    .option("--passphrase-file <file>", "passphrase of the booth's keys (0600)")
    .option("--pin-fd <n>", "descriptor that gives the PIN of the token, where keys lie in one", whole(3, 1023))
    .option(
      "--least-free-bytes <n>",
      "free bytes on the disk under which no session begins",
      whole(LEAST_FREE_FLOOR_BYTES, 2 ** 40),
    )
    .addOption(new Option("--log <level>", "least important line of the log").choices(LOG_LEVELS).default("info"))
    .option("--with-input", "end when standard input ends, as it does with the program that started this one")
    .option("--json", "one JSON document a line")
    .action((flags: BoothFlags) => serve(flags, io));
  booth
    .command("provision")
    .description("make this machine a booth from a signed profile (kabina office add); run again until it is ready")
    .option("--profile <file>", "the signed profile")
    .option(
      "--qr <picture...>",
      "pictures of the profile's QR codes in place of the file; `camera`: the booth's camera looks for them",
    )
    .requiredOption("--root-sha256 <digits>", "16 digits or more of the root's fingerprint, brought on paper")
    .action((_own: unknown, command: Command) => provisionFromProfile(command.optsWithGlobals(), io));
  booth
    .command("ask-again")
    .description("after an officer refused this booth's key, which is gone: let it ask with a new one")
    .action((_own: unknown, command: Command) => askAgain(command.optsWithGlobals(), io));
  booth
    .command("rotate")
    .description("replace the key of the booth's journals, while it stands still; what was cut off still opens")
    .option("--rehearse", "only show that it would work")
    .action((_own: unknown, command: Command) => rotateJournalKey(command.optsWithGlobals(), io));
  program
    .command("slip")
    .description("slips that open a session")
    .command("make")
    .description("make slips, as the desk does")
    .option("--data <dir>", "the data folder", "data")
    .option("--count <n>", "how many", whole(1, 1000), 1)
    .option("--hours <n>", "how long they are good", whole(1, LONGEST_SLIP_HOURS), 24 * 14)
    .option("--json", "print one JSON document")
    .action((flags: SlipFlags) => makeSlips(flags, io));
  program
    .command("staff")
    .description("members of staff whom the booth knows: the second person of an exception")
    .command("add")
    .description("add a member, or give them a new PIN")
    .requiredOption("--number <digits>", "their number, 3 to 12 digits")
    .requiredOption("--pin-file <file>", "a file (0600) with their PIN, 6 to 12 digits")
    .option("--data <dir>", "the data folder", "data")
    .action((flags: StaffFlags) => addStaff(flags, io));
  const audit = auditCommand(program);
  audit
    .command("carry")
    .description("at a booth without a link: put its log into a courier's box, for the server to cosign")
    .requiredOption("--out <box>", "the courier's folder")
    .option("--data <dir>", "the data folder", "data")
    .option("--json", "print one JSON document")
    .action(async (flags: { data: string; out: string; json?: true }) => {
      const { carryLog } = await import("./courier-log.ts");
      await mkdir(resolve(flags.out), { recursive: true });
      const carried = await carryLog(join(resolve(flags.data), "booth"), resolve(flags.out));
      if (flags.json) io.json(carried);
      io.print(`${carried.entries} entries of ${carried.origin}; at the server: kabina audit cosign BOX`);
    });
  audit
    .command("take")
    .description(
      "at a booth without a link: take the heads that the server cosigned out of the courier's box, and witness the server's own log",
    )
    .requiredOption("--from <box>", "the courier's folder; what the booth cosigns is put back into it")
    .option("--data <dir>", "the data folder", "data")
    .option("--passphrase-file <file>", "passphrase of the booth's keys (0600)")
    .option("--pin-fd <n>", "descriptor that gives the PIN of the token, where keys lie in one", whole(3, 1023))
    .option("--json", "print one JSON document")
    .action(async (flags: TakeFlags) => {
      const [{ takeCosigned, witnessServer }, { openKeyStore }, { boothSecrets }] = await Promise.all([
        import("./courier-log.ts"),
        import("../crypto/keys/open-store.ts"),
        import("./booth-secrets.ts"),
      ]);
      const [folder, box] = [join(resolve(flags.data), "booth"), resolve(flags.from)];
      const taken = await takeCosigned(folder, box);
      const keys = () => openKeyStore(join(folder, "keys"), boothSecrets(folder, flags), io.random);
      const witnessed = await witnessServer(folder, box, { keys, clock: io.clock });
      if (flags.json) io.json({ taken, witnessed });
      io.print(`${taken} cosigned heads taken`);
      if (witnessed !== null)
        io.print(`the server's log was seen to ${witnessed} entries and cosigned: the box goes back to the server`);
    });
  program
    .command("enrol")
    .description("run whole enrolments through a real booth and a real server, without a screen")
    .option("--scenario <file>", "who enrols, what goes wrong and how it should end (docs/scenarios.md)")
    .option("--seed <n>", "the first person's seed", whole(0, 0x7fffffff), 1)
    .option("--count <n>", "how many people, one after the other", whole(1, 10_000), 1)
    .option("--keep <dir>", "leave copies of the sealed packages and of the certificates that verify them")
    .option("--data <dir>", "use this data folder and leave it; otherwise one that is removed afterwards")
    .option("--json", "print one JSON document")
    .action((flags: EnrolFlags) => runEnrol(flags, io));
}

async function serve(flags: BoothFlags, io: CliIo): Promise<void> {
  const [{ runBooth }, { boothLog }, { FaultPlan }, { SessionPolicy }] = await Promise.all([
    import("./main.ts"),
    import("./log.ts"),
    import("../devices/simulator/fault-plan.ts"),
    import("../crypto/policy/session-policy.ts"),
  ]);
  const booth = await runBooth({
    data: resolve(flags.data),
    port: flags.port,
    clock: io.clock,
    random: io.random,
    log: boothLog(flags.log),
    ...(flags.passphraseFile === undefined ? {} : { passphraseFile: flags.passphraseFile }),
    ...(flags.pinFd === undefined ? {} : { pinFd: flags.pinFd }),
    ...(flags.leastFreeBytes === undefined ? {} : { leastFreeBytes: flags.leastFreeBytes }),
    ...(flags.person === undefined ? {} : { person: resolve(flags.person) }),
    ...(flags.scannerFile === undefined ? {} : { scannerFile: resolve(flags.scannerFile) }),
    ...(flags.cabinetSwitch === undefined
      ? {}
      : { cabinetSwitch: { path: resolve(flags.cabinetSwitch), open: flags.cabinetOpen } }),
    ...(flags.reader === undefined ? {} : { reader: flags.reader }),
    ...(flags.faults === undefined ? {} : { faults: await settings(flags.faults, FaultPlan) }),
    ...(flags.policy === undefined ? {} : { policy: await settings(flags.policy, SessionPolicy) }),
  });
  if (flags.json) io.json({ event: "ready", url: booth.url });
  io.print(`kiosk screen: ${booth.url}`);
  await untilStopped(flags.withInput === true);
  await booth.close();
}

async function provisionFromProfile(flags: ProvisionFlags, io: CliIo): Promise<void> {
  const [{ provisionBooth }, { FileKeyStore }, { ensurePassphrase }, { passphraseFile }] = await Promise.all([
    import("./office/provision-booth.ts"),
    import("../crypto/keys/file-store.ts"),
    import("../crypto/keys/passphrase.ts"),
    import("../crypto/authority/provision.ts"),
  ]);
  const folder = join(resolve(flags.data), "booth");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const passphrase = await ensurePassphrase(passphraseFile(folder), io.random);
  const store = await FileKeyStore.openOrCreate(join(folder, "keys"), passphrase, io.random);
  const profile = await profileText(flags, io);
  const made = await provisionBooth({ folder, profile, pinned: flags.rootSha256, store, clock: io.clock });
  if (flags.json) io.json(made);
  io.print(`${made.boothId}, ${made.office}; profile signed by ${made.officer}`);
  if (made.movedFrom !== null) io.print(`moved from ${made.movedFrom}; packages sealed before keep that origin`);
  io.print(`key ${made.keyId.replace(/.{4}(?=.)/g, "$& ")}`);
  for (const problem of made.problems) io.print(`problem: ${problem}`);
  if (made.state === "ready") io.print("ready: kabina booth");
  else io.print("waits for an officer, who compares the key's digits; then run this again");
  if (made.state !== "ready" || made.problems.length > 0) io.exit(1);
}

async function askAgain(flags: BoothFlags, io: CliIo): Promise<void> {
  const { allowNewKey } = await import("./office/refused-key.ts");
  const refused = await allowNewKey(join(resolve(flags.data), "booth"));
  if (flags.json) io.json({ refused });
  io.print(`key ${refused.replace(/.{4}(?=.)/g, "$& ")} was refused and is gone`);
  io.print("a running booth asks with a new one within five minutes; otherwise: kabina booth provision");
}

async function rotateJournalKey(flags: BoothFlags & { rehearse?: true }, io: CliIo): Promise<void> {
  const [{ rotateByHand }, { boothSecrets }] = await Promise.all([
    import("./journal/rotate-command.ts"),
    import("./booth-secrets.ts"),
  ]);
  const folder = join(resolve(flags.data), "booth");
  const { clock, random } = io;
  const done = await rotateByHand(folder, flags.rehearse === true, {
    ...{ secrets: boothSecrets(folder, flags), clock, random },
  });
  if (flags.json) io.json({ kind: "booth-journal", rehearsal: flags.rehearse === true, ...done });
  for (const line of done.shown) io.print(`  ${line}`);
  io.print(
    flags.rehearse
      ? "booth-journal: would be replaced"
      : `booth-journal: ${done.before.slice(0, 16)} is now ${done.after.slice(0, 16)}`,
  );
}

async function profileText({ profile, qr, person }: ProvisionFlags, io: CliIo): Promise<string> {
  const read = (path: string) =>
    readFile(resolve(path)).catch((cause: unknown) => {
      throw new KabinaError("profile/missing", { path: resolve(path) }, { cause });
    });
  if (qr === undefined) return (await read(profile ?? "")).toString("utf8");
  const { readProfileCodes } = await import("./office/profile-codes.ts");
  if (!qr.includes("camera")) return readProfileCodes(await Promise.all(qr.map(read)));
  const { openDevices } = await import("../devices/open.ts");
  // With `--person`: what that person's film shows, as anywhere else.
  const devices = openDevices({ ...io, ...(person === undefined ? {} : { person: resolve(person) }) });
  const until = AbortSignal.timeout(CODES_SOUGHT_MS);
  try {
    const camera = await devices.camera.ready({ timeoutMs: CAMERA_READY_MS });
    io.print("hold the profile's codes before the camera");
    const frames = camera.preview({ signal: until, maxWidth: CODES_WIDTH });
    return await readProfileCodes(mapped(frames));
  } finally {
    await devices.close();
  }
}

async function* mapped(frames: AsyncIterable<{ readonly jpeg: Uint8Array }>): AsyncGenerator<Uint8Array> {
  for await (const { jpeg } of frames) yield jpeg;
}

/** Milliseconds that the camera looks for codes, and pixels across of what it shows the reader. */
const CODES_SOUGHT_MS = 120_000;
/** Milliseconds in which a camera is there, or is said to be absent. */
const CAMERA_READY_MS = 15_000;
const CODES_WIDTH = 1920;

async function runEnrol(flags: EnrolFlags, io: CliIo): Promise<void> {
  const [{ enrol }, { readScenario }] = await Promise.all([import("./enrol/enrol.ts"), import("./enrol/scenario.ts")]);
  const began = io.clock.monotonic();
  const cases = await enrol({
    seed: flags.seed,
    count: flags.count,
    clock: io.clock,
    random: io.random,
    say: (line) => io.print(line),
    ...(flags.scenario === undefined ? {} : { scenario: await readScenario(resolve(flags.scenario)) }),
    ...(flags.keep === undefined ? {} : { keep: resolve(flags.keep) }),
    ...(flags.data === undefined ? {} : { data: resolve(flags.data) }),
  });
  const good = cases.filter(({ ok }) => ok).length;
  const totalMs = Math.round(io.clock.monotonic() - began);
  if (flags.json) io.json({ ok: good === flags.count, good, count: flags.count, totalMs, cases });
  io.print(`${good} of ${flags.count} as expected, ${(totalMs / 1000).toFixed(1)} s`);
  if (good !== flags.count) io.exit(1);
}

async function makeSlips({ data, count, hours, json }: SlipFlags, io: CliIo): Promise<void> {
  const { issueSlips } = await import("./slip/issue.ts");
  const slips = await issueSlips(resolve(data), io, { count, hours });
  if (json) io.json({ slips });
  for (const { number, expiresAt, token } of slips) {
    io.print(`${number.replace(/(\d{3})(\d{3})(\d{4})/, "$1 $2 $3")}  good until ${expiresAt.toISOString()}`);
    io.print(`  ${token}`);
  }
}

async function addStaff({ data, number, pinFile }: StaffFlags, io: CliIo): Promise<void> {
  const [{ StaffRoll }, { checkPrivate }] = await Promise.all([
    import("./staff/roll.ts"),
    import("../crypto/keys/private-file.ts"),
  ]);
  await checkPrivate(resolve(pinFile), "key/passphrase-missing");
  const pin = (await readFile(resolve(pinFile), "utf8")).trim();
  await new StaffRoll(join(resolve(data), "booth"), io.clock).add(number, pin, io.random);
  io.print(`staff ${number} can confirm exceptions at this booth`);
}

/** A JSON file that a flag names, by its schema. Throws `booth/settings-malformed`. */
async function settings<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(resolve(file), "utf8"));
  } catch (cause) {
    throw new KabinaError("booth/settings-malformed", { file, reason: "not a JSON file" }, { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const reason = z.prettifyError(parsed.error).replaceAll("\n", " ");
  throw new KabinaError("booth/settings-malformed", { file, reason });
}

/** An argument that is a whole number in a range. */
function whole(least: number, most: number) {
  return (text: string): number => {
    const number = Number(text);
    if (!Number.isInteger(number) || number < least || number > most)
      throw new InvalidArgumentError(`a whole number, ${least} to ${most}`);
    return number;
  };
}
