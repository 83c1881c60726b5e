/** What would be lost: that the server cannot take back what its own log has said, when nobody but its booths has seen it. */
import { execFile } from "node:child_process";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "@jest/globals";
import { AuditTrail } from "../../booth/audit-trail.ts";
import { ServerLogWatch } from "../../booth/server-log-watch.ts";
import { Witnessing } from "../../booth/witnessing.ts";
import { exportLog } from "../../crypto/audit/export.ts";
import { verifyAuditLog } from "../../crypto/audit/verify.ts";
import { witnessExport } from "../../crypto/audit/witness-export.ts";
import type { PrivateKeyHandle } from "../../crypto/keys/key.ts";
import { systemClock, systemRandom } from "../../crypto/system-environment.ts";
import { type AuditedSigner, openDecisionSigner } from "../../server/review/decision-signer.ts";
import { openStore, type Store } from "../../server/store/store.ts";
import { OwnLog } from "../../server/witness/own-log.ts";
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
