/** What would be lost: an officer's only way to say of a file on a stick whether it is what it claims. */
import { appendFile, copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Command } from "commander";
import { AuditLog } from "../../crypto/audit/log.ts";
import { passphraseFile, provision } from "../../crypto/authority/provision.ts";
import { register } from "../../crypto/cli.ts";
import { FileKeyStore } from "../../crypto/keys/file-store.ts";
import { readPassphrase } from "../../crypto/keys/passphrase.ts";
import { sealPackageToFile } from "../../crypto/package/seal.ts";
import { systemClock, systemRandom } from "../../crypto/system-environment.ts";
import { requestFor } from "./package/fixture.ts";

const tools = { clock: systemClock, random: systemRandom };
let data: string;
let file: string;
const at = (...names: string[]) => join(data, ...names);
const keysOf = async (folder: string) =>
  FileKeyStore.open(at(folder, "keys"), await readPassphrase(passphraseFile(at(folder))), systemRandom);

async function kabina(...args: string[]): Promise<Record<string, unknown>> {
  const printed: unknown[] = [];
  const program = new Command("kabina").exitOverride();
  const io = { ...tools, print: () => {}, json: (value: unknown) => void printed.push(value), exit: () => {} };
  register(program, io);
  await program.parseAsync([...args, "--json"], { from: "user" });
  expect(printed).toHaveLength(1);
  return printed[0] as Record<string, unknown>;
}

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "kabina-cli-"));
  const { trust } = await provision(data, tools);
  file = at("one.kab");
  const content = Buffer.from('{"a":1}');
  const recipients = trust.recipients;
  const request = requestFor([{ name: "enrolment", mediaType: "application/json", content, recipients }]);
  const signer = await (await keysOf("booth")).load("booth-identity");
  const notAfter = new Date(Date.now() + 86_400_000);
  await sealPackageToFile(file, { ...request, notAfter }, { ...tools, signer });
});
afterAll(() => rm(data, { recursive: true }));

const trusting = () => ["--trust", at("server/trust")];
const opening = (out: string) => [
  ...trusting(),
  ...["--keys", at("server/keys"), "--passphrase-file", passphraseFile(at("server")), "--out", at(out)],
];

describe("kabina package", () => {
  it("inspects without believing", async () => {
    expect(await kabina("package", "inspect", file)).toMatchObject({
      verified: false,
      manifest: { booth: { id: "booth-1" } },
    });
  });

  it("verifies", async () => {
    expect(await kabina("package", "verify", file, ...trusting())).toMatchObject({ verified: true });
    const later = new Date(Date.now() + 2 * 86_400_000).toISOString();
    await expect(kabina("package", "verify", file, ...trusting(), "--as-of", later)).rejects.toMatchObject({
      code: "package/expired",
    });
  });

  it("opens into a folder that only its owner reads, and never over another", async () => {
    expect(await kabina("package", "open", file, ...opening("opened"))).toMatchObject({ opened: true, unopened: [] });
    expect(await readFile(at("opened/enrolment.json"), "utf8")).toBe('{"a":1}');
    expect((await stat(at("opened"))).mode & 0o777).toBe(0o700);
    await expect(kabina("package", "open", file, ...opening("opened"))).rejects.toMatchObject({
      code: "package/folder-exists",
    });
  });

  it("leaves nothing behind when the package is bad", async () => {
    await copyFile(file, at("bad.kab"));
    await appendFile(at("bad.kab"), "x");
    await expect(kabina("package", "open", at("bad.kab"), ...opening("never"))).rejects.toMatchObject({
      code: "package/trailing-bytes",
    });
    expect((await readdir(data)).filter((name) => name.includes("never"))).toEqual([]);
  });

  it("makes no key folder where there is none", async () => {
    const args = ["--keys", at("nowhere"), "--passphrase-file", passphraseFile(at("server")), "--out", at("never")];
    await expect(kabina("package", "open", file, ...trusting(), ...args)).rejects.toMatchObject({
      code: "key/missing",
    });
    expect(await readdir(data)).not.toContain("nowhere");
  });
});

describe("kabina key and kabina audit", () => {
  it("gives no private key out, whoever asks", async () => {
    await expect(kabina("key", "export", "server-recipient", "--keys", at("server/keys"))).rejects.toThrow(
      "unknown command",
    );
  });

  it("verify a log, export it, prove out of it and search it; each with nothing but the root or the log's key", async () => {
    const key = await (await keysOf("server")).load("server-audit");
    const path = at("audit.log");
    const log = await AuditLog.open(path, { origin: "kabina/server", key, clock: systemClock });
    for (let index = 0; index < 5; index++) await log.append("package.stored", { packageId: `p${index}` });
    await writeFile(at("kept"), await log.checkpoint());
    for (let index = 5; index < 12; index++) await log.append("package.stored", { packageId: `p${index}` });
    await log.checkpoint();
    await log.append("case.decided", { decision: "accept" });
    const audit = (...args: string[]) => kabina("audit", ...args);
    expect(await audit("verify", path, ...trusting())).toMatchObject({ verified: true, entries: 13, unsigned: 1 });

    // Beside its open writer.
    expect(await audit("export", path, "--out", at("out.log"))).toMatchObject({ entries: 12 });
    await log.close();
    const own = ["--log-key", at("server/keys/server-audit.crt.pem")];
    expect(await audit("verify", at("out.log"), ...own)).toMatchObject({ entries: 12, unsigned: 0, cosigned: null });
    await expect(audit("verify", at("out.log"))).rejects.toMatchObject({ code: "audit/trust-missing" });

    await audit("prove", path, "--entry", "7", "--out", at("entry.tlog-proof"));
    const proven = { verified: true, size: 12, entry: { index: 7, data: { packageId: "p7" } } };
    expect(await audit("verify", at("entry.tlog-proof"), ...trusting())).toMatchObject(proven);
    expect(await audit("verify", at("entry.tlog-proof"), ...own)).toMatchObject(proven);
    await expect(audit("prove", path, "--entry", "12", "--out", at("beyond"))).rejects.toMatchObject({
      code: "audit/range",
    });
    const entry = await readFile(at("entry.tlog-proof"), "utf8");
    const other = Buffer.from(entry.split("\n")[1]!.slice(6), "base64").toString().replace("p7", "p8");
    await writeFile(at("forged"), entry.replace(/extra .*/, `extra ${Buffer.from(other).toString("base64")}`));
    await expect(audit("verify", at("forged"), ...own)).rejects.toMatchObject({ code: "audit/proof-wrong" });

    await audit("prove", path, "--since", "5", "--out", at("growth"));
    const grown = { verified: true, oldSize: 5, size: 12 };
    expect(await audit("verify", at("growth"), ...trusting(), "--against", at("kept"))).toMatchObject(grown);
    expect(await audit("verify", at("growth"), ...own, "--against", `${path}.checkpoints`)).toMatchObject(grown);
    await expect(audit("verify", at("growth"), ...own)).rejects.toMatchObject({ code: "audit/against-missing" });
    await expect(audit("verify", at("growth"), ...own, "--against", at("growth"))).rejects.toMatchObject({
      code: expect.stringMatching(/^audit\/(checkpoint-malformed|proof-wrong)$/),
    });

    const found = await audit("search", path, "P1", ...trusting());
    expect((found.entries as { index: number }[]).map(({ index }) => index)).toEqual([11, 10, 1]);
    await writeFile(path, (await readFile(path, "utf8")).replace("p10", "p1O"));
    for (const verb of [
      ["verify", path],
      ["search", path, "P1"],
    ])
      await expect(audit(...verb, ...trusting())).rejects.toMatchObject({ code: "audit/rewritten" });
  });
});
