/** Finger minutiae records as all editions hold them; each edition has its own file. */
import { BiometricsError } from "../errors.ts";
import type { RecordReader, RecordWriter } from "./bytes.ts";
import type { CaptureBlock } from "./capture-block.ts";

export type MinutiaeFormat = "iso2005" | "iso2011" | "ansi378" | "ansi378-2009";

/** A minutia as it is coded: position in pixels, direction in the format's own steps (see `ANGLE_STEPS`). */
export interface CodedMinutia {
  /** 0 other, 1 ridge ending, 2 bifurcation. */
  readonly type: number;
  readonly x: number;
  readonly y: number;
  readonly angle: number;
  /** 0 = not stated, 1..100; 254 in 2011 records of the short form. */
  readonly quality: number;
  /** The two reserved bits before y. */
  readonly reserved: number;
}

export interface MinutiaeView {
  readonly position: number;
  readonly viewNumber: number;
  readonly impressionType: number;
  /** 0..100. */
  readonly quality: number;
  readonly width: number;
  readonly height: number;
  /** Pixels per centimetre. */
  readonly resolutionX: number;
  readonly resolutionY: number;
  readonly minutiae: readonly CodedMinutia[];
  /** Ridge counts, cores and deltas as coded. */
  readonly extended: Uint8Array;
  /** 2011 only. */
  readonly capture?: CaptureBlock;
  readonly endingType?: number;
  /** 2011: bytes of a coded minutia, 5 or 6. */
  readonly minutiaSize?: number;
  /** ANSI 2009: who scored the quality and how. */
  readonly qualityVendor?: number;
  readonly qualityAlgorithm?: number;
}

export interface MinutiaeRecord {
  readonly kind: "minutiae";
  readonly format: MinutiaeFormat;
  /** Header bytes that are the maker's own: product (ANSI), capture equipment, reserved. */
  readonly product: number;
  readonly equipment: number;
  readonly reserved: number;
  readonly certified: boolean;
  readonly views: readonly MinutiaeView[];
  /** Zeros after the record. */
  readonly padding?: number;
  /** ANSI 2009: without the byte of certification, as in the draft. */
  readonly draft?: boolean;
}

/** Steps of a full turn. */
export const ANGLE_STEPS: Readonly<Record<MinutiaeFormat, number>> = {
  iso2005: 256,
  iso2011: 256,
  ansi378: 180,
  "ansi378-2009": 180,
};

export function readMinutiae(reader: RecordReader, count: number, size: number): CodedMinutia[] {
  return Array.from({ length: count }, () => {
    const x = reader.uint(2);
    const y = reader.uint(2);
    const angle = reader.uint(1);
    const quality = size === 6 ? reader.uint(1) : 254;
    return { type: x >> 14, x: x & 0x3fff, reserved: y >> 14, y: y & 0x3fff, angle, quality };
  });
}

export function writeMinutiae(out: RecordWriter, minutiae: readonly CodedMinutia[], size: number): void {
  out.uint(minutiae.length, 1);
  for (const m of minutiae) {
    if (m.x > 0x3fff || m.y > 0x3fff)
      throw new BiometricsError("record/field", { field: "minutia position", value: Math.max(m.x, m.y) });
    out.uint((m.type << 14) | m.x, 2);
    out.uint((m.reserved << 14) | m.y, 2);
    out.uint(m.angle, 1);
    if (size === 6) out.uint(m.quality, 1);
  }
}
