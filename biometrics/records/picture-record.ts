/** The picture inside a finger image record, and a record around a picture. */
import { BiometricsError } from "../errors.ts";
import { decodeGrey } from "../image/codec.ts";
import type { GreyImage } from "../image/image.ts";
import { decodeWsq } from "../wsq/decode.ts";
import { encodeWsq } from "../wsq/encode.ts";
import { type FingerImageRecord, type FingerImageView, pixelsPerInch } from "./image-record.ts";
import type { RecordedFinger } from "./recorded-print.ts";

/** Decodes a view. @throws `record/field` for codings that are not read here (JPEG 2000), and the codec's own */
export async function pictureOf(view: FingerImageView): Promise<GreyImage> {
  const { width, height, data, sampling } = view;
  const ppi = pixelsPerInch(sampling);
  switch (sampling.coding) {
    case "raw":
      if (sampling.depth !== 8 || data.length !== width * height) {
        throw new BiometricsError("record/field", { field: "picture bytes", value: data.length });
      }
      return { width, height, data, ppi };
    case "wsq":
      return { ...decodeWsq(data, ppi).image, ppi };
    case "jpeg":
    case "png":
      return { ...(await decodeGrey(data, { ppi })), ppi };
    default:
      throw new BiometricsError("record/field", { field: "compression", value: sampling.coding });
  }
}

/** A record with one picture, raw or WSQ. */
export function pictureRecord(
  image: GreyImage,
  format: FingerImageRecord["format"],
  coding: "raw" | "wsq",
  finger: RecordedFinger = {},
): FingerImageRecord {
  const ppi = Math.round(image.ppi);
  const view: FingerImageView = {
    position: finger.position ?? 0,
    viewCount: 1,
    viewNumber: format === "iso19794-4-2005" ? 1 : 0,
    quality: finger.quality ?? 254,
    impressionType: finger.impressionType ?? 0,
    width: image.width,
    height: image.height,
    data: coding === "raw" ? image.data : encodeWsq(image),
    reserved: 0,
    sampling: { units: 1, scanX: ppi, scanY: ppi, imageX: ppi, imageY: ppi, depth: 8, coding },
  };
  // Acquisition level 30: 500 ppi, 8 bits (table 1).
  return {
    kind: "finger-image",
    format,
    device: 0,
    level: 30,
    reserved: 0,
    certified: false,
    positions: 1,
    views: [view],
  };
}
