/**
 * What is behind the head. OFIQ cuts the person out with a network; here the background is where no head or shoulder of an upright
 * person can be: far beside the face and far above it.
 */
import { labOf } from "../../image/lab.ts";
import { type WorkFace, workEyeDistance, workSide } from "./work-face.ts";

/** In eye distances from the middle of the eyes. */
const zone = { beside: 1.5, above: 2, down: 1.2 } as const;
const middle = { x: 308, y: 272 } as const;
/** Coarse patches: their side in pixels, and how many there are each way. */
const patchSide = 44;
const patchesAcross = workSide / patchSide;

export interface BackgroundValues {
  /** Mean Sobel magnitude of the luminance. */
  readonly BackgroundUniformity: number;
  /** Mean luminance, 0…1. */
  readonly BackgroundLight: number;
  /** Unevenness: mean distance of coarse patches from their median, CIELAB. */
  readonly BackgroundShadow: number;
}

/** Undefined where too little background is in the picture. */
export function backgroundValues({ luma, rgb, inside }: WorkFace): BackgroundValues | undefined {
  const free = (x: number, y: number) =>
    (Math.abs(x - middle.x) > zone.beside * workEyeDistance && y < middle.y + zone.down * workEyeDistance) ||
    y < middle.y - zone.above * workEyeDistance;
  let edges = 0;
  let count = 0;
  let light = 0;
  const patches: number[][] = Array.from({ length: patchesAcross ** 2 }, () => []);
  // Every second pixel each way is enough for a mean.
  for (let y = 2; y < workSide - 2; y += 2) {
    for (let x = 2; x < workSide - 2; x += 2) {
      if (!free(x, y)) continue;
      const i = y * workSide + x;
      if (
        inside[i - 2 * workSide - 2]! +
          inside[i + 2 * workSide + 2]! +
          inside[i - 2 * workSide + 2]! +
          inside[i + 2 * workSide - 2]! <
        4
      )
        continue;
      const [up, down] = [i - workSide, i + workSide];
      const falling = luma[down + 1]! - luma[up - 1]!;
      const rising = luma[up + 1]! - luma[down - 1]!;
      const gx = falling + rising + 2 * (luma[i + 1]! - luma[i - 1]!);
      const gy = falling - rising + 2 * (luma[down]! - luma[up]!);
      edges += Math.sqrt(gx * gx + gy * gy);
      light += luma[i]!;
      count++;
      if ((x + y) % 3 === 0) patches[Math.floor(y / patchSide) * patchesAcross + Math.floor(x / patchSide)]!.push(i);
    }
  }
  if (count < 500) return undefined;
  const mean = light / count;
  const tones = patches.filter((patch) => patch.length > 15).map((patch) => meanLab(rgb, patch));
  const typical = [0, 1, 2].map((k) => tones.map((tone) => tone[k]!).sort((a, b) => a - b)[tones.length >> 1] ?? 0);
  const spread = tones.reduce((sum, tone) => sum + Math.hypot(...tone.map((value, k) => value - typical[k]!)), 0);
  return {
    BackgroundUniformity: edges / count,
    BackgroundLight: mean / 255,
    BackgroundShadow: spread / Math.max(1, tones.length),
  };
}

function meanLab(rgb: Float32Array, pixels: readonly number[]): readonly number[] {
  const mean = (k: number) => pixels.reduce((sum, i) => sum + rgb[i * 3 + k]!, 0) / pixels.length;
  return labOf(mean(0), mean(1), mean(2));
}
