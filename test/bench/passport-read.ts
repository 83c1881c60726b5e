/**
 * How long the reading of a 12 kB passport takes, PACE to proof, in one process and over the real pcscd with vsmartcard's virtual reader, and how
 * many commands it needs. Baseline of the same run: the elliptic-curve work of PACE done by OpenSSL (five multiplications on each side).
 *
 *     npm run build && node dist/test/bench/passport-read.js [ROUNDS]
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createECDH } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock, systemRandom } from "../../crypto/system-environment.ts";
import { pcscReaders } from "../../devices/smartcard/pcsc.ts";
import { startPrivateDaemon } from "../../devices/smartcard/private-daemon.ts";
import type { CardChannel } from "../../mrtd/card/channel.ts";
import { readPassport } from "../../mrtd/reader/read-passport.ts";
import { makePassport, type PassportData, remakePassport, writePassport } from "../../mrtd/synthetic/passport.ts";
import { openVirtualChannel } from "../../mrtd/virtual/channel.ts";
import { VirtualPassport } from "../../mrtd/virtual/passport.ts";

const GOAL_MS = 150;
const PICTURE_BYTES = 12_000;
const rounds = Number(process.argv[2] ?? 10);
const environment = { clock: systemClock, random: systemRandom };

const passport = remakePassport(
  makePassport({
    ...environment,
    mrz: {
      format: "TD3",
      documentCode: "P",
      issuer: "UTO",
      documentNumber: "L898902C3",
      nationality: "UTO",
      dateOfBirth: "740812",
      sex: "F",
      dateOfExpiry: "321231",
      primaryIdentifier: "ERIKSSON",
      secondaryIdentifier: "ANNA MARIA",
    },
    portrait: Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, ...new Uint8Array(PICTURE_BYTES)]),
  }),
  { bac: false, pace: [["2", 2, 13]] },
  environment,
);

async function readOnce(channel: CardChannel, data: PassportData): Promise<{ ms: number; apdus: number }> {
  const began = performance.now();
  const { steps, proof } = await readPassport(channel, data.access.mrz, {
    ...environment,
    csca: [data.csca.certificate],
  });
  if (proof.passiveAuthentication.verdict !== "passed") throw new Error("the passport is not proved");
  return { ms: performance.now() - began, apdus: steps.reduce((sum, step) => sum + step.apdus, 0) };
}

/** Ten multiplications on the same curve, as PACE's two sides do together. */
function baselineMs(): number {
  const began = performance.now();
  const peer = createECDH("brainpoolP256r1").generateKeys();
  for (let i = 0; i < 5; i++) {
    const pair = createECDH("brainpoolP256r1");
    pair.generateKeys();
    pair.computeSecret(peer);
  }
  return performance.now() - began;
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

function report(where: string, results: readonly { ms: number; apdus: number }[], baselines: readonly number[]): void {
  const ms = median(results.map((result) => result.ms));
  const first = results[0]!;
  console.log(
    `${where}: median ${ms.toFixed(0)} ms (goal ${GOAL_MS}), first ${first.ms.toFixed(0)} ms, ${first.apdus} APDUs; ` +
      `OpenSSL's share of the curve work ${median(baselines).toFixed(1)} ms, ratio ${(ms / median(baselines)).toFixed(1)}`,
  );
}

const results: { ms: number; apdus: number }[] = [];
const baselines: number[] = [];
for (let round = 0; round < rounds; round++) {
  baselines.push(baselineMs());
  results.push(await readOnce(openVirtualChannel(new VirtualPassport({ data: passport, ...environment })), passport));
}
report("in one process", results, baselines);

const folder = await mkdtemp(join(tmpdir(), "kabina-bench-"));
await writePassport(folder, passport);
const daemon = await startPrivateDaemon();
const readers = pcscReaders({ ...environment, socket: daemon.socket, simulated: true });
let card: ChildProcess | undefined;
try {
  const kabina = join(import.meta.dirname, "../../cli/kabina.js");
  const command = [
    ...daemon.enter,
    process.execPath,
    kabina,
    "passport",
    "simulate",
    "--dir",
    folder,
    "--port",
    String(daemon.port),
  ];
  card = spawn(command[0]!, command.slice(1), { stdio: "ignore" });
  const [info] = await readers.list();
  const reader = await readers.open(info!.id);
  const overReader: { ms: number; apdus: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const channel = await reader.connect();
    overReader.push(await readOnce(channel, passport));
    await channel.close();
  }
  report("over pcscd and vpcd", overReader, baselines);
  await reader.close();
} finally {
  card?.kill("SIGTERM");
  await readers.close();
  await daemon.close();
  await rm(folder, { recursive: true });
}
