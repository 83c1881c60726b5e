/** Keys of policy and updates follow each other. What would be lost: booths that no policy reaches any more, or that go on believing an officer who has left. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { FileKeyStore } from "../../../crypto/keys/file-store.ts";
import type { KeyStore, PrivateKeyHandle } from "../../../crypto/keys/key.ts";
import { systemClock as clock, systemRandom } from "../../../crypto/system-environment.ts";
import { folderSource, UpdateClient } from "../../../crypto/updates/client.ts";
import { UpdateRepository } from "../../../crypto/updates/repository.ts";
import { onlineKeys, type RoleRotation, rotateRoles } from "../../../server/pki/role-rotation.ts";
import { MemoryKeyStore } from "../../crypto/deterministic-key.ts";

const key = (): Promise<PrivateKeyHandle> => new MemoryKeyStore(systemRandom).generate("operator");
let scratch: string;
let folder: string;
let store: KeyStore;
let repository: UpdateRepository;
let officers: PrivateKeyHandle[];
/** A booth that follows from the beginning, and one without a link until the end. */
let [booth, bus]: UpdateClient[] = [];

let keys: string;
beforeAll(async () => {
  keys = await mkdtemp(join(tmpdir(), "kabina-roles-keys-"));
  // Opened once: its passphrase takes its time by design.
  store = await FileKeyStore.openOrCreate(join(keys, "keys"), Buffer.from("a passphrase of a test"), systemRandom);
});
afterAll(() => rm(keys, { recursive: true, force: true }));
beforeEach(async () => {
  for (const name of await readdir(join(keys, "keys")))
    if (name.startsWith("updates-")) await rm(join(keys, "keys", name));
  scratch = await mkdtemp(join(tmpdir(), "kabina-roles-test-"));
  folder = join(scratch, "updates");
  repository = new UpdateRepository(folder, clock);
  officers = await Promise.all([key(), key(), key()]);
  await repository.begin(officers, 2, await onlineKeys(store, repository));
  await publish("policy 1", officers.slice(0, 2));
  [booth, bus] = [new UpdateClient(join(scratch, "booth")), new UpdateClient(join(scratch, "bus"))];
  for (const client of [booth, bus]) await client!.begin(await repository.firstRoot());
  await policyOf(bus!);
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

async function publish(text: string, by: readonly PrivateKeyHandle[]): Promise<void> {
  const online = await onlineKeys(store, repository);
  let draft = await repository.draft({ "policy.json": Buffer.from(text) }, online.lists);
  for (const officer of by) draft = await repository.signDraft(officer, draft.hash);
  await repository.publish(online);
}
async function policyOf(client: UpdateClient): Promise<string> {
  const found = await client.update(folderSource(folder), ["policy.json"]);
  return Buffer.from(found.get("policy.json") ?? []).toString();
}
const rotate = (change: Partial<RoleRotation>) =>
  rotateRoles({ online: false, signers: officers.slice(0, 2), rehearsal: false, ...change }, { folder, store, clock });
const heldKeys = async () => (await store.list()).map(({ purpose, state, keyId }) => `${purpose} ${state} ${keyId}`);

describe("the server's own keys", () => {
  it("are rehearsed without a trace, replaced under a new root, and booths follow; the old ones sign nothing any more", async () => {
    const before = await onlineKeys(store, repository);
    const held = await heldKeys();
    const rehearsed = await rotate({ online: true, rehearsal: true });
    expect([rehearsed.version, rehearsed.shown.length]).toEqual([2, 2]);
    expect([await heldKeys(), (await repository.root()).signed.version]).toEqual([held, 1]);

    expect(await rotate({ online: true })).toMatchObject({ version: 2, rehearsal: false });
    const after = await onlineKeys(store, repository);
    for (const role of ["snapshot", "timestamp", "lists"] as const)
      expect(after[role].keyId).not.toBe(before[role].keyId);
    expect(await policyOf(booth!)).toBe("policy 1");
    await publish("policy 2", officers.slice(1));
    for (const client of [booth!, bus!]) expect(await policyOf(client)).toBe("policy 2");
    expect(await bus!.version("root")).toBe(2);

    // A thief of the old keys: fresh, and refused.
    await repository.refresh(before, { "booths.crl": Buffer.from("x") }, true);
    await expect(policyOf(booth!)).rejects.toMatchObject({ code: "updates/refused" });
  });

  it("cut off between the new root and the store, the named keys take over at the next start", async () => {
    const named: string[] = [];
    const cut: KeyStore = Object.create(store, {
      adopt: { value: () => Promise.reject(new Error("power cut")) },
      prepare: { value: store.prepare.bind(store) },
      list: { value: store.list.bind(store) },
      load: { value: store.load.bind(store) },
      has: { value: store.has.bind(store) },
    });
    const change = { online: true, signers: officers.slice(0, 2), rehearsal: false };
    await expect(rotateRoles(change, { folder, store: cut, clock })).rejects.toThrow("power cut");
    named.push(...Object.values(await repository.onlineKeyIds()));
    const online = await onlineKeys(store, repository);
    expect(
      Object.values(online)
        .map(({ keyId }) => keyId)
        .sort(),
    ).toEqual(named.sort());
    await repository.refresh(online, {}, true);
    expect(await policyOf(booth!)).toBe("policy 1");
  });
});

describe("officers", () => {
  it("come and go: signed by enough of those before and after; who has left decides nothing, and booths follow over several roots", async () => {
    const [first, second, third] = officers as [PrivateKeyHandle, PrivateKeyHandle, PrivateKeyHandle];
    const [fourth, fifth] = [await key(), await key()];
    await rotate({ officers: { keys: [second, third, fourth], threshold: 2 }, signers: [first, second] });
    await rotate({ officers: { keys: [third, fourth, fifth], threshold: 3 }, signers: [third, fourth], online: true });
    expect((await repository.root()).signed.version).toBe(3);
    await expect(publish("policy of who has left", [first, second])).rejects.toMatchObject({
      code: "updates/not-an-officer",
    });
    await repository.withdraw();
    await expect(publish("policy of two", [third, fourth])).rejects.toMatchObject({ code: "updates/too-few" });
    await repository.withdraw();
    await publish("policy 3", [third, fourth, fifth]);
    for (const client of [booth!, bus!]) expect(await policyOf(client)).toBe("policy 3");
  });

  it("too few of today's, strangers, one alone from now on, or a policy that waits: nothing changes", async () => {
    const [first, second] = officers as [PrivateKeyHandle, PrivateKeyHandle];
    const strangers = [await key(), await key()];
    const before = await readFile(join(folder, "metadata", "timestamp.json"), "utf8");
    for (const [change, code] of [
      [{ signers: [first] }, "updates/too-few"],
      [{ signers: [first, first] }, "updates/too-few"],
      [{ signers: strangers, officers: { keys: strangers, threshold: 2 } }, "updates/too-few"],
      [{ officers: { keys: [first], threshold: 1 } }, "updates/threshold"],
      [{ officers: { keys: [first, first], threshold: 2 } }, "updates/threshold"],
    ] as const)
      await expect(rotate({ online: true, ...change })).rejects.toMatchObject({ code });
    const online = await onlineKeys(store, repository);
    const draft = await repository.draft({ "policy.json": Buffer.from("waits") }, online.lists);
    await repository.signDraft(second, draft.hash);
    await expect(rotate({ online: true })).rejects.toMatchObject({ code: "updates/draft-waits" });
    expect((await repository.pending()).signedBy).toEqual([second.keyId]);
    expect((await repository.root()).signed.version).toBe(1);
    expect(await readFile(join(folder, "metadata", "timestamp.json"), "utf8")).toBe(before);
    expect((await store.list()).every(({ state }) => state === "current")).toBe(true);
  });

  it("a root that only the new officers signed is refused by a booth", async () => {
    const strangers = [await key(), await key()];
    await rotate({ officers: { keys: [...officers, ...strangers], threshold: 2 }, signers: officers.slice(0, 2) });
    const path = join(folder, "metadata", "2.root.json");
    const metadata = JSON.parse(await readFile(path, "utf8"));
    const ours = new Set(officers.map(({ keyId }) => keyId));
    metadata.signatures = metadata.signatures.filter(({ keyid }: { keyid: string }) => !ours.has(keyid));
    await writeFile(path, JSON.stringify(metadata));
    await expect(policyOf(booth!)).rejects.toMatchObject({ code: "updates/refused" });
  });
});
