/** What would be lost: who decided what, and the certainty that the log still says it. */
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { AuditLog } from "../../../crypto/audit/log.ts";
import { verifyAuditLog } from "../../../crypto/audit/verify.ts";
import { clockAt, makeWorld, sealedAt, type World } from "../package/fixture.ts";

let world: World;
let folder: string;
let path: string;

beforeAll(async () => {
  world = await makeWorld("audit test");
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kabina-audit-"));
  path = join(folder, "audit.log");
});
afterEach(() => rm(folder, { recursive: true }));

const openLog = () => AuditLog.open(path, { origin: "kabina/server", key: world.audit, clock: clockAt(sealedAt) });
const verify = () => verifyAuditLog(path, { anchors: world.anchors });

async function fill(count: number): Promise<void> {
  const log = await openLog();
  for (let i = 0; i < count; i++) await log.append("package.stored", { packageId: `p${i}` });
  await log.checkpoint();
  await log.close();
}

describe("an audit log", () => {
  it("grows over restarts and verifies with the root alone", async () => {
    await fill(3);
    await fill(2);
    const log = await openLog();
    await log.append("case.decided", { decision: "accept" });
    await log.close();
    expect(await verify()).toMatchObject({ origin: "kabina/server", entries: 6, checkpoints: 2, unsigned: 1 });
  });

  it("keeps the order of calls that were not awaited", async () => {
    const log = await openLog();
    const all = await Promise.all([0, 1, 2, 3].map((n) => log.append("n", { n })));
    expect(all.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    await log.close();
  });

  it("forgets a line that a power cut tore, and only that", async () => {
    await fill(3);
    await appendFile(path, '{"at":"2026-11-21T12:00:00.000Z","da');
    await fill(1);
    expect((await verify()).entries).toBe(4);
  });

  it("shows a changed, removed or cut-off entry, also to its own writer", async () => {
    await fill(4);
    const text = await readFile(path, "utf8");
    const lines = text.split("\n");
    for (const tampered of [
      text.replace("p2", "p9"),
      [...lines.slice(0, 3), ""].join("\n"),
      [...lines.slice(0, 2), lines[2]!.replace("p2", "p3"), lines[3], ""].join("\n"),
    ]) {
      await writeFile(path, tampered);
      await expect(verify()).rejects.toMatchObject({ code: "audit/rewritten" });
      await expect(openLog()).rejects.toMatchObject({ code: "audit/rewritten" });
    }
    await writeFile(path, `${[lines[1], lines[0], ...lines.slice(2)].join("\n")}`);
    await expect(verify()).rejects.toMatchObject({ code: "audit/entry-malformed" });
  });

  it("is not signed by a stranger", async () => {
    await fill(1);
    const stranger = await makeWorld("stranger");
    await expect(verifyAuditLog(path, { anchors: stranger.anchors })).rejects.toMatchObject({
      code: "certificate/issuer-unknown",
    });
    const notes = await readFile(`${path}.checkpoints`, "utf8");
    await writeFile(`${path}.checkpoints`, notes.replace("kabina/server\n1", "kabina/server\n2"));
    await expect(verify()).rejects.toMatchObject({ code: "audit/checkpoint-signature" });
  });

  it("takes no person's prose: entries are flat and small", async () => {
    const log = await openLog();
    await expect(log.append("case.note", { text: "x".repeat(2000) })).rejects.toMatchObject({
      code: "audit/entry-malformed",
    });
    await log.close();
  });
});

describe("an entry's line", () => {
  it("is canonical JSON whatever is in it, and is read again as it was", async () => {
    const { default: fc } = await import("fast-check");
    const { default: canonicalize } = await import("canonicalize");
    const { decodeEntry, encodeEntry } = await import("../../../crypto/audit/entry.ts");
    const fact = fc.oneof(
      fc.string({ unit: "binary", maxLength: 100 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
    );
    fc.assert(
      fc.property(
        fc
          .dictionary(fc.string({ unit: "binary", maxLength: 20 }), fact, { maxKeys: 8 })
          .filter((data) => !Object.hasOwn(data, "__proto__")),
        fc.nat(),
        (data, index) => {
          const entry = { index, at: "2026-11-21T20:00:00.000Z", kind: "test.entry", data };
          const line = encodeEntry(entry);
          expect(Buffer.from(line).toString()).toBe(canonicalize(entry));
          expect(encodeEntry(decodeEntry(line, index))).toEqual(line);
        },
      ),
    );
    for (const data of [
      { a: Number.NaN },
      { a: Number.POSITIVE_INFINITY },
      { a: "x".repeat(1025) },
      { a: "\ud800" },
      { ["x".repeat(65)]: 1 },
      JSON.parse('{"__proto__":1}') as Record<string, number>,
    ])
      expect(() => encodeEntry({ index: 0, at: "2026-11-21T20:00:00.000Z", kind: "a", data })).toThrow(
        "audit/entry-malformed",
      );
  });
});
