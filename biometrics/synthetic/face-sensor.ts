/** From light to pixels: the lens blurs, the sensor adds noise, the signal is clipped and coded as sRGB. */
import type { RgbImage } from "../image/image.ts";
import type { FaceScene } from "./face-scene.ts";

/** sRGB code (0…255, with fraction) of linear light 0…1, by 4096 steps. */
const coded = Float32Array.from({ length: 4097 }, (_, i) => {
  const value = i / 4096;
  return 255 * (value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055);
});

/** @param lit linear light of `smooth` times the scene's width and height. */
export function develop(lit: Float32Array, scene: FaceScene, seed: number): RgbImage {
  const { width, height } = scene;
  const light = scene.smooth === 2 ? halved(lit, width, height) : lit;
  const blurred = scene.blur > 0 ? blur(light, width, height, (scene.blur * height) / 1000) : light;
  if (scene.saturation < 1 || scene.cast !== 0) tint(blurred, scene);
  const data = new Uint8Array(width * height * 3);
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(scene.frame + 1, 0x85ebca6b)) | 1;
  for (let i = 0; i < data.length; i++) {
    // Two xorshift draws make a triangle, near enough to a bell for a sensor.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const grain = ((state & 0xffff) + (state >>> 16)) / 65536 - 1;
    const value = blurred[i]!;
    const code = coded[value <= 0 ? 0 : value >= 1 ? 4096 : Math.round(value * 4096)]!;
    const noisy = code + grain * 2.45 * scene.noise + 0.5;
    data[i] = Math.max(0, Math.min(255, noisy));
  }
  return { width, height, data };
}

/** Colour as the sensor's settings have it, in place. */
function tint(light: Float32Array, { saturation, cast }: FaceScene): void {
  const gains = [1 + 0.45 * cast, 1 - 0.45 * cast, 1];
  for (let i = 0; i < light.length; i += 3) {
    const grey = 0.2126 * light[i]! + 0.7152 * light[i + 1]! + 0.0722 * light[i + 2]!;
    for (let k = 0; k < 3; k++) light[i + k] = (grey + (light[i + k]! - grey) * saturation) * gains[k]!;
  }
}

function halved(lit: Float32Array, width: number, height: number): Float32Array {
  const result = new Float32Array(width * height * 3);
  const wide = width * 2 * 3;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = y * 2 * wide + x * 6;
      for (let k = 0; k < 3; k++) {
        const i = from + k;
        // Clipped before the mean, as the four sensor cells would be.
        const total =
          Math.min(1, lit[i]!) +
          Math.min(1, lit[i + 3]!) +
          Math.min(1, lit[i + wide]!) +
          Math.min(1, lit[i + wide + 3]!);
        result[(y * width + x) * 3 + k] = total / 4;
      }
    }
  }
  return result;
}

/** Three box filters one after another, each way: close to a Gaussian of this deviation in pixels. */
function blur(lit: Float32Array, width: number, height: number, deviation: number): Float32Array {
  const radius = Math.max(1, Math.round((Math.sqrt(4 * deviation * deviation + 1) - 1) / 2));
  let from = lit;
  for (let pass = 0; pass < 3; pass++) {
    from = box(from, width, height, radius, 3, width * 3);
    from = box(from, height, width, radius, width * 3, 3);
  }
  return from;
}

/** Mean over `2 radius + 1` samples along lines; `along` and `across` are the steps between samples and between lines. */
function box(
  from: Float32Array,
  length: number,
  lines: number,
  radius: number,
  along: number,
  across: number,
): Float32Array {
  const to = new Float32Array(from.length);
  const share = 1 / (2 * radius + 1);
  for (let line = 0; line < lines; line++) {
    for (let k = 0; k < 3; k++) {
      const start = line * across + k;
      const at = (i: number) => from[start + Math.max(0, Math.min(length - 1, i)) * along]!;
      let total = 0;
      for (let i = -radius; i <= radius; i++) total += at(i);
      for (let i = 0; i < length; i++) {
        to[start + i * along] = total * share;
        total += at(i + radius + 1) - at(i - radius);
      }
    }
  }
  return to;
}
