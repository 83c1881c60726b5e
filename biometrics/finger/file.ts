/** Finger files for the command line: pictures and templates by their content, never by their name. */
import { readFile } from "node:fs/promises";
import { BiometricsError } from "../errors.ts";
import { decodeGrey } from "../image/codec.ts";
import type { GreyImage } from "../image/image.ts";
import { isPgm, readPgm } from "../image/pgm.ts";
import { isRecord, openRecord } from "../records/opened-record.ts";
import { greyOf } from "../records/recorded-picture.ts";
import { templateOfPrint } from "../records/recorded-print.ts";
import { decodeWsq, isWsq } from "../wsq/decode.ts";
import { extractTemplate } from "./extract.ts";
import { WORKING_PPI } from "./limits.ts";
import type { Template } from "./template.ts";

/**
 * Reads a picture of a finger; `ppi` overrides what the file states; without either it is 500.
 * @throws BiometricsError of the reader of that kind of file
 */
export async function readFingerImage(path: string, ppi?: number): Promise<GreyImage> {
  return fingerImageOf(await readFile(path), ppi);
}

/** The same of a file's bytes. */
export async function fingerImageOf(bytes: Uint8Array, ppi?: number): Promise<GreyImage> {
  const image = await pictureOf(bytes, ppi ?? WORKING_PPI);
  return ppi !== undefined || SCREEN_PPI.includes(image.ppi) ? { ...image, ppi: ppi ?? WORKING_PPI } : image;
}

/** What programs write that know nothing of scale. */
const SCREEN_PPI = [72, 96];

async function pictureOf(bytes: Uint8Array, ppi: number): Promise<GreyImage> {
  if (isRecord(bytes)) {
    const [picture] = openRecord(bytes).pictures;
    if (picture === undefined) throw new BiometricsError("record/no-picture");
    return greyOf({ ...picture, ppi: picture.ppi ?? ppi });
  }
  if (isPgm(bytes)) return readPgm(bytes, ppi);
  return isWsq(bytes) ? decodeWsq(bytes, ppi).image : decodeGrey(bytes, { ppi });
}

/** Reads a template of any maker, or a picture and extracts its template; of a record with several views the first. */
export async function readFingerTemplate(path: string, ppi?: number): Promise<Template> {
  const bytes = await readFile(path);
  return recordedTemplate(bytes) ?? extractTemplate(await fingerImageOf(bytes, ppi));
}

/** The first template of a record; undefined when the bytes are no record of minutiae. */
export function recordedTemplate(bytes: Uint8Array): Template | undefined {
  if (!isRecord(bytes)) return undefined;
  const { prints, format } = openRecord(bytes);
  return prints[0] && templateOfPrint(prints[0], format);
}
