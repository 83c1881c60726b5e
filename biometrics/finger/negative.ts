/** Pictures in black for white: told by their empty part, and turned round. */
import type { GreyImage } from "../image/image.ts";

const { floor, max, sqrt } = Math;

/** Side of a block for polarity, pixels as captured. */
const BLOCK = 16;
/** Blocks with this share of the strongest contrast are finger, those below that share are background. */
const FINGER_CONTRAST = 0.6;
const BACKGROUND_CONTRAST = 0.2;
/** Background must be this share of the picture to tell anything, and darker than the finger by so many grey levels. */
const LEAST_BACKGROUND = 0.08;
const DARKER = 40;

/**
 * True when ridges are light on a dark ground: the empty part of the picture is darker than the finger. A picture without an empty part
 * does not tell, and counts as it is.
 */
export function isNegative({ width, height, data }: GreyImage): boolean {
  const columns = floor(width / BLOCK);
  const rows = floor(height / BLOCK);
  const mean = new Float32Array(columns * rows);
  const deviation = new Float32Array(columns * rows);
  const n = (BLOCK / 2) ** 2;
  for (let i = 0; i < mean.length; i++) {
    const left = (i % columns) * BLOCK;
    const top = floor(i / columns) * BLOCK;
    let sum = 0;
    let squares = 0;
    for (let y = top; y < top + BLOCK; y += 2) {
      for (let k = y * width + left; k < y * width + left + BLOCK; k += 2) {
        const v = data[k]!;
        sum += v;
        squares += v * v;
      }
    }
    mean[i] = sum / n;
    deviation[i] = sqrt(max(0, squares / n - (sum / n) ** 2));
  }
  const strongest = Float32Array.from(deviation).sort()[floor(deviation.length * 0.9)] ?? 0;
  let [finger, fingers, ground, grounds] = [0, 0, 0, 0];
  for (let i = 0; i < mean.length; i++) {
    if (deviation[i]! > FINGER_CONTRAST * strongest) {
      finger += mean[i]!;
      fingers++;
    } else if (deviation[i]! < BACKGROUND_CONTRAST * strongest) {
      ground += mean[i]!;
      grounds++;
    }
  }
  if (fingers === 0 || grounds < LEAST_BACKGROUND * mean.length) return false;
  return ground / grounds + DARKER < finger / fingers;
}

/** The picture with black for white. */
export function negative(image: GreyImage): GreyImage {
  return { ...image, data: image.data.map((v) => 255 - v) };
}
