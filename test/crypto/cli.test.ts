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

  it("verify a log", async () => {
    const key = await (await keysOf("server")).load("server-audit");
    const log = await AuditLog.open(at("audit.log"), { origin: "kabina/server", key, clock: systemClock });
    await log.append("package.stored", {});
    await log.checkpoint();
    await log.close();
    expect(await kabina("audit", "verify", at("audit.log"), ...trusting())).toMatchObject({
      verified: true,
      entries: 1,
    });
    await writeFile(at("audit.log"), "");
    await expect(kabina("audit", "verify", at("audit.log"), ...trusting())).rejects.toMatchObject({
      code: "audit/rewritten",
    });
  });
});
