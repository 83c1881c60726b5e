import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import {
  cutPortrait,
  encodeForChip,
  followChain,
  mostRetouching,
  portraitRecord,
} from "../../../biometrics/face/portrait.ts";
import { decodeImage, encodeJpeg, encodePng } from "../../../biometrics/image/codec.ts";
import type { Point, RgbImage } from "../../../biometrics/image/image.ts";
import { decodeJpeg2000, encodeJp2 } from "../../../biometrics/image/jpeg2000.ts";

/** A picture whose red tells x and whose green tells y, so that every pixel says where it came from. */
function map(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data.set([(x / width) * 255, (y / height) * 255, 128], (y * width + x) * 3);
  return { width, height, data };
}

const places = (middle: Point, distance: number, angle: number) => {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const at = (x: number, y: number) => ({ x: middle.x + c * x - s * y, y: middle.y + s * x + c * y });
  return { eyes: { right: at(-distance / 2, 0), left: at(distance / 2, 0) }, chin: at(0, distance * 1.7) };
};

const folder = mkdtempSync(join(tmpdir(), "kabina-portrait-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the passport portrait", () => {
  test.each([0, 7, -12])(
    "has level eyes in their place and a head of the right size, with the head leaning by %s degrees",
    (degrees) => {
      const still = map(1200, 900);
      const face = places({ x: 620, y: 400 }, 110, (degrees * Math.PI) / 180);
      const { image, frame, outside } = cutPortrait(still, face, 531);
      expect([image.width, image.height, outside]).toEqual([413, 531, 0]);
      // Where the eyes and the chin must be in the portrait, looked up by colour.
      const comesFrom = (x: number, y: number) => {
        const i = (Math.round(y) * image.width + Math.round(x)) * 3;
        return { x: (image.data[i]! / 255) * 1200, y: (image.data[i + 1]! / 255) * 900 };
      };
      const near = (a: Point, b: Point) => expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeLessThan(8);
      const toChin = 0.352 * 531;
      const half = toChin / 1.7 / 2;
      near(comesFrom(206.5 - half, 0.45 * 531), face.eyes.right);
      near(comesFrom(206.5 + half, 0.45 * 531), face.eyes.left);
      near(comesFrom(206.5, 0.45 * 531 + toChin), face.chin);
      expect(frame.width / frame.height).toBeCloseTo(35 / 45, 5);
    },
  );

  test("is never scaled up, and says how much of it the still did not show", () => {
    const still = map(640, 480);
    expect(cutPortrait(still, places({ x: 320, y: 220 }, 50, 0), 5000).image.height).toBeLessThan(260);
    expect(cutPortrait(still, places({ x: 40, y: 60 }, 90, 0), 531).outside).toBeGreaterThan(0.2);
  });

  test("fits the chip in both encodings, and an independent decoder reads the JPEG 2000", async () => {
    const still = map(900, 900);
    for (let i = 0; i < still.data.length; i += 3) still.data[i + 2] = Math.imul(i, 2654435761) >>> 26;
    const { image } = cutPortrait(still, places({ x: 450, y: 400 }, 120, 0), 531);
    const jpeg = await encodeForChip(image, "jpeg");
    const jp2 = await encodeForChip(image, "jp2");
    for (const bytes of [jpeg, jp2]) {
      expect(bytes.length).toBeLessThanOrEqual(20_000);
      expect(await decodeImage(bytes)).toMatchObject({ width: 413, height: 531 });
    }
    const file = join(folder, "p.jp2");
    writeFileSync(file, jp2);
    const judge = spawnSync("opj_decompress", ["-i", file, "-o", join(folder, "p.png")]);
    if (judge.error !== undefined) {
      console.warn(
        "skipped: opj_decompress (libopenjp2-tools) is not installed, so nobody else has read the JPEG 2000",
      );
      return;
    }
    expect(judge.status).toBe(0);
    const theirs = await decodeImage(readFileSync(join(folder, "p.png")));
    const ours = await decodeJpeg2000(jp2);
    expect(theirs.data.filter((value, i) => Math.abs(value - ours.data[i]!) > 1).length).toBe(0);
  });

  test("comes with the chain from the sensor's bytes to its own", async () => {
    const still = map(400, 400);
    const bytes = await encodeJpeg(still);
    const portrait = cutPortrait(await decodeImage(bytes), places({ x: 200, y: 170 }, 60, 0));
    const encoded = await encodePng(portrait.image);
    const record = portraitRecord(bytes, portrait, encoded);
    expect(await followChain(bytes, encoded, record)).toMatchObject({ hashes: true, difference: 0 });
    // Whoever retouches the portrait and writes its hash anew is found by the pixels.
    const retouched = { ...portrait.image, data: portrait.image.data.map((value) => Math.min(255, value + 12)) };
    const painted = await encodePng(retouched);
    const forged = portraitRecord(bytes, portrait, painted);
    const verdict = await followChain(bytes, painted, forged);
    expect(verdict.hashes).toBe(true);
    expect(verdict.difference).toBeGreaterThan(mostRetouching);
    expect((await followChain(await encodePng(still), encoded, record)).hashes).toBe(false);
    const jpeg = await encodeJpeg(portrait.image);
    expect((await followChain(bytes, jpeg, portraitRecord(bytes, portrait, jpeg))).difference).toBeLessThan(
      mostRetouching,
    );
    expect(record.still.bytes).toBe(bytes.length);
    expect(record.still.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(record.portrait).toMatchObject({
      width: portrait.image.width,
      height: portrait.image.height,
      bytes: encoded.length,
    });
  });
});

describe("JPEG 2000", () => {
  test("without loss gives every pixel back", async () => {
    const image = map(70, 50);
    expect([...(await decodeJpeg2000(await encodeJp2(image, 0))).data]).toEqual([...image.data]);
  });

  test("that is cut off, lies about its boxes or its size, or is noise, is refused by name", async () => {
    const file = await encodeJp2(map(64, 64), 0);
    const refused = (bytes: Uint8Array) =>
      decodeJpeg2000(bytes).then(
        () => "read",
        (error: { code: string }) => error.code,
      );
    expect(await refused(file.subarray(0, 30))).toBe("image/damaged");
    expect(await refused(new Uint8Array(200).fill(0x41))).toBe("image/damaged");
    const endless = file.slice();
    endless.set([0xff, 0xff, 0xff, 0xff], 12);
    expect(await refused(endless)).toBe("image/damaged");
    const huge = file.slice();
    const siz = Buffer.from(huge).indexOf(Buffer.from([0xff, 0x51]));
    huge.set([0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00], siz + 6);
    expect(await refused(huge)).toBe("image/too-large");
  });
});
