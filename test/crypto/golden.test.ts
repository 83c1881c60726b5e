/**
 * What would be lost: packages and receipts of yesterday that today's Kabina no longer reads, or writes differently. The files in
 * `golden/` are made with keys, clock and randomness of their own; KABINA_WRITE_GOLDEN=1 writes them anew, for a deliberate change.
 */
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { AuditLog } from "../../crypto/audit/log.ts";
import { verifyAuditLog } from "../../crypto/audit/verify.ts";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { openPackage } from "../../crypto/package/open.ts";
import { timeBounds } from "../../crypto/package/time-bounds.ts";
import { verifyPackage } from "../../crypto/package/verify.ts";
import { signDecision, verifyDecision } from "../../crypto/receipt/decision.ts";
import { signReceipt, verifyReceipt } from "../../crypto/receipt/receipt.ts";
import { decodeSigned, encodeSigned } from "../../crypto/receipt/signed-document.ts";
import { clockAt, makeWorld, requestFor, sealBytes, sealedAt, smallParts, type World } from "./package/fixture.ts";

const golden = fileURLToPath(new URL("golden/", import.meta.url));
const page = (name: string) => fileURLToPath(new URL(`../../docs/formats/${name}.md`, import.meta.url));
const receivedAt = new Date("2026-11-21T18:30:00Z");
const names = [
  "package.kab",
  "receipt.signed",
  "decision.signed",
  "server.audit",
  "server.audit.checkpoints",
  "server.audit.crt.pem",
  "root.pem",
];
let world: World;
let made: string;

beforeAll(async () => {
  world = await makeWorld("golden");
  made = await mkdtemp(join(tmpdir(), "kabina-golden-"));
  const at = (name: string) => join(made, name);
  const sealed = await sealBytes(requestFor(smallParts(world)), world.booth);
  const sent = { ...sealed, boothId: "booth-1" };
  await writeFile(at("package.kab"), sealed.bytes);
  await writeFile(
    at("receipt.signed"),
    encodeSigned(await signReceipt(sent, { outcome: "stored" }, receivedAt, world.receipt)),
  );
  const notice = {
    packageId: sealed.packageId,
    boothId: "booth-1",
    decision: "retake",
    reasons: ["portrait-eyes-closed"],
  } as const;
  await writeFile(at("decision.signed"), encodeSigned(await signDecision(notice, receivedAt, world.receipt)));
  await writeFile(at("root.pem"), world.authority.root.toPem());
  const log = await AuditLog.open(at("server.audit"), {
    origin: "kabina/server",
    key: world.audit,
    clock: clockAt(sealedAt),
  });
  for (const kind of ["package.stored", "case.opened", "case.decided"])
    await log.append(kind, { packageId: sealed.packageId });
  await log.checkpoint();
  await log.append("server.stopped", {});
  await log.checkpoint();
  await log.close();
  if (process.env.KABINA_WRITE_GOLDEN) {
    await mkdir(golden, { recursive: true });
    for (const name of names) await copyFile(at(name), join(golden, name));
  }
});
afterAll(() => rm(made, { recursive: true }));

const kept = (name: string) => readFile(join(golden, name));
const anchors = async () => Certificate.fromPem((await kept("root.pem")).toString());
const run = (script: string, env: Record<string, string>) =>
  promisify(execFile)("sh", ["-euc", script], { cwd: made, env: { PATH: process.env.PATH, ...env } });
const recipe = async (name: string) => /```sh\n([\s\S]*?)```/.exec(await readFile(page(name), "utf8"))![1]!;

describe("golden files", () => {
  it.each(names)("%s is written the same, byte for byte", async (name) => {
    expect((await readFile(join(made, name))).equals(await kept(name))).toBe(true);
  });

  it("are read", async () => {
    const trust = { anchors: await anchors() };
    const parts: string[] = [];
    const options = { ...trust, now: receivedAt, recipients: [world.recipient] };
    const opened = await openPackage(join(golden, "package.kab"), options, ({ name }) => void parts.push(name));
    expect(parts).toEqual(["enrolment", "portrait", "finger-right-index"]);
    const about = {
      packageId: opened.manifest.packageId,
      boothId: "booth-1",
      sha256: (await verifyPackage(join(golden, "package.kab"), options)).sha256,
      size: opened.size,
    };
    expect(verifyReceipt(decodeSigned((await kept("receipt.signed")).toString()), about, trust).outcome).toBe("stored");
    expect(verifyDecision(decodeSigned((await kept("decision.signed")).toString()), about, trust).decision).toBe(
      "retake",
    );
    expect(await verifyAuditLog(join(golden, "server.audit"), trust)).toMatchObject({
      entries: 4,
      checkpoints: 2,
      unsigned: 0,
    });
  });

  it("of the format before are read, and say no more of the time than they did", async () => {
    const options = { anchors: await anchors(), now: receivedAt, recipients: [world.recipient] };
    const { manifest } = await openPackage(join(golden, "package-1.kab"), options, () => {});
    expect(manifest.format).toBe("kabina-package/1");
    expect(timeBounds(manifest, receivedAt, options)).toMatchObject({ after: null, reckoned: null });
  });

  it("satisfy the openssl-only text of docs/formats/receipt.md, and no other package does", async () => {
    const env = {
      RECEIPT: join(golden, "receipt.signed"),
      ROOT: join(golden, "root.pem"),
      PACKAGE: join(golden, "package.kab"),
    };
    await run(await recipe("receipt"), env);
    await expect(run(await recipe("receipt"), { ...env, PACKAGE: join(golden, "root.pem") })).rejects.toMatchObject({
      code: 1,
    });
  });

  it("satisfy the openssl-only text of docs/formats/audit.md", async () => {
    const key = world.audit.publicKey.export({ format: "pem", type: "spki" });
    await writeFile(join(made, "key.pem"), key);
    const { stdout } = await run(await recipe("audit"), {
      NAME: join(golden, "server.audit"),
      KEY: join(made, "key.pem"),
    });
    expect(stdout).toContain("Verified OK");
  });
});
