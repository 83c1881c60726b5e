/** What would be lost: an office shut down, or an accomplice let in, by one officer alone. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { trustedSigners, verifyAuditLog, verifyEntryProof } from "../../../crypto/audit/verify.ts";
import { readAnchors } from "../../../crypto/authority/trust.ts";
import { AuditFound, Overview, type ProposalShown } from "../../../server/security/api.ts";
import type { ConsoleClient } from "../console-client.ts";
import { type StaffedServer, startStaffedServer } from "../staff/staffed-server.ts";
import { receiveCase, sha256 } from "./received-case.ts";

let staffed: StaffedServer;
let first: ConsoleClient;
let second: ConsoleClient;
let auditor: ConsoleClient;
beforeAll(async () => {
  staffed = await startStaffedServer();
  first = await staffed.signIn("security-officer");
  second = await staffed.signIn("security-officer-2");
  auditor = await staffed.signIn("auditor");
});
afterAll(() => staffed.close());

const propose = async (content: unknown, by = first): Promise<ProposalShown> =>
  (await by.send("POST", "/api/security/proposals", content)).json() as Promise<ProposalShown>;
const decide = async (id: string, what: "approve" | "refuse", by: ConsoleClient) => {
  const answer = await by.send("POST", `/api/security/proposals/${id}/${what}`);
  const body =
    answer.status === 204 ? undefined : ((await answer.json()) as { error?: { code: string }; code?: string });
  return { status: answer.status, code: body?.error?.code, invitation: body?.code };
};
const logged = async (text: string) =>
  AuditFound.parse(await (await auditor.send("GET", `/api/security/audit?text=${encodeURIComponent(text)}`)).json());
const trustOf = async () => {
  const folder = join(staffed.installation.data, "server");
  return { folder, anchors: await readAnchors(join(folder, "trust")) };
};
const newcomer = (id: string) => ({ kind: "staff.add", id, name: "New", roles: ["security-officer"] });

describe("what needs two officers", () => {
  it("is not approved by whoever proposed it", async () => {
    const { id } = await propose(newcomer("own"));
    expect(await decide(id, "approve", first)).toMatchObject({ status: 403, code: "proposal/own" });
    expect(staffed.register.person("own")).toBeUndefined();
  });

  it("is carried out when another approves; both are in the signed log, before anything happened", async () => {
    const { id } = await propose(newcomer("added"));
    const { status, invitation } = await decide(id, "approve", second);
    expect([status, typeof invitation]).toEqual([200, "string"]);
    expect(staffed.register.person("added")?.roles).toEqual(["security-officer"]);
    const { entries, verified } = await logged("added");
    const story = entries.reverse().map(({ kind, data }) => `${kind} ${data.by}`);
    expect(story).toEqual([
      "proposal.made security-officer",
      "proposal.approved security-officer-2",
      "staff.changed security-officer+security-officer-2",
      "proposal.done server",
    ]);
    expect(verified.unsigned).toBe(0);
    expect(JSON.stringify(entries)).not.toContain(invitation!);
  });

  it("is the export of the log, which then verifies by itself; and the erasure of a case", async () => {
    const exported = await propose({ kind: "audit.export" });
    expect(await decide(exported.id, "approve", first)).toMatchObject({ status: 403, code: "proposal/own" });
    const answer = await second.send("POST", `/api/security/proposals/${exported.id}/approve`);
    const { text } = (await answer.json()) as { text: string };
    const { anchors, folder } = await trustOf();
    expect(await verifyAuditLog(join(text, "audit-server.log"), { anchors })).toMatchObject({ unsigned: 0 });

    const erased = await propose({ kind: "case.erase", caseId: "C-0123456789ab", reason: "asked" });
    expect(await decide(erased.id, "approve", second)).toMatchObject({ code: "review/case-unknown" });
    const { entries } = await logged(erased.id);
    expect(entries.map(({ kind }) => kind)).toEqual(["proposal.failed", "proposal.approved", "proposal.made"]);
    const overview = Overview.parse(await (await auditor.send("GET", "/api/security")).json());
    expect(overview.proposals.find((one) => one.id === erased.id)).toMatchObject({
      state: "failed",
      decidedBy: "security-officer-2",
      failure: { cause: expect.stringContaining("C-0123456789ab") },
    });
    // Each found entry comes as a file that verifies without this server.
    const proof = await (await auditor.send("GET", `/api/security/audit/${entries[0]!.index}/proof`)).text();
    const signers = await trustedSigners(join(folder, "audit.log"), { anchors });
    expect(verifyEntryProof(proof, signers).entry).toEqual(entries[0]);
    expect((await auditor.send("GET", "/api/security/audit/99999/proof")).status).toBe(422);
  });

  it("is the export of a case: the package as it came, its history, and what the log says of it; nothing is opened", async () => {
    const caseId = receiveCase(staffed.server.store, 0, {
      ...{
        certificateSha256: "00",
        sealed: 3,
        received: 2,
        heartbeat: null,
        caseId: "C-00112233aabb",
        operator: "operator",
      },
    });
    const folder = join(staffed.installation.data, "server");
    await writeFile(join(folder, "uploads", `${sha256(caseId)}.kab`), "as it came");
    const { id } = await propose({ kind: "case.export", caseId, reason: "court" });
    expect(await decide(id, "approve", first)).toMatchObject({ code: "proposal/own" });
    const { text: place } = (await (await second.send("POST", `/api/security/proposals/${id}/approve`)).json()) as {
      text: string;
    };
    const names = await readdir(place);
    const about = JSON.parse(await readFile(join(place, "case.json"), "utf8"));
    expect(about).toMatchObject({ caseId, state: "accepted", package: "here", decision: { operator: "operator" } });
    expect(await readFile(join(place, `${about.packageId}.kab`), "utf8")).toBe("as it came");
    const { anchors } = await trustOf();
    const signers = await trustedSigners(join(folder, "audit.log"), { anchors });
    const proofs = names.filter((name) => name.endsWith(".proof"));
    expect(proofs).toHaveLength(about.entries.length);
    for (const name of proofs)
      expect(about.entries).toContainEqual(
        expect.objectContaining({
          kind: verifyEntryProof(await readFile(join(place, name), "utf8"), signers).entry.kind,
        }),
      );
  });

  it("of two officers who decide at once, one is first and the other is told; it happens once", async () => {
    const third = await staffed.signIn("security-officer");
    const { id } = await propose(newcomer("raced"), third);
    const outcomes = await Promise.all([
      ...Array.from({ length: 4 }, () => decide(id, "approve", second)),
      decide(id, "refuse", first),
    ]);
    expect(outcomes.filter(({ status }) => status < 300)).toHaveLength(1);
    expect(outcomes.filter(({ code }) => code === "proposal/decided")).toHaveLength(4);
    expect((await logged("raced")).entries.filter(({ kind }) => kind === "staff.changed").length).toBeLessThanOrEqual(
      1,
    );
  });

  it("is refused when it has waited a day, or is not of a known form", async () => {
    const { id } = await propose(newcomer("late"));
    staffed.installation.clock.aheadMs += 25 * 60 * 60_000;
    [first, second, auditor] = (await Promise.all(
      ["security-officer", "security-officer-2", "auditor"].map((person) => staffed.signIn(person)),
    )) as [ConsoleClient, ConsoleClient, ConsoleClient];
    expect(await decide(id, "approve", second)).toMatchObject({ code: "proposal/expired" });
    for (const wrong of [{}, { kind: "all.erase" }, { ...newcomer("x"), roles: ["root"] }, { ...newcomer("../x") }])
      expect((await first.send("POST", "/api/security/proposals", wrong)).status).toBe(400);
  });

  it("shuts an office down: every certificate of it, and none of another", async () => {
    const { office } = staffed.installation.pki;
    const store = await import("../../crypto/deterministic-key.ts");
    const { systemRandom } = await import("../../../crypto/system-environment.ts");
    const make = async (name: string, place: string) => {
      const key = await new store.MemoryKeyStore(systemRandom).generate("booth-identity");
      const [leaf] = await office.authority.issue("booth-identity", key, name);
      office.register.change(() => office.register.addCertificate(leaf!, "booths", place));
    };
    for (const [name, place] of [
      ["a-1", "office-a"],
      ["a-2", "office-a"],
      ["b-1", "office-b"],
    ] as const)
      await make(name, place);
    const { id } = await propose({ kind: "office.revoke", office: "office-a", since: null });
    expect((await decide(id, "approve", second)).status).toBe(200);
    expect(["a-1", "a-2", "b-1"].map((name) => office.holding(name, "booths").length)).toEqual([0, 0, 1]);
  });
});

describe("an officer who is disabled with a session open", () => {
  it("approves nothing any more, and what they proposed is worth nothing", async () => {
    const { id } = await propose(newcomer("theirs"), second);
    const { id: before } = await propose({ kind: "staff.disable", id: "security-officer-2" });
    // Disabled from the command line meanwhile, as `kabina staff disable` does it.
    const person = staffed.register.person("security-officer-2")!;
    staffed.register.change(() => staffed.register.setPerson({ ...person, state: "disabled" }));
    expect((await decide(before, "approve", second)).status).toBe(401);
    expect(await decide(id, "approve", first)).toMatchObject({ code: "proposal/proposer-left" });
    expect(staffed.register.person("theirs")).toBeUndefined();
  });
});

it("the overview answers which keys exist, where, and until when", async () => {
  const overview = Overview.parse(await (await auditor.send("GET", "/api/security")).json());
  const purposes = overview.keys.map(({ purpose }) => purpose);
  for (const purpose of ["authority-root", "authority-booths", "authority-staff", "server-tls", "server-recipient"])
    expect(purposes).toContain(purpose);
  expect(overview.booths.map(({ booth }) => booth)).toEqual(["a-1", "a-2", "b-1", "booth-1"]);
  expect(JSON.stringify(overview)).not.toMatch(/PRIVATE|passphrase/);
});

it("an authority's own certificate is taken back by no single officer", async () => {
  const { register } = staffed.installation.pki.office;
  const [authority] = register.search({ issuer: "root" });
  const body = { reason: "keyCompromise", since: null };
  const answer = await first.send("POST", `/api/security/certificates/${authority!.serial}/revoke`, body);
  expect(((await answer.json()) as { error: { code: string } }).error.code).toBe("certificate/of-authority");
  expect(register.certificate(authority!.serial)?.revokedAt).toBeNull();
});
