/** Finger files for the command line: pictures and templates by their content, never by their name. */
import { readFile } from "node:fs/promises";
import { decodeGrey } from "../image/codec.ts";
import type { GreyImage } from "../image/image.ts";
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
  return isWsq(bytes) ? decodeWsq(bytes, ppi).image : decodeGrey(bytes, { ppi });
}

/** Reads a template, or a picture and extracts its template. */
export async function readFingerTemplate(path: string, ppi?: number): Promise<Template> {
  return extractTemplate(await readFingerImage(path, ppi));
}
