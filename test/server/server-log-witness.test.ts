/** What would be lost: that the server cannot take back what its own log has said, when nobody but its booths has seen it. */
import { execFile } from "node:child_process";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "@jest/globals";
import { AuditTrail } from "../../booth/audit-trail.ts";
import { carryLog, witnessServer } from "../../booth/courier-log.ts";
import { ServerLogWatch } from "../../booth/server-log-watch.ts";
import { Witnessing } from "../../booth/witnessing.ts";
import { exportLog } from "../../crypto/audit/export.ts";
import { readCertificates } from "../../crypto/audit/file.ts";
import { verifyAuditLog } from "../../crypto/audit/verify.ts";
import { witnessExport } from "../../crypto/audit/witness-export.ts";
import { writeInstallation } from "../../crypto/authority/installation.ts";
import { writeTrust } from "../../crypto/authority/trust.ts";
import type { KeyStore, PrivateKeyHandle } from "../../crypto/keys/key.ts";
import { systemClock, systemRandom } from "../../crypto/system-environment.ts";
import { type AuditedSigner, openDecisionSigner } from "../../server/review/decision-signer.ts";
import { openStore, type Store } from "../../server/store/store.ts";
import { cosignBox } from "../../server/witness/courier.ts";
import { OwnLog, witnessedFile } from "../../server/witness/own-log.ts";
import { answerWitness } from "../../server/witness/routes.ts";
import { Witness } from "../../server/witness/witness.ts";
import { makeInstallation, type TestInstallation } from "./installation.ts";

let installation: TestInstallation;
let store: Store;
/** To be closed after each test. */
const open: { close(): unknown }[] = [];
let server: AuditedSigner;
let witness: Witness;
let folder: string;
let count = 0;
const signal = AbortSignal.timeout(120_000);
const logPath = (name = "server") => join(folder, name, "audit.log");

beforeAll(async () => {
  installation = await makeInstallation();
});
afterAll(() => installation.remove());
beforeEach(async () => {
  folder = join(installation.folder, `case-${++count}`);
  await mkdir(folder);
  store = openStore(join(folder, "kabina.sqlite"), installation.identity.recipients, systemRandom);
  await openServer("server");
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  await server.close();
  store.close();
});

/** A server with the log of that name, and the witness of booths' logs beside it. */
async function openServer(name: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  server = await openDecisionSigner(logPath(name), installation.identity.keys, systemClock);
  const own = new OwnLog(logPath(name), server.witnessed);
  const { trust, identity } = installation;
  const tools = { store, key: identity.keys.audit, anchors: [trust.root], clock: systemClock };
  witness = new Witness({ ...tools, ownLog: () => own });
}
async function record(text: string): Promise<void> {
  const event = {
    sequence: 1,
    by: "officer-1",
    kind: "certificate.revoked",
    subject: text,
    at: "2026-11-28T10:00:00Z",
  };
  await server.record([{ ...event, data: {} }]);
}

/** A booth that has its own log witnessed, and then witnesses the server's. */
async function makeBooth(boothId: "booth-1" | "booth-2", name: string = boothId) {
  const key: PrivateKeyHandle = boothId === "booth-1" ? installation.booth : installation.otherBooth;
  const place = join(folder, name);
  await mkdir(place, { recursive: true });
  const client = {
    witness: async (below: string, _signal: AbortSignal, body?: string | Uint8Array) => {
      const [path, query = ""] = below.split("?") as [string, string?];
      const method = body === undefined ? "GET" : "POST";
      const reply = await answerWitness(witness, boothId, { method, path, query }, async () => Buffer.from(body ?? ""));
      if (reply.status !== 200) throw new Error(`status ${reply.status}`);
      return reply.body;
    },
  };
  const { trust } = installation;
  const trail = await AuditTrail.open({
    ...{ folder: place, boothId, key, clock: systemClock },
    onFault: (error) => {
      throw error;
    },
  });
  open.push(trail);
  trail.note("booth.started");
  await new Witnessing({ trail, trust, clock: systemClock }).contact(client, signal);
  const notes: string[] = [];
  const note = (kind: string) => notes.push(kind);
  return {
    place,
    notes,
    visit: (change: Partial<typeof client> = {}) =>
      new ServerLogWatch({ folder: place, boothId, trust, key, clock: systemClock, note }).contact(
        { ...client, ...change },
        signal,
      ),
  };
}

it("booths cosign the server's log as it grows; its export verifies with their word, by our reader and by the one of the docs", async () => {
  const [first, second] = [await makeBooth("booth-1"), await makeBooth("booth-2")];
  await first.visit();
  await record("a");
  await first.visit();
  await record("b");
  await second.visit();
  await first.visit();
  await record("c");
  await exportLog(logPath(), join(folder, "out"));
  const verified = await verifyAuditLog(join(folder, "out"), { anchors: [installation.trust.root] });
  expect(verified.witnesses.map(({ witness: name, entries }) => [name, entries]).sort()).toEqual([
    ["kabina/booth/booth-1/witness", 2],
    ["kabina/booth/booth-2/witness", 2],
  ]);
  // Each witness's newest word covers what it said before.
  expect((await readFile(join(folder, "out.cosigned"), "utf8")).split("\n\n").length - 1).toBe(4);
  const doc = await readFile(new URL("../../docs/formats/audit.md", import.meta.url), "utf8");
  await writeFile(join(folder, "verify.py"), /```python\n([\s\S]*?)```/.exec(doc)![1]!);
  await writeFile(join(folder, "root.pem"), installation.trust.root.toPem());
  const { stdout } = await promisify(execFile)("python3", ["verify.py", "out", "root.pem"], { cwd: folder });
  expect(stdout).toContain("verified 3 entries");
});

it("a server that rewrites its log, or cuts it back, is found by each booth that saw it; the evidence is both signed heads, once", async () => {
  const booth = await makeBooth("booth-1");
  await record("a");
  await record("b");
  await booth.visit();
  const kept = await readFile(join(booth.place, "server-log.note"), "utf8");
  // Another history of the same length and longer, signed by the same key.
  await server.close();
  await openServer("other");
  await record("x");
  await expect(booth.visit()).rejects.toMatchObject({ code: "audit/server-cut-back" });
  await record("y");
  await expect(booth.visit()).rejects.toMatchObject({ code: "audit/server-forked" });
  await expect(booth.visit()).rejects.toMatchObject({ code: "audit/server-forked" });
  await record("z");
  await expect(booth.visit()).rejects.toMatchObject({ code: "audit/server-forked" });
  const evidence = (await readFile(join(booth.place, "server-log.evidence"), "utf8")).trim().split("\n");
  expect(evidence.map((line) => JSON.parse(line).code)).toEqual([
    "audit/server-cut-back",
    "audit/server-forked",
    "audit/server-forked",
  ]);
  expect(evidence.every((line) => JSON.parse(line).kept === kept)).toBe(true);
  expect(booth.notes).toEqual(evidence.map(() => "server-log.evidence"));
  // What it believes is what it saw first, and nothing of the other history bears its name.
  expect(await readFile(join(booth.place, "server-log.note"), "utf8")).toBe(kept);
  await expect(readFile(`${logPath("other")}.cosigned`)).rejects.toThrow();
});

it("who shows each booth another history is found when they are held together: a booth's head is not in the other's log", async () => {
  const booth = await makeBooth("booth-1");
  await record("for booth-1");
  await booth.visit();
  await server.close();
  await openServer("other");
  await record("for booth-2");
  const second = await makeBooth("booth-2");
  await second.visit();
  await exportLog(logPath("other"), join(folder, "out"));
  // The first booth's word under the other history.
  const word = await readFile(`${logPath()}.cosigned`, "utf8");
  await writeFile(join(folder, "out.cosigned"), word + (await readFile(join(folder, "out.cosigned"), "utf8")));
  await cp(`${logPath()}.crt.pem`, join(folder, "out.crt.pem"));
  const both = verifyAuditLog(join(folder, "out"), { anchors: [installation.trust.root] });
  await expect(both).rejects.toMatchObject({ code: "audit/rewritten" });
});

it("a booth believes no stranger's head, and the server keeps no stranger's word", async () => {
  const booth = await makeBooth("booth-1");
  await record("a");
  const forged = (text: string) => text.replace(/^(kabina-server-audit\n)\d+/m, "$17");
  const answer = async (below: string) => Buffer.from(forged(witness.ownAddition(0)) + below.slice(0, 0));
  await expect(
    booth.visit({
      witness: async (below) =>
        below.startsWith("/server?") ? answer(below) : Buffer.from(JSON.stringify(witness.standing("booth-1"))),
    }),
  ).rejects.toMatchObject({
    code: "audit/checkpoint-signature",
  });
  await rm(join(booth.place, "server-log.note"), { force: true });
  await booth.visit();
  const good = (await readFile(`${logPath()}.cosigned`, "utf8")).trimEnd();
  await expect(witness.takeCosignature("booth-2", `${good}\n`)).rejects.toMatchObject({ code: "audit/key-unknown" });
  const changed = `${good.slice(0, -8)}AAAAAA==\n`;
  await expect(witness.takeCosignature("booth-1", changed)).rejects.toMatchObject({ code: "audit/cosignature" });
  const other = good.replace(/\n1\n/, "\n0\n");
  await expect(witness.takeCosignature("booth-1", `${other}\n`)).rejects.toMatchObject({ code: "audit/inconsistent" });
});

it("an auditor remembers what they saw, and holds the next export, or what a booth saw, against it", async () => {
  const booth = await makeBooth("booth-1");
  await record("a");
  await booth.visit();
  const kept = join(folder, "auditor.note");
  const trust = { anchors: [installation.trust.root] };
  const tools = { clock: systemClock, random: systemRandom };
  const visit = async (log: string, memory = kept) => {
    const out = join(folder, `export-${Math.random()}`);
    await exportLog(logPath(log), out);
    return witnessExport(out, { kept: memory }, trust, tools);
  };
  expect(await visit("server")).toMatchObject({ entries: 1, before: null, witness: null });
  await record("b");
  expect(await visit("server")).toMatchObject({ entries: 2, before: 1 });
  await server.close();
  await openServer("other");
  await record("x");
  await expect(visit("other")).rejects.toMatchObject({ code: "audit/server-cut-back" });
  await record("y");
  await expect(visit("other")).rejects.toMatchObject({ code: "audit/server-forked" });
  await expect(visit("other", join(booth.place, "server-log.note"))).rejects.toMatchObject({
    code: "audit/server-forked",
  });
  expect(await visit("server")).toMatchObject({ before: 2 });
});

it("a booth that only a courier reaches witnesses it too; by courier as over the link, a server that was set back is found", async () => {
  const data = join(folder, "village");
  const booth = join(data, "booth");
  await mkdir(booth, { recursive: true });
  const { trust, identity } = installation;
  const key: PrivateKeyHandle = installation.booth;
  await writeTrust(join(booth, "trust"), trust);
  const fingerprints = { root: trust.root.sha256, booth: key.chain[0]!.sha256 };
  await writeInstallation(booth, {
    ...{ format: "kabina-installation/1", boothId: "booth-1", serverUrl: "https://localhost" },
    ...{ office: { id: "office-1", name: "Office 1" }, fingerprints },
  });
  const onFault = (error: unknown) => {
    throw error;
  };
  const trail = await AuditTrail.open({ folder: booth, boothId: "booth-1", key, clock: systemClock, onFault });
  open.push(trail);
  trail.note("booth.started");
  await trail.settled();
  const keys = async () => ({ load: async () => key, former: async () => [] }) as unknown as KeyStore;
  const box = join(folder, "box");
  await mkdir(box);
  /** There, at the server beside its running writer, and back. */
  const trip = async () => {
    await carryLog(booth, box);
    const own = new OwnLog(logPath(), await witnessedFile(logPath()));
    const tools = { store, key: identity.keys.audit, anchors: [trust.root], clock: systemClock, ownLog: () => own };
    const [log] = await cosignBox(box, new Witness(tools), await readCertificates(logPath()));
    const seen = await witnessServer(booth, box, { keys, clock: systemClock });
    return [log!.witnessed, seen];
  };
  await record("a");
  expect(await trip()).toEqual(["none", 1]);
  await record("b");
  await record("c");
  expect(await trip()).toEqual(["kept", 3]);
  expect(await trip()).toEqual(["kept", 3]);
  const verified = await verifyAuditLog(logPath(), { anchors: [trust.root] });
  expect(verified.witnesses).toMatchObject([{ witness: "kabina/booth/booth-1/witness", entries: 3 }]);

  // Another's word, or one over another log, is not kept, and the log itself is cosigned all the same.
  await writeFile(join(box, "server-log-booth-1.cosigned"), "nonsense");
  const refused = await cosignBox(box, witness, await readCertificates(logPath()));
  expect(refused).toMatchObject([{ refused: null, witnessed: "audit/checkpoint-malformed" }]);

  // A server that was restored from before: what the booth has seen is longer.
  await server.close();
  await rm(join(folder, "server"), { recursive: true });
  await openServer("server");
  await record("other");
  await expect(trip()).rejects.toMatchObject({ code: "audit/server-cut-back" });
  expect(await readFile(join(booth, "server-log.evidence"), "utf8")).toContain("audit/server-cut-back");
  await record("other");
  await record("other");
  await expect(trip()).rejects.toMatchObject({ code: "audit/server-forked" });
});
