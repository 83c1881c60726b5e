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
import type { Template } from "./template.ts";

/**
 * Reads a picture of a finger; a file that states no resolution is taken as 500 ppi unless `ppi` says otherwise.
 * @throws BiometricsError of the reader of that kind of file
 */
export async function readFingerImage(path: string, ppi = WORKING_PPI): Promise<GreyImage> {
  const bytes = await readFile(path);
  if (isFingerRecord(bytes)) {
    const record = readFingerRecord(bytes);
    if (record.kind === "finger-image" && record.views[0] !== undefined) return pictureOf(record.views[0]);
    throw new BiometricsError("record/format-unknown");
  }
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
