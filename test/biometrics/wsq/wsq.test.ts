import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { BiometricsError } from "../../../biometrics/errors.ts";
import { decodeGrey } from "../../../biometrics/image/codec.ts";
import type { GreyImage } from "../../../biometrics/image/image.ts";
import { decodeWsq } from "../../../biometrics/wsq/decode.ts";
import { encodeWsq } from "../../../biometrics/wsq/encode.ts";
import { press } from "../finger/prints.ts";

const psnr = (a: Uint8Array, b: Uint8Array) => {
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += (a[i]! - b[i]!) ** 2;
  return 10 * Math.log10((255 * 255 * a.length) / squares);
};
/** The code of the failure, or "decoded"; anything without a code is thrown on. */
const outcome = (bytes: Uint8Array) => {
  try {
    decodeWsq(bytes);
    return "decoded";
  } catch (error) {
    if (error instanceof BiometricsError && error.code.startsWith("wsq/")) return error.code;
    throw error;
  }
};
const crop = (image: GreyImage, width: number, height: number): GreyImage => ({
  width,
  height,
  ppi: image.ppi,
  data: Uint8Array.from(
    { length: width * height },
    (_, i) => image.data[(Math.floor(i / width) + 80) * image.width + (i % width) + 80]!,
  ),
});

describe("WSQ", () => {
  const print = press(7, "right-index", { seed: 1 }).image;

  test("brings a print back nearly unharmed at a tenth of its size, with its resolution", () => {
    const bytes = encodeWsq(print);
    const { image } = decodeWsq(bytes);
    expect(bytes.length).toBeLessThan(print.data.length / 10);
    expect([image.width, image.height, image.ppi]).toEqual([print.width, print.height, 500]);
    expect(psnr(image.data, print.data)).toBeGreaterThan(25);
    expect(psnr(decodeWsq(encodeWsq(print, 2.25)).image.data, print.data)).toBeGreaterThan(33);
  });

  test("any size from 96 pixels, odd or even: no subband may be lost or doubled", () => {
    fc.assert(
      fc.property(fc.integer({ min: 96, max: 230 }), fc.integer({ min: 96, max: 300 }), (width, height) => {
        const piece = crop(print, width, height);
        expect(psnr(decodeWsq(encodeWsq(piece, 6)).image.data, piece.data)).toBeGreaterThan(38);
      }),
      { numRuns: 6 },
    );
  });

  test("the smallest pictures keep their ridges too: a division by nothing once made them one grey", () => {
    for (const [width, height] of [
      [64, 64],
      [72, 95],
    ] as const) {
      const piece = crop(print, width, height);
      expect(psnr(decodeWsq(encodeWsq(piece, 4)).image.data, piece.data)).toBeGreaterThan(24);
    }
  });

  test("the same picture gives the same bytes", () => {
    expect(Buffer.from(encodeWsq(print))).toEqual(Buffer.from(encodeWsq(print)));
  });

  test("restart markers between blocks' bytes are passed over", () => {
    const bytes = encodeWsq(crop(print, 128, 128));
    const end = bytes.length - 2;
    const restarted = Buffer.concat([bytes.subarray(0, end), Buffer.from([0xff, 0xb0]), bytes.subarray(end)]);
    expect(Buffer.from(decodeWsq(restarted).image.data)).toEqual(Buffer.from(decodeWsq(bytes).image.data));
  });

  test("a file cut anywhere is refused with a code, never half a finger", () => {
    const bytes = encodeWsq(crop(print, 96, 96));
    for (let length = 0; length < bytes.length; length++)
      expect(outcome(bytes.subarray(0, length))).not.toBe("decoded");
  });

  test("flipped and random bytes end in a picture or a code", () => {
    const bytes = encodeWsq(crop(print, 96, 96));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        (flips) => {
          const damaged = Uint8Array.from(bytes);
          for (const [at, value] of flips) damaged[at] = value;
          outcome(damaged);
        },
      ),
      { numRuns: 100 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (tail) => void outcome(Uint8Array.of(0xff, 0xa0, ...tail))),
      {
        numRuns: 100,
      },
    );
  });

  test("a header that asks for 65535×65535 costs no memory", () => {
    const bytes = Uint8Array.from(encodeWsq(crop(print, 96, 96)));
    const frame = bytes.findIndex((b, i) => b === 0xff && bytes[i + 1] === 0xa2);
    bytes.fill(0xff, frame + 6, frame + 10);
    expect(outcome(bytes)).toBe("wsq/picture-size");
  });

  test.each([
    [{ ...print, width: 10, height: 10, data: new Uint8Array(100) }, 0.75, "wsq/picture-size"],
    [{ ...print, data: new Uint8Array(200_000).fill(7) }, 0.75, "wsq/encode"],
    [print, 0, "wsq/encode"],
    [print, Number.NaN, "wsq/encode"],
  ])("what cannot be encoded is refused", (image, rate, code) => {
    expect(() => encodeWsq(image, rate)).toThrow(expect.objectContaining({ code }));
  });
});

const shared = new URL("../../../../shared/data/biometrics/wsq/", import.meta.url);
const present = existsSync(shared);
if (!present)
  console.log("skipped: ../shared/data/biometrics/wsq is absent, so WSQ files of other encoders are not tried");
(present ? describe : describe.skip)("WSQ files of five encoders", () => {
  const files = present ? readdirSync(shared).filter((name) => name.endsWith(".wsq")) : [];
  test.each(files)("%s decodes to NIST's bytes", async (name) => {
    const { image } = decodeWsq(readFileSync(new URL(name, shared)));
    const expected = await decodeGrey(readFileSync(new URL(name.replace(".wsq", ".decoded.png"), shared)), {
      ppi: 500,
    });
    expect([image.width, image.height]).toEqual([expected.width, expected.height]);
    expect(Buffer.compare(Buffer.from(image.data), Buffer.from(expected.data))).toBe(0);
  });
});
