/** What an officer takes away from the console, and what goes onto a card. What would be lost: evidence that cannot leave the building, or a card that lets a stranger in. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { verifyAuditLog } from "../../../crypto/audit/verify.ts";
import { nameOf } from "../../../crypto/authority/authority.ts";
import { readAnchors } from "../../../crypto/authority/trust.ts";
import { Certificate } from "../../../crypto/certificate/certificate.ts";
import { buildRequest } from "../../../crypto/certificate/request.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";
import { MemoryKeyStore } from "../../crypto/deterministic-key.ts";
import type { ConsoleClient } from "../console-client.ts";
import { type StaffedServer, startStaffedServer } from "../staff/staffed-server.ts";

const run = promisify(execFile);
let staffed: StaffedServer;
let folder: string;
let first: ConsoleClient;
let second: ConsoleClient;
let auditor: ConsoleClient;
beforeAll(async () => {
  staffed = await startStaffedServer();
  folder = await mkdtemp(join(tmpdir(), "kabina-officer-files-"));
  first = await staffed.signIn("security-officer");
  second = await staffed.signIn("security-officer-2");
  auditor = await staffed.signIn("auditor");
});
afterAll(async () => {
  await staffed.close();
  await rm(folder, { recursive: true });
});

interface Answered {
  readonly id: string;
  readonly text?: string;
  readonly error?: { readonly code: string };
}
const post = async (by: ConsoleClient, path: string, body?: unknown): Promise<Answered> =>
  (await (await by.send("POST", `/api/security${path}`, body)).json()) as Answered;
const get = (by: ConsoleClient, path: string) => by.send("GET", `/api/security${path}`);
const eventsOf = (subject: string) => staffed.register.eventsOf(subject).map(({ kind, by }) => `${kind} ${by}`);

async function request(name: string): Promise<{ der: Buffer; keyId: string }> {
  const key = await new MemoryKeyStore(systemRandom).generate("operator");
  const scheme = { kind: "ecdsa", digest: "sha256" } as const;
  const der = await buildRequest(nameOf(name), key.publicKeyInfo, { scheme, sign: (data) => key.sign(data) });
  return { der: Buffer.from(der), keyId: key.keyId };
}

describe("an export that two officers agreed to", () => {
  it("comes down as an archive whose log verifies by itself; who fetched it is in the log; an auditor does not", async () => {
    const { id } = await post(first, "/proposals", { kind: "audit.export" });
    expect((await get(first, `/proposals/${id}/file`)).status).toBe(404);
    await post(second, `/proposals/${id}/approve`);
    const answer = await get(first, `/proposals/${id}/file`);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/x-tar"]);
    expect(answer.headers.get("content-disposition")).toContain(`kabina-audit-export-${id}.tar`);
    await writeFile(join(folder, "export.tar"), Buffer.from(await answer.arrayBuffer()));
    await run("tar", ["-xf", "export.tar"], { cwd: folder });
    const anchors = await readAnchors(join(staffed.installation.data, "server", "trust"));
    const log = join(folder, `kabina-audit-export-${id}`, "audit-server.log");
    expect(await verifyAuditLog(log, { anchors })).toMatchObject({ unsigned: 0 });
    expect(eventsOf(id)).toContain("export.fetched security-officer");
    expect((await get(auditor, `/proposals/${id}/file`)).status).toBe(403);
  });

  it("is refused when its folder is gone, and when the proposal was no export", async () => {
    const { id } = await post(first, "/proposals", { kind: "audit.export" });
    const { text } = await post(second, `/proposals/${id}/approve`);
    await rm(text!, { recursive: true });
    for (const wrong of [id, "000000000000"]) expect((await get(first, `/proposals/${wrong}/file`)).status).toBe(404);
    const other = await post(first, "/proposals", { kind: "staff.renew", id: "nobody" });
    await post(second, `/proposals/${other.id}/approve`);
    expect((await get(first, `/proposals/${other.id}/file`)).status).toBe(404);
  });
});

it("lists come down as tables: certificates by what was searched for, and everything that needed two officers; a name is no formula", async () => {
  await post(first, "/proposals", { kind: "staff.add", id: "x1", name: "=HYPERLINK(1)", roles: ["auditor"] });
  const table = async (path: string) => (await (await get(auditor, path)).text()).replace("\ufeff", "").split("\r\n");
  const [head, ...certificates] = await table("/certificates/csv?text=booth-1");
  expect(head).toMatch(/^serial;issuer;name;/);
  expect(certificates[0]).toMatch(/^[0-9a-f]+;booths;booth-1;/);
  const proposals = await table("/proposals/csv");
  expect(proposals[0]).toMatch(/^id;kind;content;proposed_by;/);
  expect(proposals.some((line) => line.includes("HYPERLINK") && !/(^|;)=/.test(line))).toBe(true);
});

it("a certificate comes down as it is", async () => {
  const [known] = staffed.register.search({ text: "booth-1" });
  const answer = await get(auditor, `/certificates/${known!.serial}/file`);
  const der = new Uint8Array(await answer.arrayBuffer());
  expect([new Certificate(der).sha256, answer.headers.get("content-type")]).toEqual([
    known!.sha256,
    "application/pkix-cert",
  ]);
  expect((await get(auditor, "/certificates/00ff/file")).status).toBe(404);
});

describe("the key on a person's card", () => {
  it("is certified when it has signed its request, and the other officer has typed its fingerprint", async () => {
    const { der, keyId } = await request("operator");
    const asked = { kind: "staff.certify", id: "operator", request: der.toString("base64") };
    const { id } = await post(first, "/proposals", asked);
    const approve = (by: ConsoleClient, compared?: string) =>
      post(by, `/proposals/${id}/approve`, compared === undefined ? undefined : { compared });
    expect((await approve(second)).error?.code).toBe("person/fingerprint-differs");
    expect((await approve(second, keyId.slice(0, 15))).error?.code).toBe("person/fingerprint-differs");
    expect((await approve(second, "0".repeat(16))).error?.code).toBe("person/fingerprint-differs");
    expect((await approve(first, keyId)).error?.code).toBe("proposal/own");
    const done = await approve(second, keyId.slice(0, 20).replace(/.{4}/g, "$& ").toUpperCase());
    const record = staffed.register.certificate(done.text!)!;
    expect([record.name, record.issuer, record.keyId]).toEqual(["operator", "staff", keyId]);
    expect(eventsOf(record.serial)).toEqual(["certificate.issued security-officer+security-officer-2"]);
    // openssl: it leads to the root, for signing in.
    const leaf = Buffer.from(await (await get(auditor, `/certificates/${done.text}/file`)).arrayBuffer());
    await writeFile(join(folder, "leaf.der"), leaf);
    await writeFile(join(folder, "staff.pem"), staffed.installation.pki.office.authorities("staff")[0]!.toPem());
    const verified = run(
      "openssl",
      ["verify", "-purpose", "sslclient", "-CAfile", join(staffed.installation.data, "root.pem")].concat([
        "-untrusted",
        "staff.pem",
        "leaf.der",
      ]),
      { cwd: folder },
    );
    expect((await verified).stdout).toContain("leaf.der: OK");
    expect((await post(first, "/proposals", asked)).error?.code).toBe("request/key-known");
  });

  it("is not, when the request is another's, broken, too large, or names nobody here", async () => {
    const { der } = await request("operator");
    const forged = Buffer.from(der);
    forged[forged.length - 1]! ^= 1;
    const propose = async (id: string, bytes: Buffer) =>
      (await post(first, "/proposals", { kind: "staff.certify", id, request: bytes.toString("base64") })).error?.code;
    expect(await propose("operator", forged)).toBe("request/no-possession");
    expect(await propose("supervisor", der)).toBe("person/request-name");
    expect(await propose("operator", Buffer.from("rubbish"))).toBe("request/malformed");
    expect(await propose("operator", systemBytes(8500))).toBe("request/too-large");
    const { der: nobodys } = await request("nobody");
    expect(await propose("nobody", nobodys)).toBe("person/unknown");
  });
});

it("a server's certificate is taken back by two officers and not by one; an authority's by none of them here", async () => {
  const [tls] = staffed.register.search({ issuer: "servers" });
  const { serial } = tls!;
  const body = { reason: "keyCompromise", since: null };
  expect((await post(first, `/certificates/${serial}/revoke`, body)).error?.code).toBe("certificate/of-server");
  expect(staffed.register.certificate(serial)!.revokedAt).toBeNull();
  const since = new Date(Date.now() - 3_600_000).toISOString();
  const { id } = await post(first, "/proposals", { kind: "certificate.revoke", serial, ...body, since });
  expect((await post(first, `/proposals/${id}/approve`)).error?.code).toBe("proposal/own");
  expect((await post(second, `/proposals/${id}/approve`)).text).toBe("1");
  const record = staffed.register.certificate(serial)!;
  expect([record.reason, record.invalidSince]).toEqual(["keyCompromise", since]);
  expect(eventsOf(serial).at(-1)).toBe("certificate.revoked security-officer+security-officer-2");
  const [root] = staffed.register.search({ issuer: "root" });
  const ofAuthority = { kind: "certificate.revoke", serial: root!.serial, ...body };
  expect((await post(first, "/proposals", ofAuthority)).error?.code).toBe("certificate/of-authority");
  expect((await post(first, "/proposals", { ...ofAuthority, serial: "00ff" })).error?.code).toBe("certificate/unknown");
});

const systemBytes = (length: number): Buffer => Buffer.from(systemRandom(length));
