/** Finger files for the command line: pictures and templates by their content, never by their name. */
import { readFile } from "node:fs/promises";
import { BiometricsError } from "../errors.ts";
import { decodeGrey } from "../image/codec.ts";
import type { GreyImage } from "../image/image.ts";
import { pictureOf } from "../records/picture-record.ts";
import { isFingerRecord, readFingerRecord } from "../records/record.ts";
import { templateOf } from "../records/template-record.ts";
import { decodeWsq, isWsq } from "../wsq/decode.ts";
import { extractTemplate } from "./extract.ts";
import { WORKING_PPI } from "./limits.ts";
import { isPgm, readPgm } from "./pgm.ts";
import type { Template } from "./template.ts";

/**
 * Reads a picture of a finger; `ppi` overrides what the file states; without either it is 500.
 * @throws BiometricsError of the reader of that kind of file
 */
export async function readFingerImage(path: string, ppi?: number): Promise<GreyImage> {
  const image = await readPicture(path, ppi ?? WORKING_PPI);
  return ppi !== undefined || SCREEN_PPI.includes(image.ppi) ? { ...image, ppi: ppi ?? WORKING_PPI } : image;
}

/** What programs write that know nothing of scale. */
const SCREEN_PPI = [72, 96];

async function readPicture(path: string, ppi: number): Promise<GreyImage> {
  const bytes = await readFile(path);
  if (isFingerRecord(bytes)) {
    const record = readFingerRecord(bytes);
    if (record.kind === "finger-image" && record.views[0] !== undefined) return pictureOf(record.views[0]);
    throw new BiometricsError("record/format-unknown");
  }
  if (isPgm(bytes)) return readPgm(bytes, ppi);
  return isWsq(bytes) ? decodeWsq(bytes, ppi).image : decodeGrey(bytes, { ppi });
}

/** Reads a template, or a picture and extracts its template. */
export async function readFingerTemplate(path: string, ppi?: number): Promise<Template> {
  const bytes = await readFile(path);
  if (isFingerRecord(bytes)) {
    const record = readFingerRecord(bytes);
    if (record.kind === "minutiae" && record.views[0] !== undefined) return templateOf(record, record.views[0]);
  }
  return extractTemplate(await readFingerImage(path, ppi));
}
