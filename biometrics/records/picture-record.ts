/** Between pictures and the binary finger image records (ISO/IEC 19794-4:2005 and :2011). */
import { BiometricsError } from "../errors.ts";
import type { GreyImage } from "../image/image.ts";
import { encodeWsq } from "../wsq/encode.ts";
import { type FingerImageRecord, type FingerImageView, pixelsPerInch } from "./image-record.ts";
import { greyOf, pictureOfGrey, type RecordedPicture } from "./recorded-picture.ts";
import type { RecordedFinger } from "./recorded-print.ts";

/** Acquisition level 30: 500 ppi, 8 bits (table 1). */
const LEVEL_500 = 30;
/** No score was computed. */
const NO_QUALITY = 254;
const MOST_QUALITY = 100;
const USUAL_PPI = 500;
/** The picture that a view carries. */
export function recordedPictureOf(view: FingerImageView): RecordedPicture {
  const { position, impressionType, width, height, data, sampling } = view;
  const quality = view.quality > MOST_QUALITY ? undefined : view.quality;
  const { coding, depth } = sampling;
  return { position, impressionType, quality, width, height, data, coding, depth, ppi: pixelsPerInch(sampling) };
}

/** Decodes a view. @throws `record/field`, and the codec's own */
export function pictureOf(view: FingerImageView): Promise<GreyImage> {
  return greyOf(recordedPictureOf(view));
}

/** A record of pictures. @throws `record/field` when there is none, or the 2005 edition would need two headers */
export function recordOfPictures(
  pictures: readonly RecordedPicture[],
  format: FingerImageRecord["format"],
): FingerImageRecord {
  const early = format === "iso19794-4-2005";
  const seen = new Map<number, number>();
  const views = pictures.map((picture): FingerImageView => {
    const { position, impressionType, width, height, data, coding, depth } = picture;
    const ppi = Math.round(picture.ppi ?? USUAL_PPI);
    const number = (seen.get(position) ?? 0) + 1;
    seen.set(position, number);
    return {
      ...{ position, impressionType, width, height, data },
      viewCount: pictures.filter((other) => other.position === position).length,
      viewNumber: early ? number : number - 1,
      quality: picture.quality ?? NO_QUALITY,
      reserved: 0,
      sampling: { units: 1, scanX: ppi, scanY: ppi, imageX: ppi, imageY: ppi, depth, coding },
    };
  });
  const [first] = views;
  if (first === undefined) throw new BiometricsError("record/field", { field: "views", value: 0 });
  const differs = (view: FingerImageView) =>
    view.sampling.imageX !== first.sampling.imageX || view.sampling.coding !== first.sampling.coding;
  if (early && views.some(differs)) {
    throw new BiometricsError("record/field", { field: "views of several codings", value: format });
  }
  const common = { kind: "finger-image", format, device: 0, level: LEVEL_500, reserved: 0, certified: false } as const;
  return { ...common, positions: seen.size, views };
}

/** A record with one picture, raw or WSQ. */
export function pictureRecord(
  image: GreyImage,
  format: FingerImageRecord["format"],
  coding: "raw" | "wsq",
  finger: RecordedFinger = {},
): FingerImageRecord {
  const data = coding === "raw" ? image.data : encodeWsq(image);
  const { position = 0, impressionType = 0, quality } = finger;
  return recordOfPictures([{ ...pictureOfGrey(image), coding, data, position, impressionType, quality }], format);
}
