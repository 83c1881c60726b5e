/** What would be lost: passports issued on captures of a booth or a sensor that was stolen weeks before anybody noticed. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { HotList } from "../../../crypto/device/hot-list.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";
import { knowledgeOf } from "../../../server/pipeline/knowledge.ts";
import { policyDoubt } from "../../../server/pipeline/policy-time.ts";
import { Queue } from "../../../server/review/api.ts";
import { LookAgain } from "../../../server/security/api.ts";
import { doubtPolicy, policyOfVersion } from "../../../server/security/policy-doubt.ts";
import { Reexamination } from "../../../server/security/reexamination.ts";
import { Staff } from "../../../server/staff/staff.ts";
import type { Store } from "../../../server/store/store.ts";
import { type StaffedServer, startStaffedServer } from "../staff/staffed-server.ts";
import { ago, receiveCase, sha256 } from "./received-case.ts";

let staffed: StaffedServer;
let store: Store;
beforeAll(async () => {
  staffed = await startStaffedServer();
  store = staffed.server.store;
});
afterAll(() => staffed.close());

/** A decided case whose package says when it was sealed and came when it came; both in days before now. */
const receive = (
  n: number,
  certificateSha256: string,
  sealed: number,
  received: number,
  heartbeat: number | null,
  operator = "operator",
) => receiveCase(store, n, { certificateSha256, sealed, received, heartbeat, operator });

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
    const open = async () => (await read()).items.filter(({ closedAt }) => closedAt === null);
    const found = Object.fromEntries((await open()).map(({ caseId, standing }) => [caseId, standing]));
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
    expect((await open()).map(({ caseId, name, decision }) => [caseId, name, decision?.again])).toEqual([
      [after, "booth-1", false],
    ]);
    expect((await read()).items.map(({ caseId, closedBy }) => [caseId, closedBy])).toEqual([
      [after, null],
      [claims, "security-officer"],
    ]);
    const twice = await officer.send("POST", `/api/security/look-again/${claims}/done`);
    expect(await twice.text()).toContain("security/nothing-to-close");
  });
});

describe("a person who is taken off, dated back", () => {
  it("casts doubt on what they decided since, and on captures at which they stood unless these are proved older", async () => {
    const { register, installation } = staffed;
    const staff = new Staff({ register, clock: installation.clock, random: systemRandom, publish: async () => {} });
    for (const id of ["bad-operator", "1042"]) staff.add({ id, name: id, roles: ["operator"] }, "test");
    const [earlier, later] = [
      receive(40, sha256("calm booth"), 30, 20, null, "bad-operator"),
      receive(41, sha256("calm booth"), 5, 4, null, "bad-operator"),
    ];
    const [stoodBefore, stood, alone] = [
      receive(42, sha256("calm booth"), 30, 20, null, "operator"),
      receive(43, sha256("calm booth"), 12, 3, null, "operator"),
      receive(44, sha256("calm booth"), 12, 3, null, "operator"),
    ];
    for (const caseId of [stoodBefore, stood]) store.staff.put(caseId, ["1042"]);
    const officer = await staffed.signIn("security-officer");
    const second = await staffed.signIn("security-officer-2");
    for (const id of ["bad-operator", "1042"]) {
      const content = { kind: "staff.disable", id, since: ago(10) };
      const made = (await (await officer.send("POST", "/api/security/proposals", content)).json()) as { id: string };
      expect((await second.send("POST", `/api/security/proposals/${made.id}/approve`)).status).toBe(200);
    }
    const { items } = LookAgain.parse(await (await officer.send("GET", "/api/security/look-again")).json());
    const found = items.filter(({ cause }) => cause === "operator").map(({ caseId, subject }) => [subject, caseId]);
    expect(found.sort()).toEqual([
      ["1042", stood],
      ["bad-operator", later],
    ]);
    expect([earlier, stoodBefore, alone].every((caseId) => !items.some((item) => item.caseId === caseId))).toBe(true);
    expect(register.person("bad-operator")?.state).toBe("disabled");
  }, 30_000);
});

describe("what a doubt comes to", () => {
  const read = async (person: string) =>
    LookAgain.parse(await (await (await staffed.signIn(person)).send("GET", "/api/look-again")).json()).items;
  const judge = async (caseId: string, finding: string, person = "supervisor") => {
    const answer = await (await staffed.signIn(person)).send("POST", `/api/look-again/${caseId}`, { finding });
    return answer.status === 204 ? 204 : ((await answer.json()) as { error: { code: string } }).error.code;
  };

  it("is said by a supervisor who did not decide the case: it stands, or it is decided anew, which closes it", async () => {
    const [open] = (await read("operator")).filter(({ closedAt }) => closedAt === null);
    const { caseId } = open!;
    expect(await judge(caseId, "stands", "operator")).toBe("review/not-allowed");
    expect(await judge(caseId, "perhaps")).toBe("review/request-malformed");
    expect(await judge(caseId, "decide-again")).toBe(204);
    // There is no decision now that could stand.
    expect(await judge(caseId, "stands")).toBe("security/not-decided");
    const supervisor = await staffed.signIn("supervisor");
    const { items } = Queue.parse(await (await supervisor.send("GET", "/api/queue")).json());
    const item = items.find((one) => one.caseId === caseId)!;
    expect([item.state, item.lookAgain]).toEqual(["waiting", true]);
    const decision = { kind: "retake", reasons: ["portrait-other-person"] };
    await supervisor.send("POST", `/api/cases/${caseId}/decision`, { decision, version: item.version });
    staffed.installation.clock.aheadMs += 60_000;
    for (let tries = 0; tries < 100 && store.decisions.find(caseId)?.state !== "final"; tries++)
      await new Promise((later) => setTimeout(later, 100));
    const after = (await read("supervisor")).find((one) => one.caseId === caseId)!;
    expect(after).toMatchObject({ closedBy: "supervisor", decision: { kind: "retake", again: true } });
    expect(store.cases.history(caseId).map(({ event }) => event)).toEqual(
      expect.arrayContaining(["look-again", "reopened", "decided", "signed", "looked-again"]),
    );
    expect(staffed.register.eventsOf(caseId).map(({ kind }) => kind)).toContain("case.reopened");
  }, 30_000);

  it("is not said by whoever decided the case, and not of a case that nobody doubts", async () => {
    const own = receive(20, sha256("yet another booth"), 9, 8, null, "supervisor");
    store.looks.add({
      ...{ caseId: own, cause: "sensor", subject: "00ff", since: ago(10), standing: "look-again", foundAt: ago(0) },
    });
    expect(await judge(own, "stands")).toBe("security/own-decision");
    const calm = receive(21, sha256("yet another booth"), 9, 8, null);
    expect(await judge(calm, "stands")).toBe("security/nothing-to-close");
    expect(await judge(calm, "decide-again")).toBe("security/nothing-to-close");
    expect(store.decisions.find(calm)?.state).toBe("final");
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

describe("a policy that should not have been", () => {
  it("is said so by two officers; what was captured under it since then is looked at again, also what comes later, and nothing else", async () => {
    const { register } = staffed;
    const { clock, data } = staffed.installation;
    const lax = "1a".repeat(32);
    const strict = "5c".repeat(32);
    const at = ago(9);
    register.note(() => {
      for (const version of [2, 3])
        register.addEvent({ at, by: "server", kind: "policy.published", subject: "x", data: { version } });
    });
    const policies = async () => [
      { version: 2, hash: lax, since: new Date(ago(9)), pass: {} },
      { version: 3, hash: strict, since: new Date(ago(3)), pass: {} },
    ];
    const known = { ...knowledgeOf(register, data, clock), policies };
    const tools = { register, known, clock };
    const under = (n: number, policyHash: string, sealed: number, received: number) =>
      receiveCase(store, n, {
        ...{ certificateSha256: sha256("policy booth"), sealed, received, heartbeat: sealed, policyHash },
      });
    const early = under(60, lax, 8, 7);
    const late = under(62, lax, 5, 4);
    const other = under(64, strict, 2, 1);
    const reexamination = new Reexamination({ store, register, known, clock, onChange: () => undefined });
    await reexamination.apply();
    const doubted = () =>
      reexamination
        .list()
        .items.filter(({ cause }) => cause === "policy")
        .map(({ caseId, name, standing }) => `${caseId} ${name} ${standing}`)
        .sort();
    expect(doubted()).toEqual([]);
    for (const wrong of [1, 4, -1])
      await expect(doubtPolicy(wrong, null, "a+b", tools)).rejects.toMatchObject({ code: "updates/version-unknown" });
    const since = new Date(ago(6));
    expect(await policyOfVersion(0, tools)).toMatchObject({ version: 0, since: new Date(0) });
    expect(await doubtPolicy(2, since, "a+b", tools)).toEqual({ version: 2, hash: lax, since });
    await reexamination.apply();
    expect(doubted()).toEqual([`${late} 2 look-again`]);
    expect([early, other].every((caseId) => store.looks.ofCase(caseId).length === 0)).toBe(true);
    // Found to be older still: from when it came into force.
    await doubtPolicy(2, null, "a+b", tools);
    await reexamination.apply();
    expect(doubted()).toEqual([`${early} 2 look-again`, `${late} 2 look-again`]);
    // What comes afterwards is judged as it comes, and by the next look.
    const bounds = { claimed: since, after: since, before: new Date(), reckoned: since };
    expect(policyDoubt(lax, bounds, known)).toMatchObject({ cause: "policy", subject: lax, standing: "look-again" });
    expect(policyDoubt(strict, bounds, known)).toBeUndefined();
    under(66, lax, 5, 0);
    await reexamination.apply();
    expect(doubted()).toHaveLength(3);
    expect(await reexamination.apply()).toBe(0);
    expect(register.eventsOf(lax).map(({ kind, by }) => `${kind} ${by}`)).toEqual([
      "policy.doubted a+b",
      "policy.doubted a+b",
    ]);
  });
});
