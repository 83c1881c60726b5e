/** A profile on a sheet of paper: its QR codes side by side in one picture, black on white, with room around each. */
import QRCode from "qrcode";
import sharp from "sharp";
import { profileFrames } from "../../crypto/authority/profile-frames.ts";

/** Pixels of a code's module; modules of white around a code; codes in a row. */
const scale = 6;
const margin = 6;
const columns = 2;
const white = 255;

/** PNG of a signed profile's text. Throws `profile/too-large`. */
export async function profileSheet(text: string): Promise<Uint8Array> {
  const codes = profileFrames(text).map(
    (frame) => QRCode.create([{ data: Buffer.from(frame), mode: "byte" }], { errorCorrectionLevel: "M" }).modules,
  );
  const cell = (Math.max(...codes.map(({ size }) => size)) + 2 * margin) * scale;
  const [width, height] = [Math.min(columns, codes.length) * cell, Math.ceil(codes.length / columns) * cell];
  const pixels = new Uint8Array(width * height).fill(white);
  for (const [index, { size, data }] of codes.entries()) {
    const left = (index % columns) * cell + margin * scale;
    const top = Math.floor(index / columns) * cell + margin * scale;
    for (let y = 0; y < size * scale; y++)
      for (let x = 0; x < size * scale; x++)
        if (data[Math.floor(y / scale) * size + Math.floor(x / scale)]) pixels[(top + y) * width + left + x] = 0;
  }
  return new Uint8Array(
    await sharp(pixels, { raw: { width, height, channels: 1 } })
      .png()
      .toBuffer(),
  );
}
