/** What each place of a face and its surroundings is: hair, skin, clothes or a thing. Of stills only. */
import type { Point, RgbImage } from "../image/image.ts";
import { sampleCut } from "../image/sample-cut.ts";
import { type Similarity, squareCut } from "../image/similarity.ts";
import { type PartsNetwork, partsSide } from "./parts-network.ts";

/** Breadth of what is looked at, in distances from eyes to chin: the head with a hat on, and the collar. */
const reach = 3;
/** Distance from eyes to chin among the labels, in pixels, of a head that is seen straight. */
export const headUnit = partsSide / reach;
/** A head seen from above or below looks short: the eye distance then tells how large it is. */
const leastToChin = 1.1;

export interface FaceParts {
  /** `partsSide²` labels, each one of `parts`. */
  readonly labels: Uint8Array;
  /** Where the labels lie in the picture; the head is upright in them. */
  readonly cut: Similarity;
}

export interface PlacedHead {
  readonly eyes: { readonly right: Point; readonly left: Point };
  readonly chin: Point;
  readonly interEyeDistance: number;
  readonly pose: { readonly roll: number };
}

/**
 * The upright square around a head.
 * @param breadth of the square, and how far its middle lies below the eyes, in distances from eyes to chin. @param side in pixels
 */
export function headCut(
  { eyes, chin, interEyeDistance, pose }: PlacedHead,
  { breadth, below }: { readonly breadth: number; readonly below: number },
  side: number,
): Similarity {
  const middle = { x: (eyes.right.x + eyes.left.x) / 2, y: (eyes.right.y + eyes.left.y) / 2 };
  const toChin = Math.hypot(chin.x - middle.x, chin.y - middle.y);
  const unit = Math.max(toChin, leastToChin * interEyeDistance, 1);
  const angle = (pose.roll * Math.PI) / 180;
  const centre = { x: middle.x - Math.sin(angle) * below * unit, y: middle.y + Math.cos(angle) * below * unit };
  return squareCut(centre, breadth * unit, angle, side);
}

export function lookAtParts(image: RgbImage, face: PlacedHead, network: PartsNetwork): FaceParts {
  const cut = headCut(face, { breadth: reach, below: 0 }, partsSide);
  const pixels = sampleCut(image, cut, partsSide, partsSide);
  for (let i = 0; i < pixels.length; i++) pixels[i]! /= 255;
  return { labels: network.tell(pixels), cut };
}
