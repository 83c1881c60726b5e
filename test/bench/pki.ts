/**
 * How fast the authority's office and the audit log are, against what this machine's processor and disk can do in the same run.
 *
 *     node dist/test/bench/pki.js [ENROLMENTS] [QUESTIONS] [ENTRIES OF THE LARGE LOG]
 *
 * Each pair is measured in alternation and the middle round counts: the disk of a shared machine is never twice the same.
 */
import { generateKeyPairSync, sign, verify } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type Sqlite from "better-sqlite3";
import { HashTree } from "../../crypto/audit/hash-tree.ts";
import { AuditLog } from "../../crypto/audit/log.ts";
import { inclusionProof, leafHash, verifyInclusion } from "../../crypto/audit/merkle.ts";
import { nameOf } from "../../crypto/authority/authority.ts";
import { buildRequest } from "../../crypto/certificate/request.ts";
import { buildQuestion } from "../../crypto/certificate/status-protocol.ts";
import { importFreshKey } from "../../crypto/keys/curve.ts";
import { systemClock, systemRandom } from "../../crypto/system-environment.ts";
import { MemoryKeyStore } from "../crypto/deterministic-key.ts";
import { makePkiInstallation } from "../server/pki/pki-installation.ts";

const enrolments = Number(process.argv[2] ?? 300);
/** Renewals and commits before the clock runs: the databases' logs then have the length that they keep, as those of a server that has run for an hour. */
const warming = 1200;
const questions = Number(process.argv[3] ?? 3000);
const entries = Number(process.argv[4] ?? 10_000_000);
const rounds = 5;

const rate = async (count: number, task: (at: number) => unknown): Promise<number> => {
  const before = performance.now();
  for (let at = 0; at < count; at++) await task(at);
  return (count * 1000) / (performance.now() - before);
};
const middle = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;
const tell = (what: string, ours: number[], floor: number[], goal: number, unit = "/s"): void => {
  const ratio = middle(ours.map((value, at) => value / floor[at]!));
  console.log(
    `${what.padEnd(34)} ${Math.round(middle([...ours])).toLocaleString("en")}${unit}, limit ${Math.round(middle([...floor])).toLocaleString("en")}${unit}: ${ratio.toFixed(2)} (at least ${goal}) ${ratio >= goal ? "ok" : "MISSED"}`,
  );
};

const folder = await mkdtemp(join(tmpdir(), "kabina-bench-"));
const Engine = createRequire(import.meta.url)("better-sqlite3") as typeof Sqlite;
const database = new Engine(join(folder, "floor.sqlite"));
database.pragma("journal_mode = WAL");
database.pragma("synchronous = FULL");
database.exec("CREATE TABLE row (id INTEGER PRIMARY KEY, content BLOB)");
const insert = database.prepare("INSERT INTO row (content) VALUES (?)");
const kilobyte = systemRandom(1024);
const { privateKey, publicKey: itsPublic } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const message = systemRandom(500);
const proof = sign("sha256", message, privateKey);
const info = itsPublic.export({ format: "der", type: "spki" });

const office = await makePkiInstallation();
const desk = office.pki.office;

// Enrolments: a request is read and its proof checked, a certificate signed, everything durable. Renewals, as they come by the thousand.
const store = new MemoryKeyStore(systemRandom);
const key = await store.generate("booth-identity");
const scheme = { kind: "ecdsa", digest: "sha256" } as const;
/** Booths that ask at the same moment; each is answered when its certificate is on the disk. */
const atOnce = 8;
const ours: number[] = [];
const oneByOne: number[] = [];
const floor: number[] = [];
// A request a key and a name: made before the clock runs.
const asked: { der: Uint8Array; name: string }[] = [];
for (let at = 0; at < warming + enrolments * rounds; at++) {
  const { privateKey: own, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const spki = publicKey.export({ format: "der", type: "spki" });
  const name = `bench-${at}`;
  const der = await buildRequest(nameOf(name), spki, { scheme, sign: async (data) => sign("sha256", data, own) });
  asked.push({ der, name });
}
const issuer = desk.issuer("booths").certificate;
const heldBy = async (name: string) => (await desk.authority.issue("booth-identity", key, name))[0]!;
/** Those who renew next, each with a certificate that is old enough. */
const next = async (count: number): Promise<(at: number) => Promise<unknown>> => {
  const some = asked.splice(0, count);
  const held = await Promise.all(some.map(({ name }) => heldBy(name)));
  desk.register.change(() => {
    for (const certificate of held) desk.register.addCertificate(certificate, "booths");
  });
  office.clock.aheadMs += 3 * 60 * 60_000;
  return (at) => desk.renew(held[at]!, some[at]!.der, "booths");
};
const alone = () => {
  sign("sha256", message, privateKey);
  insert.run(kilobyte);
};
/** What RFC 7030 wants beyond the limit, by node:crypto alone: the request's key is read, its proof checked. */
const proven = async () => {
  verify("sha256", message, await importFreshKey(info), proof);
  alone();
};
const withProof: number[] = [];
await rate(warming, alone);
await rate(warming, await next(warming));
for (let round = 0; round < rounds; round++) {
  floor.push(await rate(enrolments, alone));
  withProof.push(await rate(enrolments, proven));
  const half = enrolments >> 1;
  const renew = await next(enrolments);
  oneByOne.push(await rate(half, renew));
  const groups = Math.ceil((enrolments - half) / atOnce);
  const perGroup = await rate(groups, (group) => {
    const from = half + group * atOnce;
    return Promise.all(Array.from({ length: Math.min(atOnce, enrolments - from) }, (_, at) => renew(from + at)));
  });
  ours.push(((enrolments - half) / groups) * perGroup);
}
tell("EST renewals, one after the other", oneByOne, floor, 0.5);
tell(`EST renewals, ${atOnce} at once`, ours, floor, 0.5);
const ofProven = middle(oneByOne.map((value, at) => value / withProof[at]!));
console.log(
  `  with the request's key and proof the limit is ${Math.round(middle([...withProof])).toLocaleString("en")}/s; one after the other reaches ${ofProven.toFixed(2)} of that`,
);

// Answers about certificates: signed on demand (with a nonce) and signed ahead.
const known = await heldBy("bench-0");
desk.register.change(() => desk.register.addCertificate(known, "booths"));
const fresh: number[] = [];
const ahead: number[] = [];
const signing: number[] = [];
for (let round = 0; round < rounds; round++) {
  signing.push(await rate(questions, () => sign("sha256", message, privateKey)));
  const withNonce = buildQuestion([known], issuer, systemRandom(16));
  fresh.push(await rate(questions, () => office.pki.status.answer(withNonce)));
  const without = buildQuestion([known], issuer);
  ahead.push(await rate(questions, () => office.pki.status.answer(without)));
}
tell("OCSP answers signed on demand", fresh, signing, 0.25);
tell("OCSP answers signed ahead", ahead, fresh, 1);

// The audit log, one by one and in groups.
const log = await AuditLog.open(join(folder, "audit.log"), {
  origin: "bench",
  key,
  clock: systemClock,
  mayBlock: true,
});
const data = {
  case: "C-0123456789ab",
  package: "0b6d9c8e-6a52-4f0e-9d7e-3c1f2a4b5c6d",
  operator: "operator-1",
  filler: "x".repeat(800),
};
const single: number[] = [];
const singleFloor: number[] = [];
const grouped: number[] = [];
const groupedFloor: number[] = [];
for (let round = 0; round < rounds; round++) {
  singleFloor.push(await rate(500, () => insert.run(kilobyte)));
  single.push(await rate(500, () => log.append("bench.entry", data)));
  const hundred = database.transaction(() => {
    for (let at = 0; at < 100; at++) insert.run(kilobyte);
  });
  groupedFloor.push(100 * (await rate(30, () => hundred())));
  grouped.push(
    100 * (await rate(30, () => Promise.all(Array.from({ length: 100 }, () => log.append("bench.entry", data))))),
  );
}
tell("audit append, durable, one by one", single, singleFloor, 0.6);
tell("audit append, durable, by hundreds", grouped, groupedFloor, 0.6);

const tree = new HashTree();
const counter = Buffer.alloc(8);
const before = performance.now();
for (let at = 0; at < entries; at++) {
  counter.writeDoubleBE(at);
  tree.append(leafHash(counter));
}
console.log(
  `a log of ${entries.toLocaleString("en")} entries built in ${Math.round((performance.now() - before) / 1000)} s`,
);
const root = tree.root();
// Five rounds over the whole log, the first of them cold; the slowest of a round is told for the first and for the middle one.
const tries = 1000;
const slowest: number[] = [];
const average: number[] = [];
for (let round = 0; round < rounds; round++) {
  let worst = 0;
  let spent = 0;
  for (let at = 0; at < tries; at++) {
    const index = Math.floor(((at + round / rounds) * entries) / tries);
    const began = performance.now();
    const proof = inclusionProof(tree.leaves, index, entries);
    const took = performance.now() - began;
    worst = Math.max(worst, took);
    spent += took;
    if (at % 100 === 0) {
      counter.writeDoubleBE(index);
      if (!verifyInclusion(leafHash(counter), index, entries, proof, root)) throw new Error("proof does not hold");
    }
  }
  slowest.push(worst);
  average.push(spent / tries);
}
const micro = (ms: number) => `${(ms * 1000).toFixed(0)} µs`;
const cold = slowest[0]!;
console.log(
  `inclusion proof: ${micro(middle(average))} on average, slowest of ${tries} ${micro(middle(slowest))}, in the first round ${micro(cold)} (under 1000 µs) ${middle(slowest) < 1 ? "ok" : "MISSED"}`,
);
await log.close();
database.close();
await office.remove();
await rm(folder, { recursive: true });
