import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { eraseRemains, Journal, type JournalTools } from "../../../booth/journal/journal.ts";
import { type JournalRecord, openRecord, recordLength, sealRecord } from "../../../booth/journal/record.ts";
import { FileKeyStore } from "../../../crypto/keys/file-store.ts";
import { KeyRing } from "../../../crypto/keys/key-ring.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";
import { SmallDisk, smallDiskMissing } from "../small-disk.ts";

const session = "ab".repeat(32);
const key = new Uint8Array(32).fill(7);

describe("record", () => {
  const record: JournalRecord = {
    entry: { event: { type: "begin" } },
    blobs: new Map([["face-0", new Uint8Array([1, 2, 3])]]),
  };
  /** A source of randomness that always gives the same, for the golden bytes. */
  const counting = (length: number) => Uint8Array.from({ length }, (_, index) => index);

  test("golden: the bytes of docs/formats/journal.md have not changed", () => {
    const sealed = sealRecord(record, key, { session, index: 0 }, counting);
    expect(sealed.length).toBe(110);
    expect(createHash("sha256").update(sealed).digest("hex")).toBe(
      "73f9453387455db0c214bf5c7074422205fabdd6178c2b22919901343bc3827e",
    );
  });

  test("a record opens at its own place only, and not with a bit changed", () => {
    const sealed = sealRecord(record, key, { session, index: 3 }, systemRandom);
    const body = sealed.subarray(4);
    expect(recordLength(sealed)).toBe(body.length);
    expect(openRecord(body, key, { session, index: 3 })).toEqual(record);
    expect(openRecord(body, key, { session, index: 2 })).toBeUndefined();
    expect(openRecord(body, key, { session: "cd".repeat(32), index: 3 })).toBeUndefined();
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Uint8Array.from(body);
        changed[at] = changed[at]! ^ flip;
        expect(openRecord(changed, key, { session, index: 3 })).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });

  test("noise is no record, and asks for no memory", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 200 }), (noise) => {
        const length = recordLength(noise);
        expect(length === undefined || length <= 64 * 1024 * 1024 + 28).toBe(true);
        expect(openRecord(noise.subarray(4), key, { session, index: 0 })).toBeUndefined();
      }),
    );
  });
});

describe("journal", () => {
  let root: string;
  let tools: JournalTools;

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), "kabina-journal-"));
    const store = await FileKeyStore.openOrCreate(
      join(root, "keys"),
      Buffer.from("a passphrase of a test"),
      systemRandom,
    );
    tools = {
      folder: join(root, "sessions"),
      keys: new KeyRing([await store.generate("booth-journal")]),
      random: systemRandom,
    };
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const record = (n: number, bytes = 1000): JournalRecord => ({
    entry: { n },
    blobs: new Map([[`face-${n}`, new Uint8Array(bytes).fill(n)]]),
  });

  test("what was appended is there after the process has gone without a word", async () => {
    const journal = await Journal.create(session, tools);
    for (let n = 0; n < 5; n++) await journal.append(record(n));
    const reopened = await Journal.reopen(session, tools);
    expect(reopened?.records).toEqual([0, 1, 2, 3, 4].map((n) => record(n)));
    await reopened?.journal.append(record(5));
    await reopened?.journal.close();
    await journal.close();
    const again = await Journal.reopen(session, tools);
    expect(again?.records).toHaveLength(6);
    await again?.journal.close();
  });

  test("cut off at any byte, every record before the cut is recovered and new ones follow", async () => {
    const journal = await Journal.create(session, tools);
    const ends: number[] = [];
    const path = join(tools.folder, session, "journal");
    for (let n = 0; n < 3; n++) {
      await journal.append(record(n, 40));
      ends.push(statSync(path).size);
    }
    await journal.close();
    const whole = readFileSync(path);
    for (let cut = 0; cut <= whole.length; cut += 7) {
      writeFileSync(path, whole);
      truncateSync(path, cut);
      const reopened = await Journal.reopen(session, tools);
      expect(reopened?.records).toHaveLength(ends.filter((end) => end <= cut).length);
      await reopened?.journal.append(record(9, 40));
      await reopened?.journal.close();
      const again = await Journal.reopen(session, tools);
      expect(again?.records.at(-1)).toEqual(record(9, 40));
      await again?.journal.close();
    }
  });

  test("destroyed, neither key nor journal is left, and the bytes of the journal open no more", async () => {
    const journal = await Journal.create(session, tools);
    await journal.append(record(1));
    const bytes = readFileSync(join(tools.folder, session, "journal"));
    expect(await journal.destroy()).toEqual({ records: 1, keyDestroyed: true });
    expect(readdirSync(tools.folder)).toEqual([]);
    await expect(journal.append(record(2))).rejects.toMatchObject({ code: "journal/closed" });
    expect(bytes.includes(Buffer.alloc(64, 1))).toBe(false);
    expect(await Journal.reopen(session, tools)).toBeUndefined();
  });

  test("the power goes in the middle of destroying: what remains is removed at the next start", async () => {
    const journal = await Journal.create(session, tools);
    await journal.append(record(1));
    await journal.close();
    // The key file is overwritten, the journal not yet deleted.
    writeFileSync(join(tools.folder, session, "key.json"), systemRandom(200));
    expect(await Journal.reopen(session, tools)).toBeUndefined();
    await eraseRemains(session, tools);
    expect(readdirSync(tools.folder)).toEqual([]);
  });

  test("another booth's key, or another session's folder, opens nothing", async () => {
    const journal = await Journal.create(session, tools);
    await journal.append(record(1));
    await journal.close();
    const other = await FileKeyStore.openOrCreate(join(root, "other"), Buffer.from("another passphrase"), systemRandom);
    const thief = { ...tools, keys: new KeyRing([await other.generate("booth-journal")]) };
    expect(await Journal.reopen(session, thief)).toBeUndefined();
  });

  const onSmallDisk = smallDiskMissing() === null ? test : test.skip;
  if (smallDiskMissing() !== null) console.warn(`skipped: ${smallDiskMissing()}`);
  onSmallDisk(
    "a disk that fills in the middle of a capture loses nothing that was there, and the capture fits later",
    async () => {
      const disk = SmallDisk.make(join(root, "disk"), 512 * 1024);
      try {
        const journal = await Journal.create(session, { ...tools, folder: join(disk.path, "sessions") });
        await journal.append(record(1, 100_000));
        disk.fill();
        await expect(journal.append(record(2, 200_000))).rejects.toMatchObject({ code: "journal/disk-full" });
        disk.free();
        await journal.append(record(2, 200_000));
        await journal.close();
        const reopened = await Journal.reopen(session, { ...tools, folder: join(disk.path, "sessions") });
        expect(reopened?.records).toEqual([record(1, 100_000), record(2, 200_000)]);
        await reopened?.journal.close();
      } finally {
        disk.remove();
      }
    },
  );
});
