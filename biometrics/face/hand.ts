/** A hand that reaches into a face, as one that props the chin or hides the mouth. Of stills only. */
import type { RgbImage } from "../image/image.ts";
import { polygonMask } from "../image/polygon.ts";
import { toCut, toPicture } from "../image/similarity.ts";
import { findHands, type Hand, handSide } from "./hand-network.ts";
import { meshIndex, meshPoint } from "./mesh.ts";
import type { GraphNetwork } from "./models.ts";
import { type FaceParts, headCut, type PlacedHead } from "./parts.ts";
import { parts, partsSide } from "./parts-network.ts";

/** What is looked at: from the brows down to below the collar, in distances from eyes to chin. */
const view = { breadth: 4.2, below: 0.5 } as const;
/** Share of the face's lower half that must be skin of the body for a hand to be looked for at all. */
const leastSkin = 0.004;
const leastConfidence = 0.5;
/** Shares of a hand's box that are skin of the body and skin of the face: a hand on the chest has none of the second, a face none of the first. */
const leastShares = { body: 0.2, face: 0.1 } as const;
/** Points of a box looked at, each way. */
const grid = 20;

/** How sure it is that a hand reaches into the face, 0…1; 0 when there is none. @param network is called for only when there may be one */
export function handAtFace(
  image: RgbImage,
  face: PlacedHead & { readonly mesh: Float32Array },
  seen: FaceParts,
  network: () => GraphNetwork,
): number {
  if (skinOfBody(face, seen) < leastSkin) return 0;
  const cut = headCut(face, view, handSide);
  const reaches = ({ box }: Hand) => {
    let body = 0;
    let skin = 0;
    for (let i = 0; i < grid * grid; i++) {
      const x = (box.x + (box.width * ((i % grid) + 0.5)) / grid) * handSide;
      const y = (box.y + (box.height * (Math.floor(i / grid) + 0.5)) / grid) * handSide;
      const there = toPicture(cut, x, y);
      const place = toCut(seen.cut, there.x, there.y);
      const [column, row] = [Math.round(place.x), Math.round(place.y)];
      if (column < 0 || row < 0 || column >= partsSide || row >= partsSide) continue;
      const label = seen.labels[row * partsSide + column];
      if (label === parts.bodySkin) body++;
      if (label === parts.faceSkin) skin++;
    }
    return body >= leastShares.body * grid * grid && skin >= leastShares.face * grid * grid;
  };
  const hands = findHands(image, cut, network(), leastConfidence).filter(reaches);
  return hands.reduce((most, { confidence }) => Math.max(most, confidence), 0);
}

/** Share of the face below the eyes that is skin of the body. */
function skinOfBody({ mesh, eyes }: PlacedHead & { readonly mesh: Float32Array }, { labels, cut }: FaceParts): number {
  const outline = meshIndex.oval.map((index) => {
    const { x, y } = meshPoint(mesh, index);
    return toCut(cut, x, y);
  });
  const mask = polygonMask(outline, partsSide, partsSide);
  const from = toCut(cut, (eyes.right.x + eyes.left.x) / 2, (eyes.right.y + eyes.left.y) / 2).y;
  const lowest = Math.max(...outline.map(({ y }) => y));
  let all = 0;
  let body = 0;
  for (let i = Math.max(0, Math.ceil(from + 0.3 * (lowest - from))) * partsSide; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    all++;
    if (labels[i] === parts.bodySkin) body++;
  }
  return all === 0 ? 0 : body / all;
}
