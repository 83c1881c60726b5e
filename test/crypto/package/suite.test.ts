/** The P-384 suite, and that suites do not mix. What would be lost: packages that must stay secret long, or a strong name on a weak seal. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { Authority } from "../../../crypto/authority/authority.ts";
import { FileKeyStore } from "../../../crypto/keys/file-store.ts";
import type { PrivateKeyHandle } from "../../../crypto/keys/key.ts";
import { openPackage } from "../../../crypto/package/open.ts";
import { verifyPackage } from "../../../crypto/package/verify.ts";
import type { KeyAlgorithm } from "../../../crypto/suites/registry.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";
import { openssl } from "../cms/openssl.ts";
import { MemoryKeyStore, seededRandom } from "../deterministic-key.ts";
import { keyFromFile } from "../key-file.ts";
import { clockAt, issuedAt, makeWorld, packSigned, requestFor, sealBytes, tarEntries } from "./fixture.ts";

const passphrase = Buffer.from("a passphrase of some length");
let folder: string;
let authority: Authority;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kabina-suite-"));
  const random = seededRandom("suite");
  authority = await Authority.open(folder, new MemoryKeyStore(random), { clock: clockAt(issuedAt), random });
});
afterAll(() => rm(folder, { recursive: true }));

async function certified(purpose: "booth-identity" | "server-recipient", name: string, algorithm: KeyAlgorithm) {
  const own = join(folder, `${purpose}-${algorithm}`);
  const store = await FileKeyStore.openOrCreate(own, passphrase, systemRandom);
  const key = await store.generate(purpose, algorithm);
  return { folder: own, key: await store.certify(purpose, await authority.issue(purpose, key, name)) };
}
const sealFor = (booth: PrivateKeyHandle, recipient: PrivateKeyHandle) =>
  sealBytes(
    requestFor([
      {
        name: "portrait",
        mediaType: "image/jpeg",
        content: Buffer.from("a portrait"),
        recipients: [recipient.chain[0]!],
      },
    ]),
    booth,
  );
const options = () => ({ anchors: [authority.root], now: new Date("2026-11-22T00:00:00Z") });

it("seals, verifies and opens on P-384, and openssl opens its part", async () => {
  const [booth, recipient] = [
    await certified("booth-identity", "booth-1", "P-384"),
    await certified("server-recipient", "recipient", "P-384"),
  ];
  const { bytes } = await sealFor(booth.key, recipient.key);
  const opened: string[] = [];
  const { manifest } = await openPackage([bytes], { ...options(), recipients: [recipient.key] }, ({ plaintext }) => {
    opened.push(Buffer.from(plaintext).toString());
  });
  expect([manifest.suite, opened]).toEqual(["p384-sha384-aes256gcm/1", ["a portrait"]]);

  // The third entry; a ustar header of 512 bytes stands before its content, whose length it says.
  const entry = tarEntries(bytes)[2]!;
  const size = Number.parseInt(entry.toString("latin1", 124, 135), 8);
  await writeFile(join(folder, "part"), entry.subarray(512, 512 + size));
  await writeFile(join(folder, "key"), keyFromFile(recipient.folder, "server-recipient", passphrase));
  const args = ["-inkey", join(folder, "key")];
  const plain = await openssl("cms", "-decrypt", "-binary", "-inform", "DER", "-in", join(folder, "part"), ...args);
  expect(plain.toString()).toBe("a portrait");
});

it("a recipient of another suite is refused, and so is a manifest that names another suite than its signature has", async () => {
  const world = await makeWorld("suite mixed");
  const booth = await certified("booth-identity", "booth-1", "P-256");
  await expect(
    sealFor(world.booth, (await certified("server-recipient", "other", "P-256")).key),
  ).resolves.toBeDefined();
  const strong = (await FileKeyStore.open(join(folder, "server-recipient-P-384"), passphrase, systemRandom)).load(
    "server-recipient",
  );
  await expect(sealFor(booth.key, await strong)).rejects.toMatchObject({ code: "package/recipient-invalid" });

  const { manifest } = await verifyPackage([(await sealFor(world.booth, world.recipient)).bytes], world.options);
  const forged = await packSigned({ ...manifest, suite: "p384-sha384-aes256gcm/1", parts: [] }, world.booth, []);
  await expect(verifyPackage([forged], world.options)).rejects.toMatchObject({
    code: /package\/(signer-foreign|manifest-malformed)/,
  });
});
