/**
 * Picture files in and out. Only JPEG, PNG, WebP and JPEG 2000 are read, told by their first bytes and never by their name; the header
 * is judged before a pixel is decoded, so a small file cannot ask for a huge picture.
 */
import sharp from "sharp";
import { BiometricsError } from "../errors.ts";
import type { GreyImage, RgbImage } from "./image.ts";
import { decodeJpeg2000, isJpeg2000 } from "./jpeg2000.ts";
import { type ImageLimits, imageLimits } from "./limits.ts";

sharp.cache(false);
sharp.concurrency(1);

export type ImageFormat = "jpeg" | "png" | "webp" | "jp2";

/** A decoded colour picture and what its file said of itself. */
export interface DecodedImage extends RgbImage {
  readonly format: ImageFormat;
  /** Colour space of the file, before conversion to sRGB: `srgb`, `cmyk`, `b-w`, `rgb16`, `grey16` … */
  readonly space: string;
  /** True when the file held a single channel, or three equal ones are not needed to tell: the picture has no colour. */
  readonly grey: boolean;
  /** EXIF orientation that was applied, 1 when there was none. */
  readonly orientation: number;
  /** Pixels per inch that the file states, if any. */
  readonly ppi: number | undefined;
}

/** Tells the format by the first bytes. @throws `image/empty`, `image/format-unknown` */
export function imageFormat(bytes: Uint8Array): ImageFormat {
  if (bytes.length === 0) throw new BiometricsError("image/empty");
  const starts = (offset: number, ...wanted: number[]) => wanted.every((byte, i) => bytes[offset + i] === byte);
  if (starts(0, 0xff, 0xd8, 0xff)) return "jpeg";
  if (starts(0, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return "png";
  if (starts(0, 0x52, 0x49, 0x46, 0x46) && starts(8, 0x57, 0x45, 0x42, 0x50)) return "webp";
  if (isJpeg2000(bytes)) return "jp2";
  throw new BiometricsError("image/format-unknown");
}

/**
 * Decodes a picture to upright sRGB: EXIF orientation applied, CMYK, 16-bit and grey converted, transparency laid on white.
 * @throws `image/empty`, `image/format-unknown`, `image/too-many-bytes`, `image/too-large`, `image/too-small`,
 *   `image/animated`, `image/damaged`
 */
export async function decodeImage(bytes: Uint8Array, limits: ImageLimits = imageLimits): Promise<DecodedImage> {
  if (imageFormat(bytes) === "jp2") {
    checkBytes(bytes, limits);
    const image = await decodeJpeg2000(bytes, limits);
    return { ...image, format: "jp2", space: "srgb", grey: false, orientation: 1, ppi: undefined };
  }
  const { format, header, pipeline } = await open(bytes, limits);
  const { data, info } = await decoding(() =>
    pipeline
      .autoOrient()
      .flatten({ background: "#ffffff" })
      .toColourspace("srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true }),
  );
  const rgb = info.channels === 1 ? tripled(data) : info.channels === 3 ? view(data) : undefined;
  if (rgb === undefined) throw new BiometricsError("image/damaged", { reason: `${info.channels} channels` });
  return {
    width: info.width,
    height: info.height,
    data: rgb,
    format,
    space: header.space ?? "unknown",
    grey: header.channels <= 2,
    orientation: header.orientation ?? 1,
    ppi: header.density,
  };
}

/**
 * Decodes a picture to grey.
 * @param ppi the scale to take when the file states none; without it such a file is refused.
 * @throws as `decodeImage`, and `image/resolution-unknown`
 */
export async function decodeGrey(
  bytes: Uint8Array,
  options: { readonly ppi?: number; readonly limits?: ImageLimits } = {},
): Promise<GreyImage> {
  const { header, pipeline } = await open(bytes, options.limits ?? imageLimits);
  const ppi = header.density ?? options.ppi;
  if (ppi === undefined) throw new BiometricsError("image/resolution-unknown");
  const { data, info } = await decoding(() =>
    pipeline
      .autoOrient()
      .flatten({ background: "#ffffff" })
      .toColourspace("b-w")
      .extractChannel(0)
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true }),
  );
  return { width: info.width, height: info.height, data: view(data), ppi };
}

/** Encodes a grey picture as PNG; its scale goes into the pHYs chunk. The same picture gives the same bytes. */
export async function encodeGreyPng(image: GreyImage): Promise<Uint8Array> {
  const raw = { width: image.width, height: image.height, channels: 1 } as const;
  return view(
    await sharp(image.data, { raw })
      .toColourspace("b-w")
      .withDensity(image.ppi)
      .png({ compressionLevel: 6 })
      .toBuffer(),
  );
}

/** Encodes a colour picture as PNG. */
export async function encodePng(image: RgbImage): Promise<Uint8Array> {
  const raw = { width: image.width, height: image.height, channels: 3 } as const;
  return view(await sharp(image.data, { raw }).png({ compressionLevel: 6 }).toBuffer());
}

/** Encodes a colour picture as baseline JPEG. @param quality 1…100 */
export async function encodeJpeg(
  image: RgbImage,
  options: { readonly quality?: number; readonly ppi?: number; readonly fullColour?: boolean } = {},
): Promise<Uint8Array> {
  const raw = { width: image.width, height: image.height, channels: 3 } as const;
  const pipeline = sharp(image.data, { raw });
  if (options.ppi !== undefined) pipeline.withMetadata({ density: options.ppi });
  return view(
    await pipeline
      .jpeg({
        quality: options.quality ?? 92,
        chromaSubsampling: options.fullColour === true ? "4:4:4" : "4:2:0",
        optimiseCoding: true,
      })
      .toBuffer(),
  );
}

async function open(bytes: Uint8Array, limits: ImageLimits) {
  const format = imageFormat(bytes);
  checkBytes(bytes, limits);
  const pipeline = sharp(bytes, { limitInputPixels: limits.pixels, failOn: "error", sequentialRead: true }).timeout({
    seconds: limits.decodeSeconds,
  });
  // The header is read without the limit, so that what is said of a bomb is its size and not "damaged".
  const header = await decoding(() => sharp(bytes, { limitInputPixels: false, failOn: "error" }).metadata());
  const { width, height } = header;
  if (width * height > limits.pixels)
    throw new BiometricsError("image/too-large", { width, height, limit: limits.pixels });
  if (Math.min(width, height) < limits.minimumSide) throw new BiometricsError("image/too-small", { width, height });
  if ((header.pages ?? 1) > 1) throw new BiometricsError("image/animated", { pages: header.pages ?? 0 });
  return { format, header, pipeline };
}

function checkBytes({ length }: Uint8Array, limits: ImageLimits): void {
  if (length > limits.fileBytes)
    throw new BiometricsError("image/too-many-bytes", { bytes: length, limit: limits.fileBytes });
}

async function decoding<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    throw new BiometricsError("image/damaged", {}, { cause });
  }
}

function tripled(grey: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(grey.length * 3);
  for (let i = 0; i < grey.length; i++) rgb.fill(grey[i] as number, i * 3, i * 3 + 3);
  return rgb;
}

/** The same bytes as a plain Uint8Array, so that no Buffer method is relied on by accident. */
function view(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
