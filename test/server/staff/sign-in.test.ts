/** What would be lost: someone else's session, or one's own day because a stranger guessed at one's name. */
import { request } from "node:https";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { ensureKey } from "../../../crypto/authority/authority.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";
import { patienceLimits } from "../../../server/staff/patience.ts";
import { Staff } from "../../../server/staff/staff.ts";
import { ConsoleClient } from "../console-client.ts";
import { type StaffedServer, startStaffedServer } from "./staffed-server.ts";

let staffed: StaffedServer;
let staff: Staff;
beforeAll(async () => {
  staffed = await startStaffedServer();
  const { register, installation } = staffed;
  staff = new Staff({ register, clock: installation.clock, random: systemRandom, publish: async () => {} });
});
afterAll(() => staffed.close());

const status = async (client: ConsoleClient, path = "/api/queue") => (await client.send("GET", path)).status;

describe("a one-time code", () => {
  it("signs in once; of two who use it at the same moment, one", async () => {
    const link = staffed.server.signInLink("operator")!;
    const both = await Promise.allSettled([ConsoleClient.signIn(link), ConsoleClient.signIn(link)]);
    expect(both.map(({ status: outcome }) => outcome).sort()).toEqual(["fulfilled", "rejected"]);
  });

  it("of a new person only adds a passkey, ends after a day, and says nothing to whoever guesses", async () => {
    const code = staff.add({ id: "new-operator", name: "New", roles: ["operator"] }, "security-officer");
    const client = await ConsoleClient.signIn(`${staffed.console}/#token=${code}`);
    expect(await status(client)).toBe(403);
    const localhost = { host: `localhost:${staffed.server.consolePort}` };
    expect((await client.send("POST", "/api/passkey/options", {}, localhost)).status).not.toBe(403);
    const late = staff.add({ id: "late", name: "Late", roles: ["operator"] }, "security-officer");
    staffed.installation.clock.aheadMs += 25 * 60 * 60_000;
    await expect(ConsoleClient.signIn(`${staffed.console}/#token=${late}`)).rejects.toThrow("review/token-wrong");
  });
});

describe("a session", () => {
  it("ends at the next request when the person is disabled, and their codes and passkeys with it", async () => {
    const client = await staffed.signIn("supervisor");
    expect(await status(client)).toBe(200);
    const link = staffed.server.signInLink("supervisor")!;
    staff.disable("supervisor", "security-officer");
    expect(await status(client)).toBe(401);
    await expect(ConsoleClient.signIn(link)).rejects.toThrow("review/token-wrong");
    expect(staffed.register.credentialsOf("supervisor")).toEqual([]);
  });

  it("is over when the passkey that it was opened with is taken back", () => {
    const { register, installation } = staffed;
    const person = { id: "has-a-passkey", name: "P", roles: ["operator"] as const };
    staff.add({ ...person, roles: [...person.roles] }, "security-officer");
    const addedAt = installation.clock.now().toISOString();
    register.note(() =>
      register.addCredential({ id: "lost", person: person.id, kind: "passkey", content: "{}", addedAt }),
    );
    const signedIn = {
      person: register.person(person.id)!,
      credential: "lost",
      kind: "passkey",
      onlyToEnrol: false,
    } as const;
    expect(staff.stands(signedIn)).toBe(true);
    staff.renew(person.id, "security-officer+security-officer-2");
    expect(staff.stands(signedIn)).toBe(false);
  });

  it("loses a role at the next request", async () => {
    const client = await staffed.signIn("operator");
    expect(await status(client)).toBe(200);
    const person = staffed.register.person("operator")!;
    staffed.register.change(() => staffed.register.setPerson({ ...person, roles: ["trainer"] }));
    expect(await status(client)).toBe(403);
    staffed.register.change(() => staffed.register.setPerson(person));
    expect(await status(client)).toBe(200);
  });

  it("ends after half an hour without use, and after a shift however much it is used", async () => {
    const { clock } = staffed.installation;
    const idle = await staffed.signIn("operator");
    const busy = await staffed.signIn("operator");
    clock.aheadMs += 20 * 60_000;
    expect(await status(busy)).toBe(200);
    clock.aheadMs += 20 * 60_000;
    expect([await status(idle), await status(busy)]).toEqual([401, 200]);
    for (let minutes = 0; minutes < 10 * 60; minutes += 20) {
      clock.aheadMs += 20 * 60_000;
      await busy.send("GET", "/api/session");
    }
    expect(await status(busy)).toBe(401);
  });
});

describe("guessing", () => {
  it("is answered later and later, told to the officer, and keeps nobody out", async () => {
    const guess = () => new ConsoleClient(staffed.console).send("POST", "/api/session", { token: "guess-guess-guess" });
    const answers = await Promise.all(Array.from({ length: patienceLimits.waiting + 4 }, guess));
    const found = answers.map((answer) => answer.status);
    expect(found.filter((code) => code === 429).length).toBeGreaterThan(0);
    expect(new Set(found)).toEqual(new Set([401, 429]));
    const before = performance.now();
    expect(await status(await staffed.signIn("operator"))).toBe(200);
    expect(performance.now() - before).toBeLessThan(patienceLimits.longestMs);
    expect(staffed.register.eventsOf("127.0.0.1").map(({ kind }) => kind)).toContain("staff.guessing");
  }, 60_000);
});

describe("a certificate on a card", () => {
  it("signs in whom it names, for that connection alone, until it is revoked", async () => {
    const { office } = staffed.installation.pki;
    const makeCard = async (name: string) => {
      const { MemoryKeyStore } = await import("../../crypto/deterministic-key.ts");
      const store = new MemoryKeyStore(systemRandom);
      const key = await ensureKey(store, "operator");
      const [leaf] = await office.authority.issue("operator", key, name);
      office.register.change(() => office.register.addCertificate(leaf!, "staff"));
      const pem = (await store.load("operator")).privateKey.export({ format: "pem", type: "pkcs8" }) as string;
      return { leaf: leaf!, key: pem, cert: leaf!.toPem() };
    };
    const port = await staffed.server.openStaffDoor("127.0.0.1", 0);
    const card = await makeCard("auditor");
    const stranger = await makeCard("nobody");
    expect((await ask(port, "POST", "/api/session/certificate", { card: stranger })).status).toBe(401);
    expect((await ask(port, "POST", "/api/session/certificate", {})).status).toBe(401);
    const entered = await ask(port, "POST", "/api/session/certificate", { card });
    expect([entered.status, JSON.parse(entered.body).operator.id]).toEqual([200, "auditor"]);
    const cookie = entered.cookie;
    expect((await ask(port, "GET", "/api/security", { card, cookie })).status).not.toBe(401);
    // The cookie alone, over a connection without the card, ends the session.
    expect((await ask(port, "GET", "/api/security", { cookie })).status).toBe(401);
    expect((await ask(port, "GET", "/api/security", { card, cookie })).status).toBe(401);
    const again = await ask(port, "POST", "/api/session/certificate", { card });
    expect((await ask(port, "GET", "/api/security", { card, cookie: again.cookie })).status).toBe(200);
    office.revoke([card.leaf.serialHex], "security-officer", "keyCompromise");
    // Whoever holds the lost card has a session open: that is over, too.
    expect((await ask(port, "GET", "/api/security", { card, cookie: again.cookie })).status).toBe(401);
    expect((await ask(port, "POST", "/api/session/certificate", { card })).status).toBe(401);
  });
});

function ask(
  port: number,
  method: string,
  path: string,
  with_: { card?: { key: string; cert: string }; cookie?: string },
): Promise<{ status: number; body: string; cookie: string }> {
  return new Promise((resolve, reject) => {
    const asking = request(
      {
        ...{ host: "127.0.0.1", port, path, method, rejectUnauthorized: false, agent: false },
        ...(with_.card ? { key: with_.card.key, cert: with_.card.cert } : {}),
        headers: { host: `localhost:${port}`, ...(with_.cookie ? { cookie: with_.cookie } : {}) },
      },
      async (response) => {
        let body = "";
        for await (const chunk of response) body += chunk;
        const cookie = response.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
        resolve({ status: response.statusCode ?? 0, body, cookie });
      },
    );
    asking.on("error", reject);
    asking.end();
  });
}
