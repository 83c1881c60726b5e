import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { StaffRoll } from "../../booth/staff/roll.ts";
import { systemRandom } from "../../crypto/system-environment.ts";

describe("the second person", () => {
  const folder = mkdtempSync(join(tmpdir(), "kabina-staff-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let now = 0;
  const roll = new StaffRoll(folder, { now: () => new Date(now), monotonic: () => now });

  test("is known by number and PIN, whose hash alone is on the disk", async () => {
    await expect(roll.check("1042", "271828")).rejects.toMatchObject({ code: "staff/unknown" });
    await roll.add("1042", "314159", systemRandom);
    await roll.add("1042", "271828", systemRandom);
    await roll.check("1042", "271828");
    await expect(roll.check("1042", "314159")).rejects.toMatchObject({ code: "staff/unknown" });
    await expect(roll.check("1043", "271828")).rejects.toMatchObject({ code: "staff/unknown" });
    const file = join(folder, "staff.json");
    expect(readFileSync(file, "utf8")).not.toContain("271828");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await expect(roll.add("10", "271828", systemRandom)).rejects.toMatchObject({ code: "staff/malformed" });
    await expect(roll.add("1044", "12345", systemRandom)).rejects.toMatchObject({ code: "staff/malformed" });
  });

  test("is not found by trying: after five wrong PINs nobody is let in for a quarter of an hour", async () => {
    await roll.check("1042", "271828");
    for (let tries = 0; tries < 5; tries++)
      await expect(roll.check("1042", "000000")).rejects.toMatchObject({ code: "staff/unknown" });
    await expect(roll.check("1042", "271828")).rejects.toMatchObject({ code: "staff/locked" });
    now += 16 * 60_000;
    await roll.check("1042", "271828");
  });
});
