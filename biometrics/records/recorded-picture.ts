/** A finger's picture as any record carries it, still coded: the common ground of the image formats. */
import { BiometricsError } from "../errors.ts";
import { decodeGrey } from "../image/codec.ts";
import type { GreyImage } from "../image/image.ts";
import { decodeJpeg2000 } from "../image/jpeg2000.ts";
import { decodeWsq } from "../wsq/decode.ts";
import { encodeWsq } from "../wsq/encode.ts";

export type PictureCoding = "raw" | "packed" | "wsq" | "jpeg" | "jpeg2000" | "jpeg2000-lossless" | "png";

export interface RecordedPicture {
  /** ISO/IEC 19794-4 table 5; 0 = unknown. */
  readonly position: number;
  readonly impressionType: number;
  /** 0..100; undefined = the record does not say. */
  readonly quality: number | undefined;
  /** 0 where the record leaves the size to the picture file inside. */
  readonly width: number;
  readonly height: number;
  /** Pixels per inch; undefined where neither record nor file says. */
  readonly ppi: number | undefined;
  /** Bits a pixel. */
  readonly depth: number;
  readonly coding: PictureCoding;
  readonly data: Uint8Array;
}

const USUAL_PPI = 500;

/** Decodes it. @throws `record/field` for packed or deeper pixels and sizes that disagree; the codec's own */
export async function greyOf(picture: RecordedPicture): Promise<GreyImage> {
  const { width, height, data } = picture;
  const ppi = picture.ppi ?? USUAL_PPI;
  switch (picture.coding) {
    case "raw":
      if (picture.depth !== 8 || data.length !== width * height) {
        throw new BiometricsError("record/field", { field: "picture bytes", value: data.length });
      }
      return { width, height, data, ppi };
    case "wsq":
      return sized({ ...decodeWsq(data, ppi).image, ppi }, picture);
    case "jpeg":
    case "png":
      return sized({ ...(await decodeGrey(data, { ppi })), ppi }, picture);
    case "jpeg2000":
    case "jpeg2000-lossless": {
      const { width: w, height: h, data: rgb } = await decodeJpeg2000(data);
      const grey = Uint8Array.from({ length: w * h }, (_, i) =>
        Math.round(0.299 * rgb[3 * i]! + 0.587 * rgb[3 * i + 1]! + 0.114 * rgb[3 * i + 2]!),
      );
      return sized({ width: w, height: h, data: grey, ppi }, picture);
    }
    default:
      throw new BiometricsError("record/field", { field: "compression", value: picture.coding });
  }
}

/** A record that states another size than its picture has is not to be trusted in either. */
function sized(image: GreyImage, { width, height }: RecordedPicture): GreyImage {
  if (width !== 0 && (image.width !== width || image.height !== height)) {
    throw new BiometricsError("record/field", { field: "picture size", value: `${image.width}x${image.height}` });
  }
  return image;
}

/** The picture raw or as WSQ, of whatever coding it was. */
export async function recoded(picture: RecordedPicture, coding: "raw" | "wsq"): Promise<RecordedPicture> {
  if (picture.coding === coding) return picture;
  const image = await greyOf(picture);
  const { width, height, ppi } = image;
  const data = coding === "raw" ? image.data : encodeWsq(image);
  return { ...picture, width, height, ppi, depth: 8, coding, data };
}

/** A bare picture of one finger. */
export function pictureOfGrey(image: GreyImage): RecordedPicture {
  const { width, height, data, ppi } = image;
  const unknown = { position: 0, impressionType: 0, quality: undefined };
  return { ...unknown, width, height, ppi: Math.round(ppi), depth: 8, coding: "raw", data };
}
