/** What would be lost: a package, half-written where a whole one should be; or the disk's warning that it is full. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { writeDurably, writeFileDurably } from "../../crypto/durable-file.ts";
import { sealPackageToFile } from "../../crypto/package/seal.ts";
import { systemRandom } from "../../crypto/system-environment.ts";
import { clockAt, makeWorld, requestFor, sealedAt, smallParts, type World } from "./package/fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "kabina-durable-"));
const small = join(folder, "small-disk");
let world: World;

/** A disk of 64 KiB; false where this machine lets nobody mount one. */
function mountSmallDisk(): boolean {
  try {
    execFileSync("mkdir", ["-p", small]);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", small], { stdio: "ignore" });
    return true;
  } catch {
    process.stderr.write("skipped: a full disk: this machine does not let the test mount one\n");
    return false;
  }
}
const mounted = mountSmallDisk();
afterAll(() => {
  if (mounted) execFileSync("umount", [small]);
  rmSync(folder, { recursive: true });
});
beforeAll(async () => {
  world = await makeWorld("durable");
});

describe("a durable file", () => {
  it("keeps the old content when writing the new one fails", async () => {
    const path = join(folder, "one");
    await writeFileDurably(path, "old");
    const failing = writeDurably(path, 0o600, async (write) => {
      await write(Buffer.from("new, but only ha"));
      throw new Error("pulled out");
    });
    await expect(failing).rejects.toThrow("pulled out");
    expect(await readFile(path, "utf8")).toBe("old");
    expect(await readdir(folder)).not.toContainEqual(expect.stringContaining("tmp"));
  });

  (mounted ? it : it.skip)("says that the disk is full, in the middle of a seal, and leaves nothing", async () => {
    await mkdir(join(small, "outbox"));
    await writeFile(join(small, "kept"), "kept");
    const [part] = smallParts(world);
    const request = requestFor([{ ...part!, content: systemRandom(200_000) }]);
    const tools = { signer: world.booth, clock: clockAt(sealedAt), random: systemRandom };
    const sealing = sealPackageToFile(join(small, "outbox/p.kab"), request, tools);
    await expect(sealing).rejects.toMatchObject({ code: "file/disk-full" });
    expect(await readdir(join(small, "outbox"))).toEqual([]);
    expect(await readFile(join(small, "kept"), "utf8")).toBe("kept");
    await rm(join(small, "kept"));
    await sealPackageToFile(join(small, "outbox/p.kab"), requestFor(smallParts(world)), tools);
    expect(await readdir(join(small, "outbox"))).toEqual(["p.kab"]);
  });
});
