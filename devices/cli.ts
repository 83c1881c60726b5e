/** The verbs of this room: `kabina device list|health|capture`. */

import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import type { CliIo } from "../crypto/cli-io.ts";
import { explain } from "../crypto/errors/catalogue.ts";
import { KabinaError } from "../crypto/errors/kabina-error.ts";
import { captureOnce } from "./capture-once.ts";
import { driversFor } from "./drivers.ts";
import { openDevices } from "./open.ts";
import { type DeviceKind, deviceKinds, type FingerPosition, fingerPositions } from "./port.ts";
import { DeviceRegistry } from "./registry.ts";
import { pause } from "./wait.ts";

export { openCardChannel } from "./card-channel.ts";
export { diagnose } from "./diagnosis.ts";

interface Flags {
  readonly json?: boolean;
  readonly person?: string;
}
interface CaptureFlags extends Flags {
  readonly out?: string;
  readonly finger?: FingerPosition;
  readonly seconds: number;
}

/** How long `health` waits for devices that are still being opened. */
const SETTLE_MS = 15_000;
const LOOK_AGAIN_MS = 100;
/** The longest that `capture` may be told to wait, seconds. */
const LONGEST_WAIT_S = 86_400;

export function register(program: Command, io: CliIo): void {
  const device = program
    .command("device")
    .description("cameras, fingerprint sensors, card readers, scanners, pads, printers");
  const person = "use the simulated devices of this synthetic person (kabina person make)";
  device
    .command("list")
    .description("which devices are connected, and which drivers cannot look")
    .option("--person <dir>", person)
    .option("--json", "for programs")
    .action((flags: Flags) => list(flags, io));
  device
    .command("health")
    .description("open every device and say how it is; exit code 1 when one fails")
    .option("--person <dir>", person)
    .option("--json", "for programs")
    .action((flags: Flags) => health(flags, io));
  device
    .command("capture")
    .description("take one capture and say what came; nothing is kept unless --out names a file")
    .addArgument(new Argument("<kind>", "which kind of device").choices([...deviceKinds]))
    .option("--person <dir>", person)
    .option("--out <file>", "write what was captured: JPEG, PNG (prints) or JSON")
    .option("--seconds <n>", "how long to wait", seconds, 60)
    .addOption(new Option("--finger <position>", "which finger a simulated sensor gives").choices([...fingerPositions]))
    .option("--json", "for programs")
    .action((kind: DeviceKind, flags: CaptureFlags) => capture(kind, flags, io));
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= LONGEST_WAIT_S)) throw new InvalidArgumentError(`seconds, up to ${LONGEST_WAIT_S}`);
  return value;
}

const configOf = ({ person }: Flags, { clock, random }: CliIo) => ({
  clock,
  random,
  ...(person === undefined ? {} : { person: resolve(person) }),
});

async function list(flags: Flags, io: CliIo): Promise<void> {
  const { drivers, simulation } = driversFor(configOf(flags, io));
  const registry = new DeviceRegistry({ drivers });
  await registry.refresh();
  const devices = registry.devices().map(({ info }) => info);
  const problems = drivers.flatMap(({ name, kind }) => {
    const problem = registry.problem(kind);
    return problem === null ? [] : [{ driver: name, kind, code: problem.code, details: problem.details }];
  });
  await registry.close();
  await simulation?.passport.close();
  for (const { kind, name, id, simulated } of devices)
    io.print(`${kind}\t${name}\t${id}${simulated ? "\tsimulated" : ""}`);
  if (devices.length === 0) io.print("No device is connected.");
  for (const { driver, code, details } of problems) {
    const { cause, next } = explain(new KabinaError(code, details));
    io.print(`${driver}: ${cause} ${next}`);
  }
  if (flags.json) io.json({ devices, problems });
}

async function health(flags: Flags, io: CliIo): Promise<void> {
  const devices = openDevices(configOf(flags, io));
  const endsAt = io.clock.monotonic() + SETTLE_MS;
  const isOpening = () => devices.status().some((one) => one.health.state === "opening");
  while (isOpening() && io.clock.monotonic() < endsAt) await pause(LOOK_AGAIN_MS);
  const status = devices.status();
  await devices.close();
  for (const { kind, info, health: now } of status) {
    io.print(`${kind}\t${now.state}\t${info?.name ?? ""}`);
    if (now.problem === null) continue;
    const { cause, next } = explain(new KabinaError(now.problem.code, now.problem.details));
    io.print(`  ${cause} ${next}`);
  }
  if (flags.json) io.json({ devices: status });
  if (status.some((one) => one.health.state === "failed" || one.health.state === "opening")) io.exit(1);
}

async function capture(kind: DeviceKind, flags: CaptureFlags, io: CliIo): Promise<void> {
  const timeoutMs = flags.seconds * 1000;
  const devices = openDevices(configOf(flags, io));
  try {
    const finger = flags.finger === undefined ? {} : { finger: flags.finger };
    const tell = (state: string) => io.print(`  ${state}`);
    const taken = await captureOnce(devices, kind, { timeoutMs, tell, ...finger });
    if (flags.out !== undefined) await writeFile(flags.out, taken.file, { mode: 0o600 });
    io.print(`${kind}: ${taken.summary}`);
    if (flags.json) io.json({ kind, device: taken.device, ...taken.measures });
  } finally {
    await devices.close();
  }
}
