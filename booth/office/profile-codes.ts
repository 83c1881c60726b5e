/** Reads a profile from pictures of its QR codes: files, or what the booth's camera sees. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import sharp from "sharp";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import { ProfileCollector } from "../../crypto/authority/profile-frames.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";

/** Pixels of a picture, at most, and across at most when it is looked at. */
const mostPixels = 100_000_000;
const widest = 4000;
const mostCodes = 32;

let reader: Promise<unknown> | undefined;
/** The decoder's own file, so that it asks nobody for it. */
function openReader(): Promise<unknown> {
  reader ??= readFile(createRequire(import.meta.url).resolve("zxing-wasm/reader/zxing_reader.wasm")).then((wasm) => {
    const wasmBinary = wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) as ArrayBuffer;
    return prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
  });
  return reader;
}

/**
 * The signed profile's text, as soon as every code was seen in one picture or another. Throws `profile/codes-missing` when the pictures
 * end before, `profile/picture-unreadable`, `profile/codes-mixed`, `profile/codes-damaged`.
 */
export async function readProfileCodes(pictures: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
  await openReader();
  const collector = new ProfileCollector();
  for await (const picture of pictures) {
    for (const frame of await codesIn(picture)) collector.take(frame);
    const { text } = collector;
    if (text !== undefined) return text;
  }
  const { here, of } = collector.progress;
  throw new KabinaError("profile/codes-missing", { here, of });
}

async function codesIn(picture: Uint8Array): Promise<Uint8Array[]> {
  const { data, info } = await sharp(picture, { limitInputPixels: mostPixels })
    .resize({ width: widest, withoutEnlargement: true })
    .toColourspace("srgb")
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw new KabinaError("profile/picture-unreadable", {}, { cause });
    });
  const pixels = new Uint8ClampedArray(data.buffer, data.byteOffset, data.byteLength);
  const image = { data: pixels, width: info.width, height: info.height, colorSpace: "srgb" as const };
  const found = await readBarcodes(image as Parameters<typeof readBarcodes>[0], {
    formats: ["QRCode"],
    maxNumberOfSymbols: mostCodes,
  });
  return found.filter(({ isValid }) => isValid).map(({ bytes }) => bytes);
}
