/** MediaPipe Iris (64 × 64): the lids more exactly than the face mesh has them, and where the iris is. For stills. */
import type { Point, RgbImage } from "../image/image.ts";
import { sampleCut } from "../image/sample-cut.ts";
import { type Similarity, squareCut, toPicture } from "../image/similarity.ts";
import { meshIndex, meshPoint } from "./mesh.ts";
import type { Model } from "./models.ts";

const side = 64;
/** How far the cut-out reaches beyond the corners of the eye. */
const reach = 2.3;
/** Points of the network: lower and upper lid from corner to corner, and the iris (centre first) after 71 others. */
const lowerLid = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const;
const upperLid = [9, 10, 11, 12, 13, 14, 15] as const;
const irisPoint = 71;

export interface EyeDetail {
  readonly upper: readonly Point[];
  readonly lower: readonly Point[];
  readonly iris: Point;
  /** In pixels. */
  readonly irisRadius: number;
  /** Widest gap of the lids, in pixels. */
  readonly gap: number;
}

const eyes = ["rightEye", "leftEye"] as const;

/** Looks at both eyes in one run. The network knows the right eye; the left one is shown to it in a mirror. */
export function lookAtEyes(
  image: RgbImage,
  mesh: Float32Array,
  model: Model,
): { readonly right: EyeDetail; readonly left: EyeDetail } {
  const shown = eyes.map((which) => cutOf(mesh, which));
  const size = side * side * 3;
  const input = new Float32Array(2 * size);
  shown.forEach(({ cut, mirrored }, eye) => {
    const pixels = sampleCut(image, cut, side, side);
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const source = (y * side + (mirrored ? side - 1 - x : x)) * 3;
        const target = eye * size + (y * side + x) * 3;
        for (let k = 0; k < 3; k++) input[target + k] = pixels[source + k]! / 255;
      }
    }
  });
  const output = model.run(input, [2, side, side, 3])[0]!;
  const each = output.length / 2;
  const [right, left] = shown.map((eye, i) => detailOf(eye, output.subarray(i * each, (i + 1) * each)));
  return { right: right!, left: left! };
}

interface ShownEye {
  readonly cut: Similarity;
  readonly mirrored: boolean;
  /** Corners of the eye by the mesh, from left to right in the picture. */
  readonly from: Point;
  readonly to: Point;
}

function cutOf(mesh: Float32Array, which: (typeof eyes)[number]): ShownEye {
  const outer = meshPoint(mesh, meshIndex[which].outer);
  const inner = meshPoint(mesh, meshIndex[which].inner);
  const mirrored = which === "leftEye";
  const [from, to] = mirrored ? [inner, outer] : [outer, inner];
  const centre = { x: (outer.x + inner.x) / 2, y: (outer.y + inner.y) / 2 };
  const width = Math.max(4, Math.hypot(outer.x - inner.x, outer.y - inner.y));
  return { cut: squareCut(centre, width * reach, Math.atan2(to.y - from.y, to.x - from.x), side), mirrored, from, to };
}

function detailOf({ cut, mirrored, from, to }: ShownEye, output: Float32Array): EyeDetail {
  const place = (index: number) => {
    const x = output[index * 3]!;
    return toPicture(cut, mirrored ? side - 1 - x : x, output[index * 3 + 1]!);
  };
  const upper = upperLid.map(place);
  const lower = lowerLid.map(place);
  const iris = place(irisPoint);
  const rim = [1, 2, 3, 4].map((k) => place(irisPoint + k));
  return {
    upper,
    lower,
    iris,
    irisRadius: rim.reduce((sum, point) => sum + Math.hypot(point.x - iris.x, point.y - iris.y), 0) / rim.length,
    gap: Math.max(...upper.map((point) => heightAbove(point, lower, from, to))),
  };
}

/** Distance of an upper point from the lower lid, across the line of the eye's corners. */
function heightAbove(point: Point, lower: readonly Point[], from: Point, to: Point): number {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const ux = (to.x - from.x) / length;
  const uy = (to.y - from.y) / length;
  const along = (one: Point) => (one.x - from.x) * ux + (one.y - from.y) * uy;
  const across = (one: Point) => (one.y - from.y) * ux - (one.x - from.x) * uy;
  const s = along(point);
  const nearest = lower.reduce((best, one) => (Math.abs(along(one) - s) < Math.abs(along(best) - s) ? one : best));
  return Math.max(0, across(nearest) - across(point));
}
