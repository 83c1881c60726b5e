/** What would be lost: the limits of every booth, changed by one officer alone, or by whoever finds a signed-in console. */
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { faceLimits } from "../../../biometrics/face/limits.ts";
import { OfficeLink } from "../../../booth/office/office-link.ts";
import { tlsAuthorities } from "../../../crypto/authority/trust.ts";
import { defaultPolicy, portraitMeasures, SessionPolicy } from "../../../crypto/policy/session-policy.ts";
import { UpdateClient } from "../../../crypto/updates/client.ts";
import { AuditFound, PolicyRefusal, PolicyShown } from "../../../server/security/api.ts";
import { root } from "../../screens/screens-folder.ts";
import type { ConsoleClient } from "../console-client.ts";
import { type StaffedServer, startStaffedServer } from "../staff/staffed-server.ts";
import { beginPolicy, type PolicyOfficers, signatureOver } from "./officers.ts";

let staffed: StaffedServer;
let officers: PolicyOfficers;
let first: ConsoleClient;
let second: ConsoleClient;
const [one, two] = ["security-officer", "security-officer-2"];
beforeAll(async () => {
  staffed = await startStaffedServer();
  first = await staffed.signIn(one!);
  second = await staffed.signIn(two!);
  expect((await read(first)).begun).toBe(false);
  officers = await beginPolicy(staffed, [one!, `${one}+`, two!]);
});
afterAll(() => staffed.close());

const read = async (by: ConsoleClient) =>
  PolicyShown.parse(await (await by.send("GET", "/api/security/policy")).json());
const propose = (policy: unknown, by = first, hotList: unknown = { entries: [], renew: false }) =>
  by.send("POST", "/api/security/policy/draft", { policy, hotList });
const bytes = async (by = first) =>
  Buffer.from(await (await by.send("GET", "/api/security/policy/draft/bytes")).arrayBuffer());
const sign = async (by: ConsoleClient, signature: unknown) => {
  const answer = await by.send("POST", "/api/security/policy/draft/signature", signature);
  const body = (await answer.json()) as { error?: { code: string } };
  return body.error?.code ?? PolicyShown.parse(body);
};
const named = (version: string): SessionPolicy => ({ ...defaultPolicy, version });

it("the policy's portrait measures are the software's own", () => {
  expect([...portraitMeasures]).toEqual(Object.keys(faceLimits.pass));
});

// Much is computed here; other work on the machine must not fail it.
jest.setTimeout(180_000);

describe("a policy that cannot stand", () => {
  it("is refused field by field, and nothing waits", async () => {
    const answer = await propose({
      ...defaultPolicy,
      slip: "maybe",
      fingers: { ...defaultPolicy.fingers, maxTries: 0, least: 90 },
      languages: ["ru", "ru"],
      fees: [{ fromAge: 14, toAge: 14, amount: 1, currency: "RUB" }],
      warningMs: 120_000,
      novel: 1,
    });
    expect(answer.status).toBe(422);
    const { error } = PolicyRefusal.parse(await answer.json());
    const found = error.fields.map(({ path, kind }) => `${path} ${kind}`).sort();
    expect(found).toEqual(["fingers.maxTries too-small", "languages twice", "novel unknown", "slip form"]);
    const { least, wanted } = { least: 90, wanted: 60 };
    const disagreeing = await propose({
      ...defaultPolicy,
      fingers: { ...defaultPolicy.fingers, least, wanted },
      fees: [{ fromAge: 14, toAge: 14, amount: 1, currency: "RUB" }],
    });
    const fields = PolicyRefusal.parse(await disagreeing.json()).error.fields.map(({ path, limit }) => [path, limit]);
    expect(fields).toEqual([
      ["fingers.least", "fingers.wanted"],
      ["fees.0.fromAge", "fees.0.toAge"],
    ]);
    expect((await read(first)).draft).toBeNull();
  });
});

describe("signatures", () => {
  it("of a stranger, of another's key, of one person twice, over other bytes: refused, and the policy does not stand", async () => {
    await propose(named("attacked"));
    const content = await bytes();
    const own = await signatureOver(content, officers.key(one!));
    // The second officer's session brings the first one's signature, and the other way round.
    expect(await sign(second, own)).toBe("updates/not-own-key");
    expect(await sign(first, await signatureOver(content, officers.key(two!)))).toBe("updates/not-own-key");
    expect(await sign(first, { ...own, hash: "0".repeat(64) })).toBe("updates/draft-changed");
    const broken = await signatureOver(Buffer.concat([content, Buffer.from(" ")]), officers.key(one!));
    expect(await sign(first, { ...broken, hash: own.hash })).toBe("updates/signature-wrong");
    expect(await sign(first, own)).toMatchObject({ draft: { signedBy: [{ person: one }] } });
    expect(await sign(first, await signatureOver(content, officers.key(`${one}+`)))).toBe("updates/person-signed");
    const shown = await read(second);
    expect([shown.version, shown.draft?.signedBy.length]).toEqual([null, 1]);
  });

  it("are lost when what waits is replaced: nobody has signed the new one", async () => {
    await propose(named("replaced"), second);
    const stale = await signatureOver(Buffer.from("{}"), officers.key(two!));
    expect(await sign(second, stale)).toBe("updates/draft-changed");
    expect((await read(first)).draft?.signedBy).toEqual([]);
    const withdrawn = await second.send("POST", "/api/security/policy/draft/withdraw");
    expect(PolicyShown.parse(await withdrawn.json()).draft).toBeNull();
    expect((await second.send("POST", "/api/security/policy/draft/withdraw")).status).toBe(404);
  });

  it("of two people make it stand at once, once, also when both come together; a booth fetches it, and the log tells who", async () => {
    await propose({ ...named("signed-1"), languages: ["en"] });
    const content = await bytes(second);
    const answers = await Promise.all([
      sign(first, await signatureOver(content, officers.key(one!))),
      sign(second, await signatureOver(content, officers.key(two!))),
    ]);
    expect(answers.map((answer) => typeof answer)).toEqual(["object", "object"]);
    const shown = await read(first);
    expect([shown.version, shown.policy.version, shown.draft, shown.builtIn]).toEqual([1, "signed-1", null, false]);
    const { installation } = staffed;
    const client = new UpdateClient(installation.path("booth/updates"));
    await client.begin(await installation.pki.updates.repository.firstRoot());
    const link = new OfficeLink({
      url: installation.url,
      authorities: tlsAuthorities(installation.provisioned.trust, "servers"),
      credentials: () => ({ key: "", cert: "" }),
    });
    const taken = (await client.update(link.updates, ["policy.json"])).get("policy.json")!;
    expect(SessionPolicy.parse(JSON.parse(Buffer.from(taken).toString("utf8")))).toMatchObject({ languages: ["en"] });
    const auditor = await staffed.signIn("auditor");
    const log = AuditFound.parse(await (await auditor.send("GET", "/api/security/audit?text=policy.")).json());
    const story = log.entries.reverse().map(({ kind, data }) => `${kind} ${data.by}`);
    expect(story.slice(-4)).toEqual([
      `policy.drafted ${one}`,
      `policy.signed ${one}`,
      `policy.signed ${two}`,
      "policy.published server",
    ]);
  });

  it("made with `kabina policy sign-file` are taken as they are", async () => {
    await propose(named("signed-2"));
    const file = staffed.installation.path("to-sign.json");
    await writeFile(file, await bytes());
    for (const [client, person] of [
      [first, one!],
      [second, two!],
    ] as const) {
      const out = staffed.installation.path(`${person}.signature.json`);
      const { hash } = (await read(client)).draft!;
      const args = ["policy", "sign-file", file, "--officer", officers.folder(person), "--hash", hash, "--out", out];
      await promisify(execFile)(process.execPath, [`${root}/dist/cli/kabina.js`, ...args], {
        env: { ...process.env, NODE_OPTIONS: "" },
      });
      expect(typeof (await sign(client, JSON.parse(await readFile(out, "utf8"))))).toBe("object");
    }
    expect((await read(first)).policy.version).toBe("signed-2");
  });

  it("make a hot-list of devices stand beside the policy; an entry in force is ended by a date and not left out", async () => {
    const entry = {
      id: "stolen-1",
      devices: { kind: "fingerprint", serial: "SN-17" },
      reason: "stolen",
      since: "2026-11-01T00:00:00Z",
      until: null,
      note: "",
    };
    const policy = (await read(first)).policy;
    const refused = await propose(policy, first, {
      entries: [
        { ...entry, devices: {}, until: "2026-10-01T00:00:00Z" },
        entry,
        entry,
        { ...entry, since: "yesterday" },
      ],
      renew: false,
    });
    const found = PolicyRefusal.parse(await refused.json()).error.fields.map(({ path, kind }) => `${path} ${kind}`);
    expect(found).toEqual(["hotList.0.devices missing", "hotList.2.id twice", "hotList.3.since form"]);
    await propose(policy, first, { entries: [entry], renew: false });
    const content = await bytes();
    await sign(first, await signatureOver(content, officers.key(one!)));
    await sign(second, await signatureOver(content, officers.key(two!)));
    const shown = await read(first);
    expect([shown.hotList?.entries, shown.policy.version]).toEqual([[entry], policy.version]);
    const without = await propose(policy, first, { entries: [], renew: false });
    expect(PolicyRefusal.parse(await without.json()).error.fields).toEqual([
      { path: "hotList.stolen-1", kind: "missing", limit: null },
    ]);
    // A change of the policy alone leaves the signed list as it is, to the byte.
    const { draft } = PolicyShown.parse(
      await (await propose(named("beside"), first, { entries: [entry], renew: false })).json(),
    );
    expect(draft?.hotList).toEqual(shown.hotList);
  });

  it("of an officer whose certificate was taken back count for nothing", async () => {
    await propose(named("late"), first, { entries: (await read(first)).hotList?.entries ?? [], renew: false });
    const [held] = staffed.installation.pki.office.holding(two!, "staff");
    staffed.installation.pki.office.revoke([held!.serial], one!, "keyCompromise");
    expect(await sign(second, await signatureOver(await bytes(), officers.key(two!)))).toBe("certificate/revoked");
  });
});
