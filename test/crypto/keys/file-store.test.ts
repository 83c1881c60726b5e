/** What would be lost: a booth's identity, to whoever copies its disk; or to a damaged file, without a word. */

import { verify } from "node:crypto";
import { chmod, copyFile, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { FileKeyStore } from "../../../crypto/keys/file-store.ts";
import { ensurePassphrase, findPassphrase, readPassphrase } from "../../../crypto/keys/passphrase.ts";
import { unwrapSessionKey, wrapSessionKey } from "../../../crypto/keys/session-key.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";

const passphrase = Buffer.from("a passphrase of some length");
let folder: string;
let store: FileKeyStore;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kabina-keys-"));
  store = await FileKeyStore.openOrCreate(at("keys"), passphrase, systemRandom);
  await store.generate("booth-journal");
  await store.generate("operator");
});
afterAll(() => rm(folder, { recursive: true }));

describe("a file key store", () => {
  it("gives the same key after a restart, and it signs", async () => {
    const before = await store.load("operator");
    const after = await (await FileKeyStore.open(at("keys"), passphrase, systemRandom)).load("operator");
    expect(after.keyId).toBe(before.keyId);
    const data = Buffer.from("data");
    expect(verify("sha256", data, before.publicKey, await after.sign(data))).toBe(true);
  });

  it("does not open under another passphrase", async () => {
    const wrong = FileKeyStore.open(at("keys"), Buffer.from("another passphrase"), systemRandom);
    await expect(wrong).rejects.toMatchObject({ code: "key/passphrase-wrong" });
  });

  it("never replaces a key, and says when there is none", async () => {
    await expect(store.generate("operator")).rejects.toMatchObject({ code: "key/exists" });
    await expect(store.load("server-tls")).rejects.toMatchObject({ code: "key/missing" });
    await expect(FileKeyStore.open(at("none"), passphrase, systemRandom)).rejects.toMatchObject({
      code: "key/missing",
    });
  });

  it("holds no key in the clear", async () => {
    for (const name of await readdir(at("keys"))) {
      const text = await readFile(at(`keys/${name}`), "utf8");
      expect(text).not.toContain("PRIVATE KEY");
    }
  });

  it("keeps purposes apart: a key renamed to another purpose does not open", async () => {
    await copyFile(at("keys/operator.key.json"), at("keys/server-receipt.key.json"));
    await expect(store.load("server-receipt")).rejects.toMatchObject({ code: "key/damaged" });
    const text = await readFile(at("keys/operator.key.json"), "utf8");
    await writeFile(at("keys/server-receipt.key.json"), text.replace('"operator"', '"server-receipt"'), {
      mode: 0o600,
    });
    await expect(store.load("server-receipt")).rejects.toMatchObject({ code: "key/damaged" });
    await rm(at("keys/server-receipt.key.json"));
  });

  it("refuses files that others can read, and links", async () => {
    await chmod(at("keys/operator.key.json"), 0o640);
    await expect(store.load("operator")).rejects.toMatchObject({ code: "key/permissions" });
    await chmod(at("keys/operator.key.json"), 0o600);
    await rename(at("keys/operator.key.json"), at("moved"));
    await symlink(at("moved"), at("keys/operator.key.json"));
    await expect(store.load("operator")).rejects.toMatchObject({ code: "key/permissions" });
    await rename(at("moved"), at("keys/operator.key.json"));
  });

  it("says that a file is damaged for any byte changed", async () => {
    const path = at("keys/operator.key.json");
    const whole = await readFile(path);
    for (let index = 0; index < whole.length - 1; index += 7) {
      const bytes = Buffer.from(whole);
      bytes[index]! ^= 1;
      await writeFile(path, bytes);
      await expect(store.load("operator")).rejects.toMatchObject({ code: "key/damaged" });
    }
    await writeFile(path, whole);
  });
});

describe("a session's key", () => {
  const sessionKey = Buffer.alloc(32, 9);

  it("comes back to the booth's journal key alone, for its own session alone", async () => {
    const journal = await store.load("booth-journal");
    const wrapped = wrapSessionKey(sessionKey, journal.publicKeyInfo, "session 1", systemRandom);
    expect(JSON.stringify(wrapped)).not.toContain(sessionKey.toString("base64"));
    expect(Buffer.from(await unwrapSessionKey(wrapped, journal, "session 1")).equals(sessionKey)).toBe(true);
    const refused = { code: "key/unwrap" };
    await expect(unwrapSessionKey(wrapped, journal, "session 2")).rejects.toMatchObject(refused);
    await expect(unwrapSessionKey(wrapped, await store.load("operator"), "session 1")).rejects.toMatchObject(refused);
    for (const field of ["ephemeral", "wrapped"] as const) {
      const bytes = Buffer.from(wrapped[field], "base64");
      bytes[20]! ^= 1;
      const changed = { ...wrapped, [field]: bytes.toString("base64") };
      await expect(unwrapSessionKey(changed, journal, "session 1")).rejects.toMatchObject(refused);
    }
  });
});

describe("a passphrase", () => {
  it("comes from a private file, without its line end, or from systemd's folder", async () => {
    await writeFile(at("kabina-passphrase"), "from the credentials\r\n", { mode: 0o400 });
    const places = { credentialsDirectory: folder, credential: "kabina-passphrase" };
    expect(Buffer.from(await findPassphrase(places)).toString()).toBe("from the credentials");
    const made = await ensurePassphrase(at("made"), systemRandom);
    expect(Buffer.compare(made, await ensurePassphrase(at("made"), systemRandom))).toBe(0);
    expect(Buffer.compare(made, await findPassphrase({ ...places, file: at("made") }))).toBe(0);
  });

  it.each([
    ["that others can read", "long enough passphrase", 0o644, "key/permissions"],
    ["that is short", "short", 0o600, "key/passphrase-unfit"],
    ["that is empty", "", 0o600, "key/passphrase-unfit"],
    ["that is huge", "x".repeat(2000), 0o600, "key/passphrase-unfit"],
  ])("is refused from a file %s", async (_, text, mode, code) => {
    await writeFile(at("p"), text, { mode });
    await expect(readPassphrase(at("p"))).rejects.toMatchObject({ code });
    await rm(at("p"));
    await expect(readPassphrase(at("p"))).rejects.toMatchObject({ code: "key/passphrase-missing" });
  });
});
