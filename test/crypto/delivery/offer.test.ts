/** The offer's bytes: if these change unnoticed, booths and servers of different age no longer understand each other. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { readHead } from "../../../crypto/delivery/head.ts";
import { DELIVERY_LIMITS } from "../../../crypto/delivery/limits.ts";
import { makeOffer, readOffer, writeOffer } from "../../../crypto/delivery/offer.ts";
import { KabinaError } from "../../../crypto/errors/kabina-error.ts";
import { encodeTarHeader, tarPadding } from "../../../crypto/package/tar.ts";

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** 5000 bytes of 7 behind the head "head", in blocks of 4096; the hashes are what `head -c 4096 | sha256sum` and `sha256sum` give. */
const GOLDEN = [
  "4b4f4632",
  "00001000",
  "0000000000001388",
  "00000004",
  "68656164",
  "c9ac7b0624824f844f6c7f3d50fab9741a8914e878467e8daaedca143a34d90b",
  "f302a3f85503eeb1a105c81a5fbea0aa461417fb3893919572949cadbfee86a7",
].join("");

describe("an offer", () => {
  test("has these bytes", async () => {
    const bytes = writeOffer(await makeOffer(once(Buffer.alloc(5000, 7)), Buffer.from("head"), 4096));
    expect(bytes.toString("hex")).toBe(GOLDEN);
  });

  test.each([1, 4095, 4096, 4097, 8192, 100_000])(
    "of %d bytes reads back as it was written, however it was cut up",
    async (size) => {
      const bytes = Buffer.alloc(size, 3);
      const inPieces = (async function* () {
        for (let at = 0; at < size; at += 1000) yield bytes.subarray(at, at + 1000);
      })();
      const offer = await makeOffer(inPieces, bytes.subarray(0, 1), 4096);
      expect(offer).toEqual(await makeOffer(once(bytes), bytes.subarray(0, 1), 4096));
      const read = readOffer(writeOffer(offer));
      expect(read.packageBytes).toBe(size);
      expect(read.blockHashes.equals(offer.blockHashes)).toBe(true);
    },
  );

  test("made of any bytes is read or refused with a code, and costs no memory that was not sent", () => {
    const start = Buffer.from(GOLDEN, "hex");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(60), fc.boolean(), (noise, at, keepStart) => {
        const bytes = keepStart ? Buffer.concat([start.subarray(0, at), noise]) : Buffer.from(noise);
        try {
          readOffer(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(KabinaError);
        }
      }),
    );
  });

  test.each([
    ["a block of 3 KiB", 4, 3 << 10],
    ["a block of 2 GiB", 4, 2 ** 31],
    ["no head", 16, 0],
    ["a head longer than the limit", 16, DELIVERY_LIMITS.headBytes + 1],
  ])("with %s is refused", async (_what, at, value) => {
    const bytes = writeOffer(await makeOffer(once(Buffer.alloc(5000)), Buffer.alloc(100), 4096));
    bytes.writeUInt32BE(value, at);
    expect(() => readOffer(bytes)).toThrow(KabinaError);
  });
});

describe("a package's head", () => {
  const entry = (name: string, content: Buffer) =>
    Buffer.concat([encodeTarHeader({ name, size: content.length }), content, tarPadding(content.length)]);
  const head = Buffer.concat([entry("manifest.json", Buffer.from("{}")), entry("manifest.p7s", Buffer.from("p7"))]);

  test("is found, and what is cut off is asked for", () => {
    expect(readHead(head)).toMatchObject({ bytes: head.length });
    for (let length = 0; length < head.length; length += 100)
      expect(readHead(head.subarray(0, length))).toBeUndefined();
  });

  test("with anything in its padding, or in another order, is refused", () => {
    const hidden = Buffer.from(head);
    hidden[head.length - 1] = 1;
    expect(() => readHead(hidden)).toThrow(KabinaError);
    expect(() => readHead(entry("manifest.p7s", Buffer.from("p7")))).toThrow(KabinaError);
  });
});
