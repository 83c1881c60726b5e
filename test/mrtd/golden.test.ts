/** The specimen document, byte for byte: if this fails, what we write has changed, and what others have stored of ours may no longer be what we make. */
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { loadPassport, writePassport } from "../../mrtd/synthetic/passport.ts";
import { specimenPassport } from "./fixture.ts";
import { hex } from "./shared-data.ts";

const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex").slice(0, 16);

describe("golden document", () => {
  it("is the same bytes each time", () => {
    const { files } = specimenPassport();
    expect(hex(files["EF.COM"]!)).toBe("60165f0104303130375f36063034303030305c0461756e6f");
    expect(Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, digest(bytes)]))).toEqual({
      DG1: "35384cb2e835720b",
      DG14: "3719bc4bfd1f72d3",
      DG15: "61c5a8ec6dbe1be8",
      DG2: "12aa9efa6092b347",
      "EF.COM": "388e6cfc0a205e23",
      "EF.CardAccess": "6d060f3454076767",
      "EF.SOD": "513f436ce46cbd63",
    });
  });

  it("comes back from its folder", async () => {
    const folder = await mkdtemp(join(tmpdir(), "kabina-passport-"));
    try {
      const passport = specimenPassport();
      await writePassport(folder, passport);
      const loaded = await loadPassport(folder);
      expect(loaded.files).toEqual(passport.files);
      expect(loaded.access).toEqual(passport.access);
      expect(loaded.chipKeys.activeAuthentication!.equals(passport.chipKeys.activeAuthentication!)).toBe(true);
      await expect(loadPassport(join(folder, "keys"))).rejects.toMatchObject({ code: "mrtd/passport-folder" });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
