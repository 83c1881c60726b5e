/** What would be lost: dual control, by one person with two key folders, or by somebody who has left; an officer whose keys can be replaced by nobody. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Command } from "commander";
import type { CliIo } from "../../../crypto/cli-io.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";
import { register as registerPki } from "../../../server/pki/cli.ts";
import { rotateRoles } from "../../../server/pki/role-rotation.ts";
import { register as registerPeople } from "../../../server/staff/cli.ts";
import { makeOfficerKey, openOfficerKey, takeBackOthers } from "../../../server/staff/officer-keys.ts";
import { Staff } from "../../../server/staff/staff.ts";
import { agreedByTwo } from "../../../server/staff/two-officers.ts";
import { makePkiInstallation, type PkiInstallation } from "../pki/pki-installation.ts";

let here: PkiInstallation;
let staff: Staff;
const at = () => here.clock.now().toISOString();
beforeAll(async () => {
  here = await makePkiInstallation();
  const { register } = here.pki.office;
  staff = new Staff({ register, clock: here.clock, random: systemRandom, publish: async () => {} });
  for (const [id, role] of [
    ["officer-a", "security-officer"],
    ["officer-b", "security-officer"],
    ["officer-c", "security-officer"],
    ["operator-a", "operator"],
  ] as const) {
    staff.add({ id, name: id, roles: [role] }, "test");
    await makeKey(id, id);
  }
}, 60_000);
afterAll(() => here.remove());

const makeKey = (folder: string, id: string) =>
  makeOfficerKey(here.path(folder), id, here.pki.office, "test", systemRandom, at());
const act = { act: "succession", subject: "a".repeat(64) };
const agreed = (...folders: readonly string[]) =>
  agreedByTwo(
    folders.map((folder) => here.path(folder)),
    { module: "" },
    act,
    { office: here.pki.office, clock: here.clock, random: systemRandom },
  );

describe("two officers at the command line", () => {
  it("both stand in the log with their signatures before anything happens", async () => {
    expect(await agreed("officer-a", "officer-b")).toBe("officer-a+officer-b");
    const events = here.pki.office.register.eventsOf(act.subject);
    expect(events.map(({ kind, by }) => [kind, by])).toEqual([
      ["succession.agreed", "officer-a"],
      ["succession.agreed", "officer-b"],
    ]);
    expect(String(events[0]!.data.signature)).toMatch(/^MEQCI|^MEUCI|^MEYCI/);
  }, 30_000);

  it("are two, are officers, and are here: one alone, one twice, an operator, who was disabled, whose certificate was taken back", async () => {
    const { office } = here.pki;
    await makeKey("officer-a-second", "officer-a");
    await expect(agreed("officer-a")).rejects.toMatchObject({ code: "officers/two-needed" });
    await expect(agreed("officer-a", "officer-a-second")).rejects.toMatchObject({ code: "officers/two-needed" });
    await expect(agreed("officer-a", "operator-a")).rejects.toMatchObject({ code: "officers/not-an-officer" });
    staff.disable("officer-c", "test");
    await expect(agreed("officer-a", "officer-c")).rejects.toMatchObject({ code: "officers/not-an-officer" });
    const [second] = (await openOfficerKey(here.path("officer-a-second"), systemRandom)).chain;
    office.revoke([second!.serialHex], "test", "keyCompromise");
    await expect(agreed("officer-a-second", "officer-b")).rejects.toMatchObject({ code: "certificate/revoked" });
    expect(office.register.eventsOf(act.subject)).toHaveLength(2);
  }, 60_000);
});

describe("what one person cannot do at the command line", () => {
  const run = async (...args: string[]): Promise<string> => {
    const codes: string[] = [];
    const io: CliIo = {
      ...{ print: () => {}, json: () => {}, exit: () => {}, clock: here.clock, random: systemRandom },
    };
    const program = new Command().exitOverride();
    registerPki(program, io);
    registerPeople(program, io);
    await program.parseAsync(["node", "kabina", ...args, "--data", here.data]).catch((error) => codes.push(error.code));
    return codes.join() || "done";
  };
  const officers = () => ["--officer", here.path("officer-a"), here.path("officer-b")];

  it("an authority's or the server's certificate is taken back by two; a booth's by one, at once", async () => {
    const { register, authority } = here.pki.office;
    const sensors = authority.issuer("sensors").certificate.serialHex;
    const receipt = register.search({ issuer: "servers" })[0]!.serial;
    for (const serial of [sensors, receipt]) {
      expect(await run("pki", "revoke", serial)).toBe("officers/two-needed");
      expect(await run("pki", "revoke", serial, "--officer", here.path("officer-a"))).toBe("officers/two-needed");
      expect(register.certificate(serial)!.revokedAt).toBeNull();
    }
    expect(await run("pki", "revoke", sensors, "--reason", "keyCompromise", ...officers())).toBe("done");
    expect(register.certificate(sensors)!.revokedAt).not.toBeNull();
    expect(
      register
        .eventsOf(sensors)
        .map(({ by }) => by)
        .at(-1),
    ).toBe("officer-a+officer-b");
    expect(await run("pki", "revoke", "booth-1")).toBe("done");
  }, 60_000);

  it("nobody is given a key in another's name by one, once two officers have keys", async () => {
    const out = here.path("operator-b");
    staff.add({ id: "operator-b", name: "b", roles: ["operator"] }, "test");
    expect(await run("people", "key", "operator-b", "--out", out)).toBe("officers/two-needed");
    expect(here.pki.office.holding("operator-b", "staff")).toEqual([]);
    expect(await run("people", "key", "operator-b", "--out", out, ...officers())).toBe("done");
    expect(here.pki.office.holding("operator-b", "staff")).toHaveLength(1);
  }, 60_000);
});

describe("an officer's keys", () => {
  it("are followed by others, and the old ones taken back, not before policy is signed by the new", async () => {
    const { office, updates } = here.pki;
    const [a, b] = [
      await openOfficerKey(here.path("officer-a"), systemRandom),
      await openOfficerKey(here.path("officer-b"), systemRandom),
    ];
    await updates.repository.begin([a, b], 2, updates.online);
    const next = await makeKey("officer-a-next", "officer-a");
    const replace = () => takeBackOthers("officer-a", next, here.pki, "test");
    await expect(replace()).rejects.toMatchObject({ code: "person/signs-policy" });
    expect(office.isRevoked(a.chain[0]!, here.clock.now())).toBe(false);
    const officers = { keys: [next, b], threshold: 2 };
    const change = { officers, online: false, signers: [a, b], rehearsal: false };
    await rotateRoles(change, { folder: here.path("authority/updates"), store: office.store, clock: here.clock });
    expect(await replace()).toEqual([a.chain[0]!.serialHex]);
    await expect(agreed("officer-a", "officer-b")).rejects.toMatchObject({ code: "certificate/revoked" });
    expect(await agreed("officer-a-next", "officer-b")).toBe("officer-a+officer-b");
  }, 60_000);

  it("a lost passkey: every way in is taken back, and a code lets its owner in once, to add another", async () => {
    const { register } = here.pki.office;
    register.change(() =>
      register.addCredential({ id: "lost", person: "officer-b", kind: "passkey", content: "{}", addedAt: at() }),
    );
    const code = staff.renew("officer-b", "officer-a+officer-d");
    expect(register.credentialsOf("officer-b").map(({ kind, id }) => [kind, id])).toEqual([
      ["one-time", createHash("sha256").update(code).digest("hex")],
    ]);
    expect(await staff.useCode(code)).toMatchObject({ onlyToEnrol: true, person: { id: "officer-b" } });
    await expect(staff.useCode(code)).rejects.toMatchObject({ code: "review/token-wrong" });
    expect(() => staff.renew("officer-c", "x")).toThrow("person/unknown");
  });
});
