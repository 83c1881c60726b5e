/**
 * What would be lost: the promise that prints and unclaimed captures go when the policy says so, for good, with a certificate; and the right to
 * call them gone. The scan of this test knows the bytes themselves, not their traces.
 */
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { systemRandom } from "../../../crypto/system-environment.ts";
import { Register } from "../../../server/register/register.ts";
import { Eraser } from "../../../server/retention/eraser.ts";
import { defaultRetention, standingRetention } from "../../../server/retention/policy.ts";
import { rescan } from "../../../server/retention/rescan.ts";
import { due, ORDERED, runRetention } from "../../../server/retention/retention.ts";
import { openStore, type Store } from "../../../server/store/store.ts";
import { makeInstallation, type TestInstallation } from "../installation.ts";

const start = Date.parse("2026-11-28T08:00:00.000Z");
const day = 86_400_000;
let now = start;
const clock = { now: () => new Date(now), monotonic: () => now };
const standing = standingRetention(undefined);

let installation: TestInstallation;
let folder: string;
let store: Store;
let register: Register;
let eraser: Eraser;

const open = () => {
  store = openStore(join(folder, "kabina.sqlite"), installation.identity.recipients, systemRandom);
  register = new Register(join(folder, "register.sqlite"));
  eraser = new Eraser({ store, register, uploads: join(folder, "uploads"), clock });
};
const close = () => {
  register.close();
  store.close();
};

beforeEach(async () => {
  now = start;
  installation = await makeInstallation();
  folder = join(installation.folder, "server");
  await mkdir(join(folder, "uploads"), { recursive: true });
  open();
});
afterEach(async () => {
  close();
  await installation.remove();
});

const plain = {
  "finger-right-index": systemRandom(20_000),
  "template-right-index": systemRandom(900),
  portrait: systemRandom(50_000),
};

interface Kept {
  readonly caseId: string;
  readonly sha256: string;
  /** As they rest. */
  readonly bytes: Record<string, Buffer>;
}

/** A case as the pipeline leaves it: its package's file, its parts, a note. */
async function keep(): Promise<Kept> {
  const { path, sha256, packageId, size: bytes, manifest } = await installation.seal(30_000);
  await copyFile(path, join(folder, "uploads", `${sha256}.kab`));
  const caseId = `C-${sha256.slice(0, 12)}`;
  const at = clock.now().toISOString();
  const sealer = await store.parts.sealer({ caseId, dataKey: null, printsKey: null });
  const resting: Record<string, Buffer> = { package: await readFile(path) };
  await store.commits.commit(() => {
    store.packages.insert({
      ...{ sha256, packageId, booth: "booth-1", bytes, manifest: JSON.stringify(manifest) },
      ...{ receipt: Buffer.alloc(1), receivedAt: at },
    });
    store.cases.insert(caseId, sha256, at);
    store.cases.setDataKey(caseId, sealer.newKeys.data);
    store.cases.setPrintsKey(caseId, sealer.newKeys.prints);
    for (const [name, content] of Object.entries(plain)) {
      resting[name] = sealer.seal(name, content);
      store.parts.insert(caseId, { name, mediaType: "image/png", sealed: resting[name] });
    }
    store.cases.change(caseId, at, { state: "waiting" }, "added");
  });
  const note = await store.notes.seal(store.cases.find(caseId)!, "the person asked twice");
  await store.commits.commit(() => store.notes.put(caseId, note.sealed));
  for (const [name, wrapped] of Object.entries(sealer.newKeys)) resting[`key ${name}`] = wrapped!;
  return { caseId, sha256, bytes: resting };
}

/** Names of what is found again: any 64 bytes of it, sampled so that no page of a database has none, in any byte of any file. */
async function left({ bytes }: Kept, names = Object.keys(bytes)): Promise<string[]> {
  const found = new Set<string>();
  for (const entry of await readdir(installation.folder, { recursive: true, withFileTypes: true })) {
    // What the test's booth has sealed stands outside the server's folder.
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !path.startsWith(folder)) continue;
    const content = await readFile(path);
    // A package begins with what all packages have in common.
    for (const name of names)
      for (
        let at = name === "package" ? 8192 : 0;
        at + 64 <= bytes[name]!.length;
        at += bytes[name]!.length > 8192 ? 3900 : 128
      ) {
        const window = name.startsWith("key")
          ? Buffer.from((JSON.parse(bytes[name]!.toString()) as { wrapped: string }).wrapped)
          : bytes[name]!.subarray(at, at + 64);
        // An archive ends with zeros.
        if (new Set(window).size > 32 && content.includes(window)) found.add(name);
      }
  }
  return [...found].sort();
}

const prints = ["finger-right-index", "key prints", "package", "template-right-index"];

it("unclaimed captures go when their days are over, and no byte of them is left; a second run does nothing", async () => {
  const kept = await keep();
  expect(await left(kept)).toEqual(Object.keys(kept.bytes).sort());
  now = start + (defaultRetention.unclaimedDays - 1) * day;
  expect(due(store, standing, clock.now())).toEqual([]);
  const other = await keep();
  now = start + (defaultRetention.unclaimedDays + 1) * day;
  const run = () => runRetention({ store, eraser, clock }, standing);
  expect((await run()).erased).toEqual([{ caseId: kept.caseId, scope: "captures", reason: "unclaimed" }]);
  expect(await run()).toEqual({ resumed: 0, erased: [] });
  expect(await left(kept)).toEqual([]);
  expect(await rescan(store, [folder])).toMatchObject({ erasures: 1, found: [], rows: [], unread: [] });

  // The case stays, as a history without captures; what it held cannot be read, and that is said so.
  const record = store.cases.find(kept.caseId)!;
  expect(store.cases.history(kept.caseId).at(-1)).toMatchObject({
    event: "erased",
    detail: "captures: unclaimed, default",
  });
  await expect(store.parts.read(record, "portrait")).rejects.toMatchObject({ code: "store/erased" });
  expect(await store.notes.read(record)).toBeNull();
  // The other case is untouched.
  expect((await store.parts.read(store.cases.find(other.caseId)!, "portrait")).bytes).toEqual(
    Buffer.from(plain.portrait),
  );
  expect(register.eventsOf(kept.caseId).map(({ kind, data }) => [kind, data.scope, data.keys, data.parts])).toEqual([
    ["case.erased", "captures", 2, 4],
  ]);
});

it("prints go before the rest, with their key and the package's file", async () => {
  const kept = await keep();
  await store.commits.commit(() => {
    const at = clock.now().toISOString();
    store.cases.change(kept.caseId, at, { state: "accepted" }, "changed");
    store.cases.addHistory(kept.caseId, { at, by: "server", event: ORDERED, detail: null });
  });
  now = start + (defaultRetention.printsAfterOrderDays + 1) * day;
  await runRetention({ store, eraser, clock }, standing);
  expect(await left(kept, prints)).toEqual([]);
  const record = store.cases.find(kept.caseId)!;
  await expect(store.parts.read(record, "finger-right-index")).rejects.toMatchObject({ code: "store/erased" });
  expect((await store.parts.read(record, "portrait")).bytes).toEqual(Buffer.from(plain.portrait));
  now = start + (defaultRetention.capturesAfterOrderDays + 1) * day;
  await runRetention({ store, eraser, clock }, standing);
  expect(await left(kept)).toEqual([]);
  expect(store.erasures.of(kept.caseId).map(({ scope }) => scope)).toEqual(["prints", "captures"]);
});

it("the re-scan finds a copy that somebody kept: a package in a backup, a page of a database", async () => {
  const kept = await keep();
  const backup = join(installation.folder, "backup");
  await mkdir(backup);
  await writeFile(join(backup, "old.tar"), Buffer.concat([systemRandom(5000), kept.bytes.package!]));
  await writeFile(join(backup, "page"), Buffer.concat([systemRandom(77), kept.bytes.portrait!.subarray(9000, 13_092)]));
  await writeFile(join(backup, "dump.sql"), `INSERT INTO x VALUES ('${kept.bytes["key data"]!.toString("utf8")}')`);
  await eraser.erase(kept.caseId, "captures", { reason: "asked", policy: "two-officers", by: "o1+o2" });
  expect((await rescan(store, [folder])).found).toEqual([]);
  const { found } = await rescan(store, [folder, backup]);
  expect(new Set(found.map(({ file }) => file.slice(backup.length + 1)))).toEqual(
    new Set(["old.tar", "page", "dump.sql"]),
  );
  expect(found.every((one) => one.case === kept.caseId)).toBe(true);
  // However much of it a file holds, one line tells of it, and no file goes unnamed for another's sake.
  expect(found).toHaveLength(3);
  const [archive] = found.filter(({ file }) => file.endsWith("old.tar"));
  expect([archive!.places > 1, archive!.at >= 5000]).toEqual([true, true]);
});

it("a run that a stop cut off anywhere goes on where it was, and certifies once", async () => {
  for (const cut of ["begun", "rows", "file", "certified"] as const) {
    const kept = await keep();
    const crash = new Error(cut);
    const at = (what: typeof cut) => {
      if (what === cut) throw crash;
    };
    // The process ends before, or right after, a step; what is on the disk is what counts.
    const real = { done: store.erasures.finish.bind(store.erasures), event: register.addEvent.bind(register) };
    const drop = store.parts.drop.bind(store.parts);
    store.parts.drop = (caseId) => {
      at("begun");
      drop(caseId);
    };
    const pragma = store.database.pragma.bind(store.database);
    store.database.pragma = ((text: string) => {
      if (text.startsWith("wal_checkpoint")) at("file");
      return pragma(text);
    }) as typeof store.database.pragma;
    register.addEvent = (event) => {
      at("rows");
      real.event(event);
    };
    store.erasures.finish = (...args) => {
      at("certified");
      real.done(...args);
    };
    const why = { reason: "asked", policy: "two-officers", by: "o1+o2" };
    await expect(eraser.erase(kept.caseId, "captures", why)).rejects.toBe(crash);
    close();
    open();
    expect(await eraser.resume()).toBe(1);
    expect(await left(kept)).toEqual([]);
    expect(register.eventsOf(kept.caseId).filter(({ kind }) => kind === "case.erased")).toHaveLength(1);
    expect(await eraser.resume()).toBe(0);
  }
});
