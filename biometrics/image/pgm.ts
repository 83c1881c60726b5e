/** Binary portable grey maps (P5, 8 bits), in which fingerprint programs hand pictures to each other. */
import { BiometricsError } from "../errors.ts";
import type { GreyImage } from "./image.ts";

/** Sides and pixels beyond these are refused before anything is copied. */
const MOST_PIXELS = 64_000_000;
/** Bytes within which a header must end. */
const HEADER_BYTES = 1024;
const HEADER = /^P5(?:\s|#[^\n]*\n)+(\d{1,5})(?:\s|#[^\n]*\n)+(\d{1,5})(?:\s|#[^\n]*\n)+(\d{1,5})\s/;

export function isPgm(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x35;
}

/** Reads one; the format states no resolution. @throws `image/damaged`, `finger/image-data` */
export function readPgm(bytes: Uint8Array, ppi: number): GreyImage {
  const header = HEADER.exec(new TextDecoder("latin1").decode(bytes.subarray(0, HEADER_BYTES)));
  if (header === null || Number(header[3]) !== 255) throw new BiometricsError("image/damaged");
  const [width, height] = [Number(header[1]), Number(header[2])];
  if (width * height > MOST_PIXELS) throw new BiometricsError("image/too-large", { width, height, limit: MOST_PIXELS });
  const length = bytes.length - header[0].length;
  if (length !== width * height) {
    throw new BiometricsError("finger/image-data", { bytes: length, expected: width * height });
  }
  return { width, height, data: bytes.slice(header[0].length), ppi };
}

export function writePgm({ width, height, data }: Pick<GreyImage, "width" | "height" | "data">): Uint8Array {
  return Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`, "latin1"), data]);
}
