/** Small JPEG pictures for the camera tests. */
import sharp from "sharp";

/** A grey picture with some structure, so that no two numbers give the same bytes. */
export async function picture(number: number, width = 320, height = 240): Promise<Uint8Array> {
  const square = { width: 8, height: 8, channels: 3 as const, background: { r: 250, g: (number * 37) % 250, b: 20 } };
  const tile = await sharp({ create: square }).png().toBuffer();
  const grey = { width, height, channels: 3 as const, background: { r: 120, g: 120, b: 120 } };
  const spot = [{ input: tile, left: (number * 8) % (width - 8), top: (number * 3) % (height - 8) }];
  return new Uint8Array(await sharp({ create: grey }).composite(spot).jpeg().toBuffer());
}

export async function blackPicture(width = 320, height = 240): Promise<Uint8Array> {
  const black = { width, height, channels: 3 as const, background: { r: 0, g: 0, b: 0 } };
  return new Uint8Array(await sharp({ create: black }).jpeg().toBuffer());
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
