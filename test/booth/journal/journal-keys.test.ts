/** The journals' key is replaced. What would be lost: the session that a power cut has left behind, with everything that a person gave in it. */
import { mkdtempSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { Journal } from "../../../booth/journal/journal.ts";
import { JournalKeys } from "../../../booth/journal/journal-keys.ts";
import { FileKeyStore } from "../../../crypto/keys/file-store.ts";
import type { KeyRing } from "../../../crypto/keys/key-ring.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";

let root: string;
let store: FileKeyStore;
let keys: JournalKeys;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "kabina-journal-keys-"));
  store = await FileKeyStore.openOrCreate(join(root, "keys"), Buffer.from("a passphrase of a test"), systemRandom);
  await store.generate("booth-journal");
  keys = await JournalKeys.open({ store, folder: join(root, "sessions"), random: systemRandom });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const tools = (ring: Pick<KeyRing, "current" | "among"> = keys.ring) => ({
  ...{ folder: join(root, "sessions"), keys: ring, random: systemRandom },
});
const record = { entry: { step: "face" }, blobs: new Map([["face", new Uint8Array(100)]]) };
const former = async () => (await store.former("booth-journal")).map(({ keyId }) => keyId);

test("a session that was cut off opens after the key was replaced twice; its key goes when it is over", async () => {
  const journal = await Journal.create("cut-off", tools());
  await journal.append(record);
  await journal.close();
  const first = keys.ring.current.keyId;
  const once = await keys.rotate();
  expect([once.before, keys.ring.current.keyId]).toEqual([first, once.after]);
  expect(once.shown).toEqual([
    "a journal of the old key opens",
    "a journal of the new key opens",
    "1 sessions on the disk open",
  ]);
  await keys.rotate();
  // The key in between had no session.
  expect(await former()).toEqual([first]);
  const again = await JournalKeys.open({ store, folder: join(root, "sessions"), random: systemRandom });
  const found = await Journal.reopen("cut-off", tools(again.ring));
  expect(found?.records).toEqual([record]);
  await found?.journal.destroy();
  expect(await again.release()).toEqual([first]);
  expect(await former()).toEqual([]);
});

test("a rehearsal leaves nothing behind; a running session goes on under the key that it began with", async () => {
  const journal = await Journal.create("running", tools());
  const before = readdirSync(join(root, "keys")).sort();
  const rehearsed = await keys.rehearse();
  expect(readdirSync(join(root, "keys")).sort()).toEqual(before);
  expect(keys.ring.current.keyId).toBe(rehearsed.before);
  await keys.rotate();
  await journal.append(record);
  await journal.close();
  const found = await Journal.reopen("running", tools());
  expect(found?.records).toEqual([record]);
  await found?.journal.close();
});

test("a former key that cannot open what stands under it stops the switch: the old key goes on", async () => {
  const journal = await Journal.create("cut-off", tools());
  await journal.close();
  const old = keys.ring.current;
  const broken = {
    load: async () => ({
      ...old,
      keyId: old.keyId,
      algorithm: old.algorithm,
      publicKeyInfo: old.publicKeyInfo,
      agree: () => Promise.reject(new Error("the key is gone")),
    }),
  };
  const hindered = Object.assign(Object.create(store) as FileKeyStore, broken);
  for (const name of ["list", "prepare", "former", "destroy", "adopt"] as const)
    Object.assign(hindered, { [name]: (store[name] as (...given: unknown[]) => unknown).bind(store) });
  const blocked = await JournalKeys.open({ store: hindered, folder: join(root, "sessions"), random: systemRandom });
  await expect(blocked.rotate()).rejects.toMatchObject({ code: "rotation/rehearsal-failed" });
  expect((await store.load("booth-journal")).keyId).toBe(old.keyId);
  // The next run takes the key that waits.
  const done = await keys.rotate();
  expect(done.before).toBe(old.keyId);
});

test("it knows since when its key has been there", async () => {
  const [file] = readdirSync(join(root, "keys")).filter((name) => name.startsWith("booth-journal"));
  const then = new Date("2025-01-01T00:00:00Z");
  utimesSync(join(root, "keys", file!), then, then);
  expect(await keys.standing()).toEqual({ keyId: keys.ring.current.keyId, madeAt: then });
  await keys.rotate();
  const { keyId, madeAt } = await keys.standing();
  expect([keyId, madeAt! > then]).toEqual([keys.ring.current.keyId, true]);
});
