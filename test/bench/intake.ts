/**
 * How many packages of 400 KB a second the intake takes on one core, from offer to receipt over mutual TLS, durable and verified:
 * against the rate at which this disk can durably write the same bytes and node:crypto can check the same signatures.
 *
 *     node dist/test/bench/intake.js [PACKAGES A ROUND] [ROUNDS] [CONNECTIONS]
 *
 * Packages are sent by what booths send them with, in one request each, over connections that stay. Each round measures all sides, one after the
 * other; the middle round counts. The limit is stated three times: for a disk that writes one package at a time, for one that writes
 * as many at once as there are connections, and by the processor's time. None of them contains TLS or HTTP: what Node takes for those
 * shows a server that takes the same request and only hashes and writes (`bare-process.ts`).
 */
import { verify } from "node:crypto";
import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { IntakeClient, type PackageFile } from "../../booth/outbox/intake-client.ts";
import { OUTBOX_LIMITS } from "../../booth/outbox/limits.ts";
import { tlsAuthorities } from "../../crypto/authority/trust.ts";
import { type PackageHead, readHead } from "../../crypto/delivery/head.ts";
import type { Offer } from "../../crypto/delivery/offer.ts";
import { placedStretches } from "../../crypto/package/body-scan.ts";
import { decodeManifest } from "../../crypto/package/manifest.ts";
import { systemRandom } from "../../crypto/system-environment.ts";
import { Child } from "../processes/child.ts";
import { makeInstallation } from "../server/installation.ts";
import { offerOf } from "../server/intake-requests.ts";
import { ENROLMENT_PARTS, enrolmentParts } from "./enrolment-parts.ts";

const GOAL = 0.5;
/** Signatures that a package stands on: its manifest's, the booth's certificate's, and that of the authority above it. */
const SIGNATURES = 3;
/** Small packages before the first round: connections are made, code is warm as in a server that has run for a minute. */
const WARMING = 2000;

const perRound = Number(process.argv[2] ?? 200);
const rounds = Number(process.argv[3] ?? 5);
const connections = Number(process.argv[4] ?? 16);
const installation = await makeInstallation();
const { recipients } = installation.trust;

interface Prepared {
  readonly file: PackageFile;
  readonly bytes: Buffer;
  readonly offer: Offer;
}

/** `share`: of the bytes that a package's parts usually have. */
async function prepare(count: number, share = 1): Promise<Prepared[]> {
  const prepared: Prepared[] = [];
  for (let i = 0; i < count; i++) {
    const { path } = await installation.seal(0, { parts: enrolmentParts(recipients, share) });
    const bytes = await readFile(path);
    const offer = await offerOf(bytes);
    const { manifest } = readHead(bytes) as PackageHead;
    const stretches = placedStretches(decodeManifest(manifest), offer.head.length).filter(({ known }) => !known);
    prepared.push({ file: { path, stretches }, bytes, offer });
  }
  return prepared;
}

const clientsOf = ({ line }: Child): IntakeClient[] =>
  Array.from({ length: connections }, () => {
    const { port } = JSON.parse(line) as { port: number };
    return new IntakeClient({
      url: `https://localhost:${port}`,
      credentials: installation.booth.tls(),
      authorities: tlsAuthorities(installation.trust, "servers"),
      limits: OUTBOX_LIMITS,
    });
  });

const server = await Child.start("server-process", [installation.folder, "0"]);
const bare = await Child.start("bare-process", [installation.folder]);
const [ours, theirs] = [clientsOf(server), clientsOf(bare)];
for (let left = WARMING; left > 0; left -= perRound) {
  // The last ones are of the usual size: by them a connection learns that its link is wide.
  const last = left <= perRound;
  const warming = await prepare(last ? 2 * connections : perRound, last ? 1 : 0.02);
  await sendAll(ours, warming);
  await sendAll(theirs, warming);
  await discard(warming);
}

interface Round {
  readonly serial: number;
  readonly parallel: number;
  readonly check: number;
  /** Packages a second of the clock, and per second of one core's time. */
  readonly rate: number;
  readonly perCore: number;
  /** Packages whose writing and checking one core has the time for in a second. */
  readonly coreLimit: number;
  /** Packages per second of one core's time that the bare server takes. */
  readonly bare: number;
}
const measured: Round[] = [];
for (let round = 0; round < rounds; round++) {
  const prepared = await prepare(perRound);
  const cpuBefore = process.cpuUsage();
  const serial = await writeRate(prepared, 1);
  const parallel = await writeRate(prepared, connections);
  const writing = process.cpuUsage(cpuBefore);
  const check = await checkRate(perRound);
  const before = await server.cpuSeconds();
  const begun = performance.now();
  await sendAll(ours, prepared);
  const rate = (perRound / (performance.now() - begun)) * 1000;
  const perCore = perRound / ((await server.cpuSeconds()) - before);
  const writingSeconds = (writing.user + writing.system) / 1e6 / (2 * perRound);
  const bareBefore = await bare.cpuSeconds();
  await sendAll(theirs, prepared);
  const bareRate = perRound / ((await bare.cpuSeconds()) - bareBefore);
  await discard(prepared);
  measured.push({
    serial,
    parallel,
    check,
    rate,
    perCore,
    coreLimit: 1 / (writingSeconds + 1 / check),
    bare: bareRate,
  });
}
for (const client of [...ours, ...theirs]) client.close();
await server.kill();
await bare.kill();
await installation.remove();

const limitOf = (write: number, check: number) => 1 / (1 / write + 1 / check);
const middle = (of: (round: Round) => number) => measured.map(of).sort((a, b) => a - b)[rounds >> 1] as number;
const line = (what: string, value: string) => console.log(`${what.padEnd(34)}${value}`);
const rateOf = (of: (round: Round) => number) => `${middle(of).toFixed(0)} packages/s`;
const serialRatio = middle((r) => r.perCore / limitOf(r.serial, r.check));
const parallelRatio = middle((r) => r.perCore / limitOf(r.parallel, r.check));
line("rounds", `${rounds} of ${perRound} packages, ${ENROLMENT_PARTS} parts each, ${connections} connections`);
line(
  "disk, durably, one at a time",
  rateOf((r) => r.serial),
);
line(
  `disk, durably, ${connections} at once`,
  rateOf((r) => r.parallel),
);
line("signatures checked, one core", `${rateOf((r) => r.check)} (${SIGNATURES} each)`);
line(
  "limit of both, one at a time",
  rateOf((r) => limitOf(r.serial, r.check)),
);
line(
  `limit of both, ${connections} at once`,
  rateOf((r) => limitOf(r.parallel, r.check)),
);
line(
  "limit of one core's time for both",
  rateOf((r) => r.coreLimit),
);
line("intake, by the clock", `${rateOf((r) => r.rate)} (the sender shares the machine)`);
line(
  "intake, per second of one core",
  `${rateOf((r) => r.perCore)}, ${(1000 / middle((r) => r.perCore)).toFixed(2)} ms each`,
);
line(
  "ratio to the limit",
  `${serialRatio.toFixed(2)} one at a time, ${parallelRatio.toFixed(2)} ${connections} at once (goal ${GOAL})`,
);
line("ratio to one core's limit", middle((r) => r.perCore / r.coreLimit).toFixed(2));
line(
  "a bare server, per core second",
  `${rateOf((r) => r.bare)}, ${(1000 / middle((r) => r.bare)).toFixed(2)} ms each: TLS, HTTP, two hashes, one write`,
);
line(
  "  its own ratios to the limits",
  [
    middle((r) => r.bare / limitOf(r.serial, r.check)),
    middle((r) => r.bare / limitOf(r.parallel, r.check)),
    middle((r) => r.bare / r.coreLimit),
  ]
    .map((ratio) => ratio.toFixed(2))
    .join(", "),
);
line("  the intake's ratio to it", middle((r) => r.perCore / r.bare).toFixed(2));
if (parallelRatio < GOAL) process.exitCode = 1;

/** Packages a second when the same bytes are only written and synced. */
async function writeRate(prepared: readonly Prepared[], atOnce: number): Promise<number> {
  const folder = join(installation.folder, "baseline");
  await mkdir(folder);
  const begun = performance.now();
  await inParallel(prepared, atOnce, async ({ offer, bytes }) => {
    const file = await open(join(folder, offer.sha256.toString("hex")), "w");
    await file.write(bytes);
    await file.datasync();
    await file.close();
  });
  const rate = (prepared.length / (performance.now() - begun)) * 1000;
  await rm(folder, { recursive: true });
  return rate;
}

/** Packages a second when only the signatures are checked, in one thread. */
async function checkRate(count: number): Promise<number> {
  const data = systemRandom(2000);
  const signature = await installation.booth.sign(data);
  const before = process.cpuUsage();
  for (let i = 0; i < count * SIGNATURES; i++) verify("sha256", data, installation.booth.publicKey, signature);
  const { user, system } = process.cpuUsage(before);
  return (count / (user + system)) * 1e6;
}

/** As booths send them, each over a connection of its own. */
async function sendAll(to: readonly IntakeClient[], list: readonly Prepared[]): Promise<void> {
  const left = [...list];
  const send = async (client: IntakeClient) => {
    const { signal } = new AbortController();
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      const { receipt } = await client.create(item.offer, item.file, () => undefined, signal);
      if (!receipt) throw new Error("no receipt");
    }
  };
  await Promise.all(to.map(send));
}

async function discard(list: readonly Prepared[]): Promise<void> {
  for (const { file } of list) await rm(file.path);
}

/** Works through a list, so many at once. */
async function inParallel<T>(list: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = [...list];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
