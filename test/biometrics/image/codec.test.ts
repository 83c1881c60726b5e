import { deflateSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import sharp from "sharp";
import { decodeGrey, decodeImage, encodeGreyPng, encodeJpeg, encodePng } from "../../../biometrics/image/codec.ts";

/** Left half red, right half blue. */
function halves(width = 64, height = 32) {
  const data = Buffer.alloc(width * height * 3);
  for (let i = 0; i < width * height; i++) data[i * 3 + (i % width < width / 2 ? 0 : 2)] = 255;
  return sharp(data, { raw: { width, height, channels: 3 } });
}

const pixel = (image: { width: number; data: Uint8Array }, x: number, y: number) => [
  ...image.data.subarray((y * image.width + x) * 3, (y * image.width + x) * 3 + 3),
];

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "nothing thrown",
    (error: { code?: string }) => error.code ?? String(error),
  );
}

function chunk(type: string, body: Buffer): Buffer {
  const table = Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c >>> 0;
  });
  const typed = Buffer.concat([Buffer.from(type, "latin1"), body]);
  let crc = 0xffffffff;
  for (const byte of typed) crc = (table[(crc ^ byte) & 255]! ^ (crc >>> 8)) >>> 0;
  const out = Buffer.alloc(typed.length + 8);
  out.writeUInt32BE(body.length, 0);
  typed.copy(out, 4);
  out.writeUInt32BE((crc ^ 0xffffffff) >>> 0, typed.length + 4);
  return out;
}

/** A PNG that is small as a file and huge as a picture. */
function bomb(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  header[9] = 2;
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.alloc(100_000))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

describe("a picture from anywhere is read upright and in colour, or refused by name", () => {
  test("a phone's picture that says it lies on its side is set upright", async () => {
    const image = await decodeImage(await halves().withMetadata({ orientation: 6 }).png().toBuffer());
    expect([image.width, image.height, image.orientation]).toEqual([32, 64, 6]);
    expect(pixel(image, 16, 2)).toEqual([255, 0, 0]);
    expect(pixel(image, 16, 61)).toEqual([0, 0, 255]);
  });

  test("CMYK, 16-bit, grey and transparent pictures become sRGB", async () => {
    const cmyk = await decodeImage(await halves().toColourspace("cmyk").jpeg({ quality: 100 }).toBuffer());
    expect(cmyk.space).toBe("cmyk");
    const [red, , blue] = pixel(cmyk, 8, 8);
    expect(red).toBeGreaterThan(180);
    expect(blue).toBeLessThan(90);
    const deep = await decodeImage(await halves().toColourspace("rgb16").png().toBuffer());
    expect(deep.space).toBe("rgb16");
    expect(pixel(deep, 8, 8)).toEqual([255, 0, 0]);
    const grey = await decodeImage(await halves().toColourspace("b-w").png().toBuffer());
    expect(grey.grey).toBe(true);
    expect(new Set(pixel(grey, 8, 8)).size).toBe(1);
    const clear = await sharp({
      create: { width: 20, height: 20, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    })
      .png()
      .toBuffer();
    expect(pixel(await decodeImage(clear), 5, 5)).toEqual([255, 255, 255]);
  });

  test("what is no picture, cut off, moving or tiny is refused, each with its own code", async () => {
    const jpeg = await halves(400, 300).jpeg().toBuffer();
    expect(await codeOf(decodeImage(new Uint8Array()))).toBe("image/empty");
    expect(await codeOf(decodeImage(Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>")))).toBe(
      "image/format-unknown",
    );
    expect(await codeOf(decodeImage(jpeg.subarray(0, jpeg.length >> 1)))).toBe("image/damaged");
    expect(await codeOf(decodeImage(jpeg.subarray(0, 20)))).toBe("image/damaged");
    expect(await codeOf(decodeImage(await halves(8, 8).png().toBuffer()))).toBe("image/too-small");
    const frames = Buffer.concat([Buffer.alloc(32 * 32 * 3), Buffer.alloc(32 * 32 * 3, 200)]);
    const moving = await sharp(frames, { raw: { width: 32, height: 64, channels: 3, pageHeight: 32 } })
      .webp({ loop: 0, delay: [100, 100] })
      .toBuffer();
    expect(await codeOf(decodeImage(moving))).toBe("image/animated");
  });

  test("a 200-megapixel bomb is refused by its header, and so is a file of too many bytes", async () => {
    expect(await codeOf(decodeImage(bomb(20_000, 10_000)))).toBe("image/too-large");
    expect(await codeOf(decodeImage(bomb(70_000, 70_000)))).toBe("image/too-large");
    const limits = { fileBytes: 50, pixels: 1e6, minimumSide: 1, decodeSeconds: 5 };
    expect(await codeOf(decodeImage(await halves().png().toBuffer(), limits))).toBe("image/too-many-bytes");
  });

  test("text in EXIF is not carried into what we write", async () => {
    const payload = "<script>alert(1)</script>";
    const loaded = await halves()
      .withExif({ IFD0: { ImageDescription: payload, Copyright: payload } })
      .jpeg()
      .toBuffer();
    expect(loaded.includes(payload)).toBe(true);
    const image = await decodeImage(loaded);
    for (const bytes of [await encodeJpeg(image, { ppi: 300 }), await encodePng(image)])
      expect(Buffer.from(bytes).includes("script")).toBe(false);
  });
});

describe("what we write", () => {
  test("a fingerprint keeps its scale and every pixel, and is the same file each time", async () => {
    const image = {
      width: 40,
      height: 30,
      ppi: 500,
      data: Uint8Array.from({ length: 1200 }, (_, i) => (i * 37) & 255),
    };
    const png = await encodeGreyPng(image);
    expect(Buffer.compare(Buffer.from(png), Buffer.from(await encodeGreyPng(image)))).toBe(0);
    const back = await decodeGrey(png);
    expect({ ...back, data: [...back.data] }).toEqual({ ...image, data: [...image.data] });
    expect((await sharp(png).metadata()).channels).toBe(1);
  });

  test("a grey picture without a scale is not guessed at", async () => {
    const bare = await sharp(Buffer.alloc(900, 7), { raw: { width: 30, height: 30, channels: 1 } })
      .png()
      .toBuffer();
    expect(await codeOf(decodeGrey(bare))).toBe("image/resolution-unknown");
    expect((await decodeGrey(bare, { ppi: 500 })).ppi).toBe(500);
  });
});
