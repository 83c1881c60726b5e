/**
 * Is the face framed by straight edges, as a sheet of paper, a photograph or a telephone frames it? Counts how much of the best
 * straight line on each side of the head is an edge. A door or a poster behind a real person can do the same: it raises attention
 * and says no more.
 */
import type { RgbImage } from "../../image/image.ts";
import { sampleCut } from "../../image/sample-cut.ts";
import { squareCut } from "../../image/similarity.ts";
import type { ObservedFace } from "../observation.ts";

/** The picture around the face is looked at in this many pixels, over this many eye distances each way. */
const side = 160;
const reach = 4.6;
/** Luminance difference across a line that counts as an edge, of 255. */
const edge = 14;
/** Lean of a line, in pixels over the whole side. */
const lean = 22;

/** The third best of the four sides, 0 … 1: share of its best line that is an edge. A frame shows at least three of its sides. */
export function straightBorder(image: RgbImage, { eyes, chin, interEyeDistance }: ObservedFace): number {
  const middle = { x: (eyes.right.x + eyes.left.x) / 2, y: (eyes.right.y + eyes.left.y) / 2 };
  const centre = { x: (middle.x * 2 + chin.x) / 3, y: (middle.y * 2 + chin.y) / 3 };
  const cut = squareCut(centre, interEyeDistance * reach * 2, 0, side);
  const rgb = sampleCut(image, cut, side, side, -1000);
  const grey = new Float32Array(side * side);
  for (let i = 0; i < grey.length; i++) grey[i] = 0.3 * rgb[i * 3]! + 0.6 * rgb[i * 3 + 1]! + 0.1 * rgb[i * 3 + 2]!;
  const at = (x: number, y: number, turned: boolean) => grey[turned ? x * side + y : y * side + x]!;
  const eyeDistance = side / reach / 2;
  const half = side / 2;
  // A line on one side: x = place + slope · y, over the head's height; `turned` swaps the axes for above and below.
  const best = (from: number, to: number, turned: boolean): number => {
    const [first, last] = [Math.round(half - 1.6 * eyeDistance), Math.round(half + 1.6 * eyeDistance)];
    let most = 0;
    for (let place = Math.round(from); place <= to; place++) {
      for (let slope = -lean; slope <= lean; slope += 2) {
        let run = 0;
        let sign = 0;
        for (let y = first; y <= last; y++) {
          const x = Math.round(place + (slope * (y - half)) / side);
          if (x < 2 || x >= side - 2) continue;
          const before = at(x - 1, y, turned);
          const after = at(x + 1, y, turned);
          if (before < 0 || after < 0) continue;
          const step = after - before;
          if (Math.abs(step) < edge) continue;
          run++;
          sign += Math.sign(step);
        }
        // One edge has one direction.
        most = Math.max(most, Math.min(run, Math.abs(sign)) / (last - first + 1));
      }
    }
    return most;
  };
  const sides = [
    best(half - 4.2 * eyeDistance, half - 1.35 * eyeDistance, false),
    best(half + 1.35 * eyeDistance, half + 4.2 * eyeDistance, false),
    best(half - 4.2 * eyeDistance, half - 1.9 * eyeDistance, true),
    best(half + 1.9 * eyeDistance, half + 4.2 * eyeDistance, true),
  ];
  return sides.sort((a, b) => b - a)[2]!;
}
