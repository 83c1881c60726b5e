/** Cuts the passport portrait out of a still: one similarity, no retouching, and a record of where every pixel came from. */
import { createHash } from "node:crypto";
import { BiometricsError } from "../errors.ts";
import { decodeImage, encodeJpeg } from "../image/codec.ts";
import type { RgbImage } from "../image/image.ts";
import { encodeJp2 } from "../image/jpeg2000.ts";
import { sampleCut } from "../image/sample-cut.ts";
import type { Similarity } from "../image/similarity.ts";
import { type FaceLimits, faceLimits } from "./limits.ts";
import { type FacePlaces, type PortraitFrame, portraitFrame } from "./portrait-geometry.ts";

export interface Portrait {
  readonly image: RgbImage;
  /** Where it was cut out, in pixels of the still. */
  readonly frame: PortraitFrame;
  /** Share of the portrait that lies outside of the still and was filled with the colour of its edge: 0 for a good still. */
  readonly outside: number;
}

/** Pixels of the portrait on the chip: 35 × 45 mm at 300 per inch. */
export const chipPortrait = { width: 413, height: 531, mostBytes: 20_000, ppi: 300 } as const;

/**
 * Cuts a portrait. @param height in pixels; never more than the still has for it, so nothing is invented by scaling up.
 */
export function cutPortrait(
  still: RgbImage,
  places: FacePlaces,
  height?: number,
  limits: FaceLimits["portrait"] = faceLimits.portrait,
): Portrait {
  const frame = portraitFrame(places, limits);
  const rows = Math.max(16, Math.min(Math.round(frame.height), height ?? Number.POSITIVE_INFINITY));
  return cutFrame(still, frame, Math.round(rows * limits.aspect), rows);
}

/** Cuts a known frame, in so many columns and rows: what a record of a cut is done again by. */
export function cutFrame(still: RgbImage, frame: PortraitFrame, columns: number, rows: number): Portrait {
  const scale = frame.height / rows;
  const a = Math.cos(frame.angle) * scale;
  const b = Math.sin(frame.angle) * scale;
  const cut: Similarity = { a, b, originX: frame.origin.x, originY: frame.origin.y };
  const samples = sampleCut(still, cut, columns, rows, -1000);
  const data = new Uint8Array(columns * rows * 3);
  let outside = 0;
  for (let i = 0; i < columns * rows; i++) {
    const missing = samples[i * 3]! < 0;
    if (missing) outside++;
    for (let k = 0; k < 3; k++)
      data[i * 3 + k] = missing
        ? edge(still, cut, i % columns, Math.floor(i / columns), k)
        : Math.round(samples[i * 3 + k]!);
  }
  return { image: { width: columns, height: rows, data }, frame, outside: outside / (columns * rows) };
}

/** The nearest pixel that the still has. */
function edge({ width, height, data }: RgbImage, cut: Similarity, x: number, y: number, channel: number): number {
  const px = Math.round(cut.originX + cut.a * x - cut.b * y);
  const py = Math.round(cut.originY + cut.b * x + cut.a * y);
  return data[(Math.min(height - 1, Math.max(0, py)) * width + Math.min(width - 1, Math.max(0, px))) * 3 + channel]!;
}

/** A portrait for the chip: JPEG or JPEG 2000 of at most 20 KB. @throws `image/does-not-fit` */
export async function encodeForChip(image: RgbImage, format: "jpeg" | "jp2"): Promise<Uint8Array> {
  if (format === "jp2") return encodeJp2(image, chipPortrait.mostBytes);
  let best: Uint8Array | undefined;
  let [low, high] = [10, 95];
  while (low <= high) {
    const quality = (low + high) >> 1;
    const bytes = await encodeJpeg(image, { quality, ppi: chipPortrait.ppi });
    if (bytes.length <= chipPortrait.mostBytes) {
      best = bytes;
      low = quality + 1;
    } else high = quality - 1;
  }
  if (best === undefined) throw new BiometricsError("image/does-not-fit", { limit: chipPortrait.mostBytes });
  return best;
}

/** How a portrait's bytes relate to the record of its cut. */
export interface ChainVerdict {
  /** Both files are the recorded ones. */
  readonly hashes: boolean;
  /** Mean difference, of 255, between the portrait and the same cut done again; null when it could not be done. */
  readonly difference: number | null;
}

/** Mean difference, of 255, above which a portrait is not what its record cuts out: a JPEG's own loss stays well below. */
export const mostRetouching = 3;

/** Follows the chain: the recorded hashes, and the cut done again on the still, whose pixels the portrait must show unretouched. */
export async function followChain(
  still: Uint8Array,
  portrait: Uint8Array,
  record: ReturnType<typeof portraitRecord>,
): Promise<ChainVerdict> {
  const hashes = digest(still) === record.still.sha256 && digest(portrait) === record.portrait.sha256;
  const [from, shown] = [await decodeImage(still), await decodeImage(portrait)];
  const { width, height } = record.portrait;
  const fits = shown.width === width && shown.height === height && record.cut.height >= height - 1;
  if (!fits) return { hashes, difference: null };
  const { image } = cutFrame(from, record.cut, width, height);
  let total = 0;
  for (let i = 0; i < image.data.length; i++) total += Math.abs(image.data[i]! - shown.data[i]!);
  return { hashes, difference: total / image.data.length };
}

const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** The chain from sensor to portrait: hashes of what went in and what came out, and the cut between. */
export function portraitRecord(still: Uint8Array, portrait: Portrait, encoded: Uint8Array) {
  const { image, frame, outside } = portrait;
  return {
    still: { bytes: still.length, sha256: digest(still) },
    cut: { ...frame, outside },
    portrait: { width: image.width, height: image.height, bytes: encoded.length, sha256: digest(encoded) },
  };
}
