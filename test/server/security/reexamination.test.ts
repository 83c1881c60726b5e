/** What would be lost: passports issued on captures of a booth or a sensor that was stolen weeks before anybody noticed. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { DeviceIdentity } from "../../../crypto/device/device.ts";
import type { HotList } from "../../../crypto/device/hot-list.ts";
import { knowledgeOf } from "../../../server/pipeline/knowledge.ts";
import { Queue } from "../../../server/review/api.ts";
import { LookAgain } from "../../../server/security/api.ts";
import { Reexamination } from "../../../server/security/reexamination.ts";
import type { Store } from "../../../server/store/store.ts";
import { type StaffedServer, startStaffedServer } from "../staff/staffed-server.ts";

let staffed: StaffedServer;
let store: Store;
beforeAll(async () => {
  staffed = await startStaffedServer();
  store = staffed.server.store;
});
afterAll(() => staffed.close());

const day = 86_400_000; // ms
const ago = (days: number) => new Date(Date.now() - days * day).toISOString();
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const uuid = (n: number) => `0b6d9c8e-6a52-4f0e-9d7e-${String(n).padStart(12, "0")}`;
const sensor: DeviceIdentity = {
  ...{ kind: "fingerprint", maker: "Acme", model: "F-10", serial: "AC-1", certificateSha256: null },
};

/** A decided case whose package says when it was sealed and came when it came; both in days before now. */
function receive(
  n: number,
  certificateSha256: string,
  sealed: number,
  received: number,
  heartbeat: number | null,
): string {
  const caseId = `case-${n}`;
  const manifest = { createdAt: ago(sealed), place: { office: { name: "Office 1" } } };
  store.database
    .prepare("INSERT INTO package VALUES (?, ?, 'booth-1', 1, ?, x'00', ?)")
    .run(sha256(caseId), uuid(n), JSON.stringify(manifest), ago(received));
  store.cases.insert(caseId, sha256(caseId), ago(received));
  store.cases.change(caseId, ago(received), { state: "accepted", risk: "low" }, "added");
  store.seals.put({
    ...{ packageSha256: sha256(caseId), booth: "booth-1", certificateSha256, chain: uuid(99), counter: n },
    ...{ manifestSha256: sha256(`manifest ${n}`), previous: n === 0 ? null : sha256(`manifest ${n - 1}`) },
    ...{ claimedAt: ago(sealed), afterAt: heartbeat === null ? null : ago(heartbeat), reckonedAt: null },
  });
  store.devices.put(caseId, [sensor]);
  return caseId;
}

describe("a booth that was stolen ten days ago", () => {
  it("casts doubt on what is not proved older, also where it was decided, until somebody has looked", async () => {
    const { installation } = staffed;
    const booth = (await (await installation.keys("booth")).load("booth-identity")).chain[0]!;
    // Came before; says it is older but came after; was sealed after a heartbeat of five days ago; says it is older, but the next one came before.
    const before = receive(0, booth.sha256, 20, 15, null);
    const claims = receive(3, booth.sha256, 12, 1, null);
    const after = receive(4, booth.sha256, 12, 1, 5);
    const named = receive(1, booth.sha256, 20, 1, null);
    receive(2, booth.sha256, 19, 14, null);

    const officer = await staffed.signIn("security-officer");
    const body = { reason: "keyCompromise", since: ago(10) };
    await officer.send("POST", `/api/security/certificates/${booth.serialHex}/revoke`, body);
    const read = async () => LookAgain.parse(await (await officer.send("GET", "/api/security/look-again")).json());
    const found = Object.fromEntries((await read()).items.map(({ caseId, standing }) => [caseId, standing]));
    expect(found).toEqual({ [claims]: "look-again", [after]: "refused" });
    expect([before, named].filter((caseId) => caseId in found)).toEqual([]);

    const operator = await staffed.signIn("operator");
    const { decided } = Queue.parse(await (await operator.send("GET", "/api/queue")).json());
    const flagged = decided.filter(({ lookAgain }) => lookAgain).map(({ caseId, risk }) => [caseId, risk]);
    expect(flagged.sort()).toEqual([
      [claims, "high"],
      [after, "high"],
    ]);

    expect((await officer.send("POST", `/api/security/look-again/${claims}/done`)).status).toBe(204);
    expect((await read()).items.map(({ caseId }) => caseId)).toEqual([after]);
    const twice = await officer.send("POST", `/api/security/look-again/${claims}/done`);
    expect(await twice.text()).toContain("security/nothing-to-close");
  });
});

describe("a device that comes on the hot-list", () => {
  it("casts doubt on what was captured with it from the suspected moment on, once each", async () => {
    const { register } = staffed;
    const early = receive(10, sha256("other booth"), 9, 8, null);
    const late = receive(11, sha256("other booth"), 3, 2, 4);
    const entry = { reason: "stolen", since: ago(5), until: null, note: "" } as const;
    const hotList: HotList = {
      ...{ format: "kabina-hot-list/1", issuedAt: ago(0), expires: ago(-10) },
      entries: [{ id: "acme", devices: { maker: "acme" }, ...entry }],
    };
    const { clock, data } = staffed.installation;
    const known = { ...knowledgeOf(register, data, clock), hotList: async () => hotList };
    const reexamination = new Reexamination({ store, register, known, clock, onChange: () => undefined });
    expect(await reexamination.apply()).toBeGreaterThan(0);
    expect(await reexamination.apply()).toBe(0);
    const doubts = reexamination.list().items.filter(({ cause }) => cause === "hot-list");
    expect(doubts.map(({ caseId }) => caseId)).toContain(late);
    expect(doubts.map(({ caseId }) => caseId)).not.toContain(early);
  });
});
