/** BlazeFace (the back-camera variant, 256 × 256): from a picture to boxes with six points each. */
import type { Box, Point, RgbImage } from "../image/image.ts";
import { sampleCut } from "../image/sample-cut.ts";
import { squareCut, toPicture } from "../image/similarity.ts";
import type { FaceLimits } from "./limits.ts";
import type { Model } from "./models.ts";

/** A box around a face, in pixels of the picture, and where its eyes are. */
export interface Detection {
  readonly box: Box;
  readonly confidence: number;
  readonly rightEye: Point;
  readonly leftEye: Point;
}

/** Side of the network's input. */
const side = 256;
/** Grids of anchors: stride in pixels, anchors at each place. */
const grids = [
  { stride: 16, anchors: 2 },
  { stride: 32, anchors: 6 },
] as const;
/** Values of one anchor: box centre and size, then six points (right eye, left eye, nose, mouth, right ear, left ear). */
const valuesPerAnchor = 16;

/** Finds faces, best first. `margin` shrinks the picture inside the input: for faces that fill it. */
export function detectFaces(image: RgbImage, model: Model, limits: FaceLimits["detection"], margin = 1): Detection[] {
  const span = Math.max(image.width, image.height) * margin;
  const centre = { x: (image.width - 1) / 2, y: (image.height - 1) / 2 };
  const cut = squareCut(centre, span, 0, side);
  const pixels = sampleCut(image, cut, side, side);
  for (let i = 0; i < pixels.length; i++) pixels[i] = (pixels[i] as number) / 127.5 - 1;
  const outputs = model.run(pixels, [1, side, side, 3]);
  const found: Detection[] = [];
  for (const { stride, anchors } of grids) {
    const columns = side / stride;
    const count = columns * columns * anchors;
    const scores = outputs.find((output) => output.length === count);
    const values = outputs.find((output) => output.length === count * valuesPerAnchor);
    if (scores === undefined || values === undefined) continue;
    for (let i = 0; i < count; i++) {
      const confidence = 1 / (1 + Math.exp(-(scores[i] as number)));
      if (confidence < limits.confidence) continue;
      const cell = Math.floor(i / anchors);
      const anchorX = stride * ((cell % columns) + 0.5);
      const anchorY = stride * (Math.floor(cell / columns) + 0.5);
      const value = (k: number) => values[i * valuesPerAnchor + k] as number;
      const place = (k: number) => toPicture(cut, anchorX + value(k), anchorY + value(k + 1));
      const middle = place(0);
      const width = (value(2) * span) / side;
      const height = (value(3) * span) / side;
      found.push({
        box: { x: middle.x - width / 2, y: middle.y - height / 2, width, height },
        confidence,
        rightEye: place(4),
        leftEye: place(6),
      });
    }
  }
  return distinct(found, limits);
}

/** Keeps the best of boxes that overlap. */
function distinct(found: Detection[], limits: FaceLimits["detection"]): Detection[] {
  const kept: Detection[] = [];
  for (const one of found.sort((a, b) => b.confidence - a.confidence)) {
    if (kept.length >= limits.faces) break;
    if (kept.every((other) => overlap(one.box, other.box) < limits.overlap)) kept.push(one);
  }
  return kept;
}

/** Intersection over union of two boxes. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a.width * a.height + b.width * b.height - shared);
}
