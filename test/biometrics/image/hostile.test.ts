import { beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import sharp from "sharp";
import { BiometricsError } from "../../../biometrics/errors.ts";
import { decodeImage } from "../../../biometrics/image/codec.ts";
import { encodeJp2 } from "../../../biometrics/image/jpeg2000.ts";

/** Whatever a stick, a chip or a browser hands in, the booth goes on: a picture or a code, never a crash and never a hang. */
describe("a damaged picture file ends in a picture or in a code", () => {
  const files: Record<string, Uint8Array> = {};
  beforeAll(async () => {
    const data = Uint8Array.from({ length: 48 * 40 * 3 }, (_, i) => (i * 29) & 255);
    const picture = () => sharp(data, { raw: { width: 48, height: 40, channels: 3 } });
    files["jpeg"] = await picture().jpeg().toBuffer();
    files["png"] = await picture().png().toBuffer();
    files["webp"] = await picture().webp().toBuffer();
    files["jp2"] = await encodeJp2({ width: 48, height: 40, data }, 0);
  });

  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 6 }),
  });
  test.each(["jpeg", "png", "webp", "jp2"])("%s", async (kind) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { maxLength: 4 }),
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        async (changes, kept) => {
          const file = files[kind]!;
          const bytes = file.slice(0, Math.ceil(file.length * kept));
          for (const { at, bytes: put } of changes) {
            const from = Math.floor(at * Math.max(0, bytes.length - put.length));
            bytes.set(put.subarray(0, bytes.length), from);
          }
          const limits = { fileBytes: 1e6, pixels: 1e6, minimumSide: 4, decodeSeconds: 5 };
          const outcome = await decodeImage(bytes, limits).catch((error: unknown) => error);
          if (outcome instanceof Error) {
            expect(outcome).toBeInstanceOf(BiometricsError);
            return;
          }
          const { width, height, data } = outcome as { width: number; height: number; data: Uint8Array };
          expect(data.length).toBe(width * height * 3);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("a good JPEG 2000 is read after a bad one", async () => {
    const good = files["jp2"]!;
    const bad = good.slice();
    bad.fill(0xa5, 130, bad.length - 20);
    await decodeImage(bad).catch(() => undefined);
    expect((await decodeImage(good)).width).toBe(48);
  });
});
