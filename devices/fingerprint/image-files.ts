/** Prints as files: `<position>_<impression>.png` in one folder, as a synthetic person has them. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { fingerprintLimits } from "../limits.ts";
import { type FingerImage, type FingerPosition, fingerPositions } from "../port.ts";

const FILE_BYTES = 32 * 1024 * 1024;
const MM_PER_INCH = 25.4;

/** The files of one finger in the order of their impressions. */
export async function listImpressions(folder: string, finger: FingerPosition): Promise<readonly string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new KabinaError("device/open-failed", { device: "fingerprint files", reason: "no such folder" }, { cause });
  });
  // By name, or by the number of ISO/IEC 19794-4 table 5 (right thumb 1 … left little 10).
  const number = fingerPositions.indexOf(finger) + 1;
  const pattern = new RegExp(`^(?:${finger}|0?${number})_(\\d+)\\.png$`);
  const impression = (name: string) => Number(pattern.exec(name)?.[1]);
  return names
    .filter((name) => pattern.test(name))
    .sort((a, b) => impression(a) - impression(b))
    .map((name) => join(folder, name));
}

/** Reads one print; its resolution comes from the file, or is the usual 500 ppi. */
export async function readImpression(path: string, device: string): Promise<FingerImage> {
  const refuse = (reason: string, cause?: unknown) =>
    new KabinaError("device/bad-data", { device, reason }, cause === undefined ? {} : { cause });
  const { size } = await stat(path).catch((cause: unknown) => {
    throw refuse("the file is gone", cause);
  });
  if (size > FILE_BYTES) throw new KabinaError("device/too-large", { device, limit: FILE_BYTES });
  try {
    const image = sharp(path, { limitInputPixels: fingerprintLimits.imageSide ** 2 });
    const { density } = await image.metadata();
    const { data, info } = await image.greyscale().toColourspace("b-w").raw().toBuffer({ resolveWithObject: true });
    if (info.channels !== 1) throw new Error(`${info.channels} channels`);
    return { width: info.width, height: info.height, data: new Uint8Array(data), ppi: plausiblePpi(density) };
  } catch (error) {
    throw refuse("no greyscale image", error);
  }
}

/** PNG keeps pixels per metre, so 500 ppi comes back as 499.999; a file that says 72 says nothing. */
function plausiblePpi(density: number | undefined): number {
  const ppi = Math.round(density ?? 0);
  return ppi >= 250 && ppi <= 2000 ? ppi : fingerprintLimits.defaultPpi;
}

/** libfprint counts in pixels per millimetre. */
export const ppiOfPpmm = (ppmm: number): number =>
  ppmm > 0 ? Math.round(ppmm * MM_PER_INCH) : fingerprintLimits.defaultPpi;
