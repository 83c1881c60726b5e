/**
 * JPEG 2000: codestreams by OpenJPEG in WebAssembly, the JP2 boxes around them by ourselves (ISO/IEC 15444-1 annex I). Passports hold
 * either form in DG2.
 */
import { createRequire } from "node:module";
import { BiometricsError } from "../errors.ts";
import type { RgbImage } from "./image.ts";
import { type ImageLimits, imageLimits } from "./limits.ts";

interface FrameInfo {
  width: number;
  height: number;
  bitsPerSample: number;
  componentCount: number;
  isSigned: boolean;
}
interface Encoder {
  getDecodedBuffer(frame: FrameInfo): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  setQuality(reversible: boolean, layers: number): void;
  setCompressionRatio(layer: number, ratio: number): void;
  encode(): void;
  delete(): void;
}
interface Decoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  getFrameInfo(): FrameInfo;
  readHeader(): void;
  decode(): void;
  delete(): void;
}
interface Codec {
  readonly J2KEncoder: new () => Encoder;
  readonly J2KDecoder: new () => Decoder;
}

const signature = Uint8Array.of(0x0d, 0x0a, 0x87, 0x0a);
const codestreamStart = Uint8Array.of(0xff, 0x4f, 0xff, 0x51);

/** What OpenJPEG has to say goes nowhere: standard output belongs to the caller. */
const silent = { print: () => undefined, printErr: () => undefined };
const require = createRequire(import.meta.url);

let codec: Promise<Codec> | undefined;
function load(): Promise<Codec> {
  codec ??= (require("@cornerstonejs/codec-openjpeg/wasmjs") as (module: typeof silent) => Promise<Codec>)({
    ...silent,
  });
  return codec;
}

/** True for a JP2 file and for a bare codestream. */
export function isJpeg2000(bytes: Uint8Array): boolean {
  return starts(bytes, 0, codestreamStart) || (starts(bytes, 8, signature) && text(bytes, 4) === "jP  ");
}

/**
 * Encodes a picture as a JP2 file of at most so many bytes (0: without loss).
 * @throws `image/does-not-fit` when even the strongest compression is too long
 */
export async function encodeJp2(image: RgbImage, mostBytes: number): Promise<Uint8Array> {
  const { J2KEncoder } = await load();
  const raw = image.width * image.height * 3;
  for (let aim = mostBytes - 400; mostBytes === 0 || aim > mostBytes / 4; aim *= 0.94) {
    const encoder = new J2KEncoder();
    try {
      const frame = { width: image.width, height: image.height, bitsPerSample: 8, componentCount: 3, isSigned: false };
      encoder.getDecodedBuffer(frame).set(image.data);
      encoder.setQuality(mostBytes === 0, 1);
      encoder.setCompressionRatio(0, mostBytes === 0 ? 1 : raw / aim);
      encoder.encode();
      const file = boxed(encoder.getEncodedBuffer().slice(), image);
      if (mostBytes === 0 || file.length <= mostBytes) return file;
    } finally {
      encoder.delete();
    }
  }
  throw new BiometricsError("image/does-not-fit", { limit: mostBytes });
}

/** Decodes a JP2 file or a codestream. @throws `image/damaged`, `image/too-large` */
export async function decodeJpeg2000(bytes: Uint8Array, limits: ImageLimits = imageLimits): Promise<RgbImage> {
  const stream = codestreamOf(bytes);
  // SIZ: marker, length, capabilities, then width, height and their offsets (annex A.5.1); judged before anything is decoded.
  if (stream.length < 50) throw new BiometricsError("image/damaged");
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  const width = view.getUint32(8) - view.getUint32(16);
  const height = view.getUint32(12) - view.getUint32(20);
  const components = view.getUint16(40);
  if (width <= 0 || height <= 0 || components < 1 || components > 4) throw new BiometricsError("image/damaged");
  if (width * height > limits.pixels)
    throw new BiometricsError("image/too-large", { width, height, limit: limits.pixels });
  const { J2KDecoder } = await load();
  const decoder = new J2KDecoder();
  try {
    decoder.getEncodedBuffer(stream.length).set(stream);
    decoder.decode();
    const { width: w, height: h, componentCount, bitsPerSample } = decoder.getFrameInfo();
    const samples = decoder.getDecodedBuffer();
    if (bitsPerSample !== 8 || samples.length < w * h * componentCount) throw new BiometricsError("image/damaged");
    const data = new Uint8Array(w * h * 3);
    for (let i = 0; i < w * h; i++)
      for (let k = 0; k < 3; k++) data[i * 3 + k] = samples[i * componentCount + (componentCount >= 3 ? k : 0)]!;
    return { width: w, height: h, data };
  } catch (cause) {
    if (cause instanceof BiometricsError) throw cause;
    // A decoder that threw may have left its memory in disorder: the next picture gets a fresh one.
    codec = undefined;
    throw new BiometricsError("image/damaged", {}, { cause });
  } finally {
    if (codec !== undefined) decoder.delete();
  }
}

/** The contiguous codestream box (`jp2c`), or the codestream itself. */
function codestreamOf(bytes: Uint8Array): Uint8Array {
  if (starts(bytes, 0, codestreamStart)) return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 8 <= bytes.length; ) {
    const stated = view.getUint32(at);
    const length = stated === 0 ? bytes.length - at : stated;
    if (length < 8 || at + length > bytes.length) break;
    if (text(bytes, at + 4) === "jp2c") return bytes.subarray(at + 8, at + length);
    at += length;
  }
  throw new BiometricsError("image/damaged");
}

/** Signature, file type, header (size; enumerated colour space sRGB) and codestream boxes. */
function boxed(stream: Uint8Array, { width, height }: RgbImage): Uint8Array {
  const number = (value: number) => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
  const name = (value: string) => new TextEncoder().encode(value);
  const box = (type: string, ...parts: Uint8Array[]) => {
    const body = Buffer.concat(parts);
    return new Uint8Array(Buffer.concat([number(body.length + 8), name(type), body]));
  };
  const size = box("ihdr", number(height), number(width), Uint8Array.of(0, 3, 7, 7, 0, 0));
  const colour = box("colr", Uint8Array.of(1, 0, 0), number(16));
  return new Uint8Array(
    Buffer.concat([
      box("jP  ", signature),
      box("ftyp", name("jp2 "), number(0), name("jp2 ")),
      box("jp2h", size, colour),
      box("jp2c", stream),
    ]),
  );
}

function starts(bytes: Uint8Array, at: number, wanted: Uint8Array): boolean {
  return wanted.every((byte, i) => bytes[at + i] === byte);
}

function text(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
