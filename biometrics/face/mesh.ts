/** MediaPipe Face Mesh (192 × 192): 468 points on a face, and where to look for them in the next frame. */
import type { Box, Point, RgbImage } from "../image/image.ts";
import { sampleCut } from "../image/sample-cut.ts";
import { type Similarity, squareCut, toPicture } from "../image/similarity.ts";
import type { Detection } from "./detection.ts";
import type { Model } from "./models.ts";

/** Side of the network's input. */
export const meshSide = 192;
export const meshPoints = 468;
/** How far the cut-out reaches beyond the face, as in MediaPipe's face landmark graph. */
const reach = { detection: 1.5, mesh: 1.4 } as const;

/** Indices of mesh points; right and left are the person's own. */
export const meshIndex = {
  rightEye: { outer: 33, inner: 133, upper: [160, 159, 158], lower: [144, 145, 153] },
  leftEye: { outer: 263, inner: 362, upper: [387, 386, 385], lower: [373, 374, 380] },
  innerLips: { upper: [82, 13, 312], lower: [87, 14, 317] },
  mouthCorners: [61, 291],
  noseTip: 1,
  noseBridge: 168,
  /** Of the chin's points the one nearest to where other schemes put the chin (measured on cut portraits: within 2.4 % of the head). */
  chin: 175,
  forehead: 10,
  /** Outline of the face, clockwise in the picture from the forehead. */
  oval: [
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150,
    136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
  ],
} as const;

/** A mesh laid on a face. */
export interface FaceMesh {
  /** x, y, z of each point, in pixels of the picture. */
  readonly points: Float32Array;
  /** The network's belief that there is a face, 0…1. */
  readonly confidence: number;
  /** What the network looked at. */
  readonly cut: Similarity;
  /** The pixels it looked at: `meshSide²` × RGB, 0…255. */
  readonly pixels: Float32Array;
}

/** Where to look for a mesh: centre, side and turn of a square. */
export interface MeshWindow {
  readonly centre: Point;
  readonly side: number;
  readonly angle: number;
}

export function windowOfDetection({ box, rightEye, leftEye }: Detection): MeshWindow {
  return {
    centre: { x: box.x + box.width / 2, y: box.y + box.height / 2 },
    side: Math.max(box.width, box.height) * reach.detection,
    angle: Math.atan2(leftEye.y - rightEye.y, leftEye.x - rightEye.x),
  };
}

export function windowOfMesh(points: Float32Array): MeshWindow {
  const right = meshPoint(points, meshIndex.rightEye.outer);
  const left = meshPoint(points, meshIndex.leftEye.outer);
  const box = meshBox(points);
  return {
    centre: { x: box.x + box.width / 2, y: box.y + box.height / 2 },
    side: Math.max(box.width, box.height) * reach.mesh,
    angle: Math.atan2(left.y - right.y, left.x - right.x),
  };
}

/** Lays the mesh. */
export function layMesh(image: RgbImage, window: MeshWindow, model: Model): FaceMesh {
  const cut = squareCut(window.centre, window.side, window.angle, meshSide);
  const pixels = sampleCut(image, cut, meshSide, meshSide);
  const input = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) input[i] = (pixels[i] as number) / 255;
  const outputs = model.run(input, [1, meshSide, meshSide, 3]);
  const raw = outputs.find((output) => output.length === meshPoints * 3);
  const belief = outputs.find((output) => output.length === 1)?.[0] ?? 0;
  const points = new Float32Array(meshPoints * 3);
  const scale = window.side / meshSide;
  if (raw !== undefined) {
    for (let i = 0; i < meshPoints; i++) {
      const place = toPicture(cut, raw[i * 3] as number, raw[i * 3 + 1] as number);
      points[i * 3] = place.x;
      points[i * 3 + 1] = place.y;
      points[i * 3 + 2] = (raw[i * 3 + 2] as number) * scale;
    }
  }
  return { points, confidence: belief, cut, pixels };
}

export function meshPoint(points: Float32Array, index: number): Point {
  return { x: points[index * 3] as number, y: points[index * 3 + 1] as number };
}

export function meanPoint(points: Float32Array, indices: readonly number[]): Point {
  let x = 0;
  let y = 0;
  for (const index of indices) {
    x += points[index * 3] as number;
    y += points[index * 3 + 1] as number;
  }
  return { x: x / indices.length, y: y / indices.length };
}

/** The upright box around the outline. */
export function meshBox(points: Float32Array): Box {
  let left = Number.POSITIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (const index of meshIndex.oval) {
    const { x, y } = meshPoint(points, index);
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}
