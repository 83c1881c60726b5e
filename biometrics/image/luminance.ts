/** From sRGB samples to linear luminance (IEC 61966-2-1, ITU-R BT.709 weights). */

/** Linear light of each 8-bit sRGB sample, 0…1. */
export const linear = Float32Array.from({ length: 256 }, (_, sample) => {
  const value = sample / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
});

/** Linear luminance of one pixel, 0…1, of samples 0…255 (fractions allowed). */
export function luminance(red: number, green: number, blue: number): number {
  return 0.2126 * linear[red | 0]! + 0.7152 * linear[green | 0]! + 0.0722 * linear[blue | 0]!;
}

/** Mean linear luminance of a picture, from every `step`th pixel each way. */
export function meanLuminance(data: Uint8Array, width: number, height: number, step: number): number {
  let total = 0;
  let count = 0;
  for (let y = step >> 1; y < height; y += step) {
    for (let x = step >> 1; x < width; x += step) {
      const i = (y * width + x) * 3;
      total += luminance(data[i]!, data[i + 1]!, data[i + 2]!);
      count++;
    }
  }
  return count === 0 ? 0 : total / count;
}
