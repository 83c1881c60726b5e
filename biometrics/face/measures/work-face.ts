/** The face as ISO/IEC 29794-5 looks at it: turned and scaled to 616 × 616, with its linear luminance and its mask. */
import type { Point, RgbImage } from "../../image/image.ts";
import { luminance } from "../../image/luminance.ts";
import { convexHull, polygonMask } from "../../image/polygon.ts";
import { sampleCut } from "../../image/sample-cut.ts";
import { fitCut, type Similarity, toCut } from "../../image/similarity.ts";
import { meshIndex, meshPoint } from "../mesh.ts";
import type { ObservedFace } from "../observation.ts";

export const workSide = 616;
/** Distance of the eyes in the work image. */
export const workEyeDistance = 364 - 251;
export const targets = {
  rightEye: { x: 251, y: 272 },
  leftEye: { x: 364, y: 272 },
  nose: { x: 308, y: 336 },
  mouthRight: { x: 262, y: 402 },
  mouthLeft: { x: 355, y: 402 },
} as const;
const brows = [70, 63, 105, 66, 107, 336, 296, 334, 293, 300] as const;
/** The outline from temple to temple by way of the chin. */
const jaw = [
  127, 234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454, 356,
] as const;

export interface WorkFace {
  /** 616 × 616 × RGB, 0…255; negative outside of the picture. */
  readonly rgb: Float32Array;
  /** 8-bit linear luminance; 0 outside of the picture. */
  readonly luma: Uint8Array;
  /** 1 where the picture has a pixel. */
  readonly inside: Uint8Array;
  /** 1 on the face: the convex hull of brows, cheeks and chin. */
  readonly mask: Uint8Array;
  readonly cut: Similarity;
  /** A mesh point in the work image. */
  at(index: number): Point;
}

export function workFace(still: RgbImage, face: ObservedFace): WorkFace {
  const pairs = [
    { cut: targets.rightEye, picture: face.eyes.right },
    { cut: targets.leftEye, picture: face.eyes.left },
    { cut: targets.nose, picture: face.nose },
    { cut: targets.mouthRight, picture: meshPoint(face.mesh, meshIndex.mouthCorners[0]) },
    { cut: targets.mouthLeft, picture: meshPoint(face.mesh, meshIndex.mouthCorners[1]) },
  ];
  const cut = fitCut(pairs);
  const rgb = sampleCut(still, cut, workSide, workSide, -1000);
  const count = workSide * workSide;
  const luma = new Uint8Array(count);
  const inside = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const red = rgb[i * 3]!;
    if (red < 0) continue;
    inside[i] = 1;
    // A value of a byte array is cut off, not rounded.
    luma[i] = 255 * luminance(red, rgb[i * 3 + 1]!, rgb[i * 3 + 2]!) + 0.5;
  }
  const at = (index: number) => {
    const { x, y } = meshPoint(face.mesh, index);
    return toCut(cut, x, y);
  };
  const mask = polygonMask(convexHull([...brows, ...jaw].map(at)), workSide, workSide);
  for (let i = 0; i < count; i++) if (inside[i] === 0) mask[i] = 0;
  return { rgb, luma, inside, mask, cut, at };
}

/** The squares on both cheeks: 0.3 eye distances wide, half-way between eye and corner of the mouth. */
export function cheeks(work: WorkFace): { readonly right: readonly number[]; readonly left: readonly number[] } {
  const square = (eye: Point, mouth: Point) => {
    const half = Math.round(0.15 * workEyeDistance);
    const x = Math.round((eye.x + mouth.x) / 2);
    const y = Math.round((eye.y + mouth.y) / 2);
    const pixels: number[] = [];
    for (let row = y - half; row <= y + half; row++)
      for (let column = x - half; column <= x + half; column++)
        if (work.inside[row * workSide + column] === 1) pixels.push(row * workSide + column);
    return pixels;
  };
  return { right: square(targets.rightEye, targets.mouthRight), left: square(targets.leftEye, targets.mouthLeft) };
}
