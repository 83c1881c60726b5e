/**
 * How many packages of 400 KB a second the intake takes on one core, offer to receipt over mutual TLS, durable and verified:
 * against the rate at which this disk can durably write the same bytes and node:crypto can check the same signatures.
 *
 *     node dist/test/bench/intake.js [PACKAGES] [CONNECTIONS]
 */
import { verify } from "node:crypto";
import { once } from "node:events";
import { mkdir, open, readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { tlsAuthorities } from "../../crypto/authority/trust.ts";
import { INTAKE_PATHS } from "../../crypto/delivery/answers.ts";
import { writeOffer } from "../../crypto/delivery/offer.ts";
import { Child } from "../processes/child.ts";
import { makeInstallation } from "../server/installation.ts";
import { offerOf } from "../server/intake-requests.ts";

const GOAL = 0.5;
const CONTENT_BYTES = 400_000;
/** Signatures that a package stands on: its manifest's, the booth's certificate's, and that of the authority above it. */
const SIGNATURES = 3;

const packages = Number(process.argv[2] ?? 100);
const connections = Number(process.argv[3] ?? 8);
const installation = await makeInstallation();
const prepared = await Promise.all(
  Array.from({ length: packages }, async () => {
    const { path, sha256 } = await installation.seal(CONTENT_BYTES);
    const bytes = await readFile(path);
    return { sha256, bytes, offer: writeOffer(await offerOf(bytes)) };
  }),
);

const agent = new Agent({
  keepAlive: true,
  maxSockets: connections,
  ca: tlsAuthorities(installation.trust, "servers"),
  ...installation.booth.tls(),
});
const limit = { write: await writeRate(), check: await checkRate() };
const bound = 1 / (1 / limit.write + 1 / limit.check);
const server = await Child.start("server-process", [installation.folder, "0"]);
const { port } = JSON.parse(server.line) as { port: number };
await sendAll(prepared.slice(0, connections)); // connections are made, code is warm
const before = await server.cpuSeconds();
const begun = performance.now();
await sendAll(prepared.slice(connections));
const seconds = (performance.now() - begun) / 1000;
const cpu = (await server.cpuSeconds()) - before;
const taken = packages - connections;
const rate = taken / seconds;
console.log(
  `package               ${prepared[0]!.bytes.length} bytes, ${taken} of them over ${connections} connections`,
);
console.log(`disk, durably         ${limit.write.toFixed(1)} packages/s`);
console.log(`signatures checked    ${limit.check.toFixed(1)} packages/s (${SIGNATURES} each)`);
console.log(`limit of both         ${bound.toFixed(1)} packages/s`);
console.log(
  `intake                ${rate.toFixed(1)} packages/s, ${(taken / cpu).toFixed(1)} per second of one core's time`,
);
console.log(`ratio to the limit    ${(rate / bound).toFixed(2)} (goal at least ${GOAL})`);
agent.destroy();
await server.kill();
await installation.remove();
if (rate / bound < GOAL) process.exitCode = 1;

/** Packages a second when the same bytes are only written and synced, as many at once as there are connections. */
async function writeRate(): Promise<number> {
  const folder = join(installation.folder, "baseline");
  await mkdir(folder);
  const begun = performance.now();
  await inParallel(prepared, async ({ sha256, bytes }) => {
    const file = await open(join(folder, sha256), "w");
    await file.write(bytes);
    await file.datasync();
    await file.close();
  });
  return (packages / (performance.now() - begun)) * 1000;
}

/** Packages a second when only the signatures are checked, in one thread. */
async function checkRate(): Promise<number> {
  const data = prepared[0]!.bytes.subarray(0, 2000);
  const signature = await installation.booth.sign(data);
  const begun = performance.now();
  for (let i = 0; i < packages * SIGNATURES; i++) verify("sha256", data, installation.booth.publicKey, signature);
  return (packages / (performance.now() - begun)) * 1000;
}

async function sendAll(list: typeof prepared): Promise<void> {
  await inParallel(list, async ({ sha256, bytes, offer }) => {
    const offered = await ask("POST", INTAKE_PATHS.offers, offer);
    const { offset } = JSON.parse(offered.toString()) as { offset: number };
    await ask("PATCH", `${INTAKE_PATHS.uploads}/${sha256}`, bytes.subarray(offset), {
      "tus-resumable": "1.0.0",
      "upload-offset": offset,
      "content-type": "application/offset+octet-stream",
    });
    const receipt = await ask("GET", `${INTAKE_PATHS.receipts}/${sha256}`);
    if (!receipt.includes("signature")) throw new Error("no receipt");
  });
}

async function ask(
  method: string,
  path: string,
  body?: Uint8Array,
  headers: Record<string, string | number> = {},
): Promise<Buffer> {
  const length = body ? { "content-length": body.length } : {};
  const asking = request(`https://localhost:${port}${path}`, { agent, method, headers: { ...headers, ...length } });
  asking.end(body);
  const [response] = (await once(asking, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const answer = Buffer.concat(chunks);
  if ((response.statusCode ?? 500) >= 300) throw new Error(`${method} ${path}: ${response.statusCode} ${answer}`);
  return answer;
}

/** Works through a list, as many at once as there are connections. */
async function inParallel<T>(list: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...list];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: connections }, worker));
}
