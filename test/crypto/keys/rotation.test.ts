/** What would be lost: packages sealed under the key of yesterday, or a place without any key after a power cut. */

import { copyFile, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { buildCertificate, encodeName } from "../../../crypto/certificate/builder.ts";
import type { Certificate } from "../../../crypto/certificate/certificate.ts";
import { publicPoint } from "../../../crypto/keys/curve.ts";
import { FileKeyStore } from "../../../crypto/keys/file-store.ts";
import type { PrivateKeyHandle } from "../../../crypto/keys/key.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";

const passphrase = Buffer.from("a passphrase of some length");
let folder: string;
let store: FileKeyStore;
const at = (name: string) => join(folder, name);
const reopen = () => FileKeyStore.open(folder, passphrase, systemRandom);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kabina-rotation-"));
  store = await FileKeyStore.openOrCreate(folder, passphrase, systemRandom);
});
afterEach(() => rm(folder, { recursive: true }));

function selfSigned(key: PrivateKeyHandle): Promise<Certificate> {
  const name = encodeName([["2.5.4.3", "rotation"]]);
  return buildCertificate(
    {
      serialNumber: Uint8Array.of(1),
      issuer: name,
      subject: name,
      notBefore: new Date("2026-01-01T00:00:00Z"),
      notAfter: new Date("2027-01-01T00:00:00Z"),
      publicKeyInfo: key.publicKey.export({ format: "der", type: "spki" }),
      extensions: [],
    },
    { scheme: { kind: "ecdsa", digest: "sha256" }, sign: (data) => key.sign(data) },
  );
}
const certified = async () => {
  const key = await store.generate("server-recipient");
  return store.certify("server-recipient", [await selfSigned(key)]);
};

it("the next key waits beside the current one, takes over with its certificate, and the former one still works", async () => {
  const first = await certified();
  const next = await store.prepare("server-recipient");
  expect((await store.prepare("server-recipient")).keyId).toBe(next.keyId);
  expect((await store.load("server-recipient")).keyId).toBe(first.keyId);

  await expect(store.adopt("server-recipient", first.chain)).rejects.toMatchObject({
    code: "key/certificate-mismatch",
  });
  const adopted = await store.adopt("server-recipient", [await selfSigned(next)]);
  expect([adopted.keyId, adopted.chain[0]?.keyId]).toEqual([next.keyId, next.keyId]);
  const [former, ...others] = await (await reopen()).former("server-recipient");
  expect([former?.keyId, former?.chain[0]?.sha256, others]).toEqual([first.keyId, first.chain[0]?.sha256, []]);
  expect(await former?.agree(publicPoint(adopted.publicKey))).toEqual(
    await adopted.agree(publicPoint(first.publicKey)),
  );
});

it("lists every key with its state, without the passphrase's work, and destroys only what is not in use", async () => {
  const first = await certified();
  const next = await store.prepare("server-recipient", "P-384");
  const states = async () => (await store.list()).map(({ state, algorithm, keyId }) => [state, algorithm, keyId]);
  expect(await states()).toEqual([
    ["current", "P-256", first.keyId],
    ["pending", "P-384", next.keyId],
  ]);
  await expect(store.destroy("server-recipient", first.keyId)).rejects.toMatchObject({ code: "key/in-use" });
  await store.destroy("server-recipient", next.keyId);
  await expect(store.destroy("server-recipient", next.keyId)).rejects.toMatchObject({ code: "key/missing" });
  expect(await states()).toEqual([["current", "P-256", first.keyId]]);
});

it("an adoption that was cut off after any of its steps leaves one current key with its own certificate", async () => {
  const first = await certified();
  const next = await store.prepare("server-recipient");
  const chain = [await selfSigned(next)];
  const files = await readdir(folder);
  const saved = await mkdtemp(join(tmpdir(), "kabina-rotation-before-"));
  for (const name of files) await copyFile(at(name), join(saved, name));
  const steps: (() => Promise<void>)[] = [
    async () => {},
    () => copyFile(at("server-recipient.key.json"), at(`server-recipient.former-${first.keyId.slice(0, 16)}.key.json`)),
    () => copyFile(at("server-recipient.crt.pem"), at(`server-recipient.former-${first.keyId.slice(0, 16)}.crt.pem`)),
    () => rename(at("server-recipient.next.key.json"), at("server-recipient.key.json")),
  ];
  // The certificates of the pending key are written first, by the store itself, into a folder that then fails.
  await store.adopt("server-recipient", chain);
  await copyFile(at("server-recipient.crt.pem"), join(saved, "server-recipient.next.crt.pem"));
  for (let cut = 0; cut <= steps.length; cut++) {
    for (const name of await readdir(folder)) await rm(at(name));
    for (const name of await readdir(saved)) await copyFile(join(saved, name), at(name));
    for (const step of steps.slice(0, cut)) await step();
    const after = await reopen();
    const current = await after.load("server-recipient");
    const expected = cut === steps.length ? next.keyId : first.keyId;
    expect([cut, current.keyId, current.chain[0]?.keyId]).toEqual([cut, expected, expected]);
    const former = (await after.former("server-recipient")).map(({ keyId }) => keyId);
    expect([cut, former]).toEqual([cut, cut === steps.length ? [first.keyId] : []]);
    if (cut < steps.length) expect((await after.adopt("server-recipient", chain)).keyId).toBe(next.keyId);
  }
  await rm(saved, { recursive: true });
});

it("a P-384 key signs with SHA-384 and agrees on 48 bytes", async () => {
  const key = await store.generate("operator", "P-384");
  const other = await store.generate("slip-issuer", "P-384");
  expect([key.algorithm, (await key.agree(publicPoint(other.publicKey))).length]).toEqual(["P-384", 48]);
});
