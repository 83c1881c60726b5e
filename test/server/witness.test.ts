/** What would be lost: that a booth cannot take back what its log has said, however late or in whatever way the log comes. */
import { cp, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { AuditTrail } from "../../booth/audit-trail.ts";
import { carryLog, takeCosigned } from "../../booth/courier-log.ts";
import { IntakeClient } from "../../booth/outbox/intake-client.ts";
import { OUTBOX_LIMITS } from "../../booth/outbox/limits.ts";
import { Witnessing } from "../../booth/witnessing.ts";
import { exportLog } from "../../crypto/audit/export.ts";
import { AuditLog } from "../../crypto/audit/log.ts";
import { verifyAuditLog } from "../../crypto/audit/verify.ts";
import { writeInstallation } from "../../crypto/authority/installation.ts";
import { tlsAuthorities, writeTrust } from "../../crypto/authority/trust.ts";
import type { PrivateKeyHandle } from "../../crypto/keys/key.ts";
import { systemClock } from "../../crypto/system-environment.ts";
import type { RunningServer } from "../../server/main.ts";
import { cosignBox } from "../../server/witness/courier.ts";
import { boothLogStanding } from "../../server/witness/gaps.ts";
import { Witness } from "../../server/witness/witness.ts";
import { makeInstallation, type TestInstallation } from "./installation.ts";

let installation: TestInstallation;
let server: RunningServer;
let client: IntakeClient;
let trail: AuditTrail;
let folder: string;
const signal = AbortSignal.timeout(60_000);

const clientOf = (identity: PrivateKeyHandle) =>
  new IntakeClient({
    url: `https://localhost:${server.intakePort}`,
    credentials: identity.tls(),
    authorities: tlsAuthorities(installation.trust, "servers"),
    limits: OUTBOX_LIMITS,
  });
const openTrail = async (name: string, key = installation.booth) => {
  const place = join(installation.folder, name);
  await mkdir(place, { recursive: true });
  const onFault = (error: unknown) => {
    throw error;
  };
  return AuditTrail.open({ folder: place, boothId: "booth-1", key, clock: systemClock, onFault });
};
/** A visit to the witness, whenever the last one was. */
const visit = (of: AuditTrail, by: Pick<IntakeClient, "witness"> = client) =>
  new Witnessing({ trail: of, trust: installation.trust, clock: systemClock }).contact(by, signal);
const note = async (of: AuditTrail, count: number, kind = "session.began") => {
  for (let index = 0; index < count; index++) of.note(kind, { index });
  await of.settled();
};
const standing = () => boothLogStanding(server.store, "booth-1");
const alarms = () => server.store.alarms.latest(10).map(({ code }) => code);

beforeEach(async () => {
  installation = await makeInstallation();
  server = await installation.start();
  client = clientOf(installation.booth);
  folder = join(installation.folder, "one");
  trail = await openTrail("one");
});
afterEach(async () => {
  client.close();
  await trail.close();
  await server.close();
  await installation.remove();
});

it("cosigns a log as it grows; the cosigned head stays in the booth's export, and the entries at the server", async () => {
  await note(trail, 3);
  await visit(trail);
  await note(trail, 4);
  await visit(trail);
  expect(standing()).toMatchObject({ cosigned: 7, held: 7, faults: [] });
  await note(trail, 1);
  await exportLog(join(folder, "audit.log"), join(installation.folder, "out"));
  expect(await verifyAuditLog(join(installation.folder, "out"), { anchors: [installation.trust.root] })).toMatchObject({
    entries: 8,
    cosigned: { entries: 7 },
  });
  // A reply that was lost: the same head again gives another cosignature of it.
  await visit(trail);
  await rm(join(folder, "audit.log.cosigned"));
  await visit(trail);
  expect(await trail.cosigned()).toBe(8);
});

it("has cosigned what it showed, while its log grows during the visit", async () => {
  await note(trail, 3);
  const growing: Pick<IntakeClient, "witness"> = {
    witness: async (below, until, body) => {
      const answer = await client.witness(below, until, body);
      if (below === "") await note(trail, 2);
      return answer;
    },
  };
  await visit(trail, growing);
  expect(await trail.cosigned()).toBe(3);
  await visit(trail);
  expect(standing()).toMatchObject({ cosigned: 5, held: 5, faults: [] });
});

it("takes a day's log of a bus in one visit after another", async () => {
  const log = join(installation.folder, "bus");
  await mkdir(log);
  const bus = await AuditLog.open(join(log, "audit.log"), {
    origin: "kabina/booth/booth-1",
    key: installation.booth,
    clock: systemClock,
  });
  await Promise.all(
    Array.from({ length: 5500 }, (_, index) => bus.append("session.began", { index, filler: "x".repeat(100) })),
  );
  await bus.checkpoint();
  await bus.close();
  const late = await openTrail("bus");
  await visit(late);
  const first = standing()!;
  expect(first.cosigned).toBe(5500);
  await visit(late);
  expect(standing()).toMatchObject({ cosigned: 5500, held: 5500 });
  await late.close();
});

it("tells packages that were never written down from packages that have not come", async () => {
  await note(trail, 1);
  const quiet = await installation.seal(100);
  const logged = await installation.seal(100);
  trail.note("package.sealed", { package: logged.packageId });
  trail.note("package.sealed", { package: "0b6d9c8e-6a52-4f0e-9d7e-3c1f2a4b5c6d" });
  await trail.settled();
  for (const { sha256, packageId, size: bytes, manifest } of [quiet, logged])
    server.store.packages.insert({
      ...{ sha256, packageId, booth: "booth-1", bytes, manifest: JSON.stringify(manifest) },
      ...{ receipt: Buffer.alloc(1), receivedAt: new Date().toISOString() },
    });
  expect(standing()).toBeNull();
  await new Promise((resolve) => setTimeout(resolve, 1100)); // manifests tell whole seconds
  await note(trail, 1);
  await visit(trail);
  expect(standing()).toMatchObject({
    unlogged: [quiet.packageId],
    awaited: ["0b6d9c8e-6a52-4f0e-9d7e-3c1f2a4b5c6d"],
  });
});

it("refuses a second log of the same key, and keeps what both signed", async () => {
  await note(trail, 3);
  await visit(trail);
  const other = await openTrail("two");
  await note(other, 3, "session.other");
  await expect(visit(other)).rejects.toMatchObject({ code: "audit/fork" });
  // Shorter than what is cosigned, and not its beginning: found from the entries that are held.
  const short = await openTrail("three");
  await note(short, 2, "session.other");
  await expect(client.witness("/add-checkpoint", signal, short.addition(0))).rejects.toMatchObject({
    code: "audit/fork",
  });
  await note(other, 2, "session.other");
  await expect(visit(other)).rejects.toMatchObject({ code: "audit/inconsistent" });
  expect(standing()!.faults.map(({ code, size }) => [code, size])).toEqual([
    ["audit/fork", 3],
    ["audit/fork", 2],
    ["audit/inconsistent", 5],
  ]);
  expect(alarms()).toEqual(["audit/inconsistent", "audit/fork", "audit/fork"]);
  const [evidence] = server.store.boothLogs.faults("booth-1");
  expect(evidence!.note).not.toBe(evidence!.known);
  for (const text of [evidence!.note, evidence!.known]) expect(text).toMatch(/^kabina\/booth\/booth-1\n3\n/);
  // Told again it is no news.
  await expect(visit(other)).rejects.toMatchObject({ code: "audit/inconsistent" });
  expect(standing()!.faults).toHaveLength(3);
  // The true log goes on.
  await note(trail, 1);
  await visit(trail);
  expect(standing()!.cosigned).toBe(4);
  await other.close();
  await short.close();
});

it("a booth whose log is an old copy hears of it", async () => {
  await note(trail, 2);
  await cp(folder, join(installation.folder, "copy"), { recursive: true });
  await note(trail, 2);
  await visit(trail);
  const copy = await openTrail("copy");
  await expect(visit(copy)).rejects.toMatchObject({ code: "audit/cut-back", details: { size: 2, cosigned: 4 } });
  await copy.close();
});

it("cosigns by courier what never had a link, and takes no other log from a box", async () => {
  await note(trail, 5);
  await trail.close();
  const data = installation.folder;
  await rename(folder, join(data, "booth"));
  await writeTrust(join(data, "booth", "trust"), installation.trust);
  const fingerprint = { root: installation.trust.root.sha256, booth: installation.booth.chain[0]!.sha256 };
  await writeInstallation(join(data, "booth"), {
    ...{ format: "kabina-installation/1", boothId: "booth-1", serverUrl: "https://localhost" },
    ...{ office: { id: "office-1", name: "Office 1" }, fingerprints: fingerprint },
  });
  const box = join(data, "box");
  await mkdir(box);
  await carryLog(join(data, "booth"), box);
  await expect(takeCosigned(join(data, "booth"), box)).rejects.toMatchObject({ code: "audit/box-empty" });
  const witness = new Witness({
    store: server.store,
    key: installation.identity.keys.audit,
    anchors: [installation.trust.root],
    clock: systemClock,
  });
  expect(await cosignBox(box, witness)).toEqual([
    { booth: "booth-1", cosigned: 5, held: 5, refused: null, witnessed: "none" },
  ]);
  expect(await takeCosigned(join(data, "booth"), box)).toBe(1);
  expect(await takeCosigned(join(data, "booth"), box)).toBe(0);
  expect(await verifyAuditLog(join(data, "booth", "audit.log"), { anchors: [installation.trust.root] })).toMatchObject({
    cosigned: { entries: 5 },
  });

  const other = await openTrail("other");
  await note(other, 7, "session.other");
  await exportLog(join(data, "other", "audit.log"), join(box, "audit-booth-1.log"));
  expect(await cosignBox(box, witness)).toMatchObject([{ cosigned: 5, refused: "audit/inconsistent" }]);
  await other.close();
});

it("answers as C2SP tlog-witness says: 404 for another's log, 403 for another's key, 409 with the size, 422, 400", async () => {
  const stranger = await openTrail("stranger", installation.otherBooth);
  await note(stranger, 2);
  await note(trail, 2);
  const status = async (body: string, by = client) =>
    by.witness("/add-checkpoint", signal, body).then(
      () => 200,
      (error: { code: string; details: { status?: number } }) => error.details.status ?? error.code,
    );
  expect(await status(trail.addition(0))).toBe("audit/key-unknown");
  await client.witness("/certificates", signal, await trail.certificates());
  expect(await status(stranger.addition(0))).toBe("audit/checkpoint-signature");
  const otherClient = clientOf(installation.otherBooth);
  expect(await status(trail.addition(0), otherClient)).toBe("audit/origin-unknown");
  otherClient.close();
  // Not JSON, but the size: the client only sees that it was not its own answer.
  expect(await status(trail.addition(1))).toBe(409);
  expect(await status(trail.addition(0).replace("old 0\n", `old 0\n${Buffer.alloc(32).toString("base64")}\n`))).toBe(
    "audit/inconsistent",
  );
  expect(await status("old 0\nnonsense")).toBe("audit/proof-malformed");
  expect(await status(trail.addition(0))).toBe(200);
  await stranger.close();
});
