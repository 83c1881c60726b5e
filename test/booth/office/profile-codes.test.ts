/** What would be lost: a booth in a village that cannot be made from the sheet of paper that was sent with it. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import sharp from "sharp";
import { readProfileCodes } from "../../../booth/office/profile-codes.ts";
import { signProfile } from "../../../crypto/authority/profile.ts";
import { ProfileCollector, profileFrames } from "../../../crypto/authority/profile-frames.ts";
import { systemClock } from "../../../crypto/system-environment.ts";
import { simulatedCamera } from "../../../devices/simulator/camera.ts";
import { Plug } from "../../../devices/simulator/plug.ts";
import { profileSheet } from "../../../server/pki/profile-sheet.ts";
import { makeWorld, sealedAt } from "../../crypto/package/fixture.ts";

const world = await makeWorld("profile-codes");
/** As `kabina office add` signs one, with an updates root of the usual size. */
const profileOf = (boothId: string) =>
  signProfile(
    {
      ...{ boothId, office: { id: "office-7", name: "МФЦ Северный" }, notAfter: "2026-12-21T12:00:00Z" },
      ...{ serverUrl: "https://kabina.example:8443", pkiUrl: "https://kabina.example:8445" },
      trust: {
        root: world.authority.root.toPem(),
        booths: world.authority.booths.toPem(),
        servers: world.authority.servers.toPem(),
        recipients: [world.recipient.chain[0]!.toPem()],
      },
      updatesRoot: Buffer.from(JSON.stringify({ signed: { keys: "k".repeat(1800) } })).toString("base64"),
      devices: [{ kind: "camera", maker: "Acme" }],
    },
    sealedAt,
    world.receipt,
  );
const text = await profileOf("booth-7");
const sheet = await profileSheet(text);
const { width = 0, height = 0 } = await sharp(sheet).metadata();

describe("a profile on paper", () => {
  it("comes back from its picture, to the byte", async () => {
    expect(await readProfileCodes([sheet])).toBe(text);
  });

  it.each<[string, () => Promise<Buffer>]>([
    [
      "photographed at half the size",
      () =>
        sharp(sheet)
          .resize({ width: Math.round(width / 2) })
          .jpeg({ quality: 70 })
          .toBuffer(),
    ],
    ["askew on a grey table", () => sharp(sheet).rotate(7, { background: "#777" }).jpeg({ quality: 80 }).toBuffer()],
    ["upside down and out of focus", () => sharp(sheet).rotate(180).blur(1.5).png().toBuffer()],
  ])("comes back %s", async (_how, picture) => {
    expect(await readProfileCodes([await picture()])).toBe(text);
  });

  it("comes back from several pictures of a part each, in any order", async () => {
    const half = Math.floor(height / 2);
    const cut = (top: number, tall: number) =>
      sharp(sheet).extract({ left: 0, top, width, height: tall }).png().toBuffer();
    // Two codes in a row: a code is as wide as half the sheet, and as high.
    const cell = width / 2;
    const rows = Array.from({ length: Math.round(height / cell) }, (_, row) => cut(row * cell, cell));
    expect(await readProfileCodes((await Promise.all(rows)).reverse())).toBe(text);
    await expect(readProfileCodes([await cut(0, half)])).rejects.toMatchObject({ code: "profile/codes-missing" });
  });

  it("comes back from a film of it before the booth's camera, where a hand moves it and nothing was there at first", async () => {
    const folder = await mkdtemp(join(tmpdir(), "kabina-profile-film-"));
    const shown = (degrees: number) =>
      sharp(sheet)
        .resize({ width: 1300, height: 1000, fit: "inside" })
        .rotate(degrees, { background: "#777" })
        .resize({ width: 1920, height: 1440, fit: "contain", background: "#777" })
        .jpeg({ quality: 85 })
        .toBuffer();
    const empty = await sharp({ create: { width: 1920, height: 1440, channels: 3, background: "#777" } })
      .jpeg()
      .toBuffer();
    const film = join(folder, "live.mjpeg");
    await writeFile(film, Buffer.concat([empty, await shown(-4), await shown(3)]));
    const driver = simulatedCamera({ clock: systemClock, file: film, plug: new Plug(), fps: 5 });
    const camera = await driver.open("simulated:camera");
    const frames = camera.preview({ signal: AbortSignal.timeout(60_000), maxWidth: 1920 });
    const seen = async function* () {
      for await (const { jpeg } of frames) yield jpeg;
    };
    try {
      expect(await readProfileCodes(seen())).toBe(text);
    } finally {
      await camera.close();
      await rm(folder, { recursive: true });
    }
  }, 90_000);

  it("is refused with codes of another one among its own, or from what is no picture", async () => {
    const other = await profileSheet(await profileOf("booth-8"));
    const both = sharp({ create: { width: width * 2, height, channels: 3, background: "white" } })
      .composite([
        { input: Buffer.from(sheet), left: 0, top: 0 },
        { input: Buffer.from(other), left: width, top: 0 },
      ])
      .png();
    await expect(readProfileCodes([await both.toBuffer()])).rejects.toMatchObject({ code: "profile/codes-mixed" });
    await expect(readProfileCodes([Buffer.from("PNG")])).rejects.toMatchObject({ code: "profile/picture-unreadable" });
  });

  it("is whole or refused, whatever the codes say", () => {
    const frames = profileFrames(text);
    expect(frames.length).toBeLessThanOrEqual(8);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(frames, { minLength: frames.length }),
        fc.option(fc.tuple(fc.nat(frames.length - 1), fc.nat(600), fc.integer({ min: 1, max: 255 })), { nil: null }),
        fc.array(fc.uint8Array({ maxLength: 40 })),
        (order, change, noise) => {
          const collector = new ProfileCollector();
          const changed = order.map((frame) => {
            if (change === null || frame !== frames[change[0]]) return frame;
            const copy = Uint8Array.from(frame);
            copy[18 + (change[1] % (copy.length - 18))]! ^= change[2];
            return copy;
          });
          for (const frame of [...noise, ...changed]) collector.take(frame);
          if (change === null) expect(collector.text).toBe(text);
          else expect(() => collector.text).toThrow(expect.objectContaining({ code: "profile/codes-damaged" }));
        },
      ),
      { numRuns: 100 },
    );
  });
});
