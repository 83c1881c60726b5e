/**
 * What covers the face. OFIQ uses networks here; these are substitutes: zones of the face are compared with the person's own skin
 * (median CIELAB of cheeks and nose), so they hold for every tone of skin.
 */
import { labOf } from "../../image/lab.ts";
import { convexHull, polygonMask } from "../../image/polygon.ts";
import { meshIndex } from "../mesh.ts";
import { cheeks, targets, type WorkFace, workEyeDistance, workSide } from "./work-face.ts";

export interface CoverValues {
  /** How much darker the skin under the eyes is than the cheeks, 0…1: dark glasses reach over it. */
  readonly darkGlasses: number;
  /** Share of an eye's zone that is mirrored light. */
  readonly glassesGlare: number;
  /** Share of the eyes that cannot be seen, by either. */
  readonly eyes: number;
  /** Share of the brow zone that is not skin. */
  readonly forehead: number;
  /** Share of mouth and chin that is neither skin nor lips. */
  readonly mouth: number;
  /** Share of the whole face that is not skin. */
  readonly face: number;
}

type Lab = readonly [number, number, number];

export function coverValues(work: WorkFace): CoverValues {
  const lab = (i: number): Lab => labOf(work.rgb[i * 3]!, work.rgb[i * 3 + 1]!, work.rgb[i * 3 + 2]!);
  const { right, left } = cheeks(work);
  const skin = median([...right, ...left].map(lab));
  const foreign = ([l, a, b]: Lab) => {
    const tint = Math.hypot(a - skin[1], b - skin[2]);
    return tint > 14 || Math.abs(l - skin[0]) > 30;
  };
  const eyes = [meshIndex.rightEye, meshIndex.leftEye].map(({ outer, inner, upper, lower }) => {
    const points = [outer, inner, ...upper, ...lower].map(work.at);
    const grow = workEyeDistance * 0.09;
    const xs = points.map(({ x }) => x);
    const ys = points.map(({ y }) => y);
    return pixelsOf(
      Math.min(...xs) - grow,
      Math.min(...ys) - grow * 1.6,
      Math.max(...xs) + grow,
      Math.max(...ys) + grow * 1.8,
    );
  });
  const zones = eyes.map((zone) => zone.filter((i) => work.inside[i] === 1).map(lab));
  const glareShare = (zone: readonly Lab[]) =>
    share(zone, ([l, a, b]) => l > Math.max(88, skin[0] + 12) && Math.hypot(a, b) < 14);
  const brow = zoneOf(work, [109, 10, 338, 337, 151, 108]);
  const mouth = zoneOf(work, [meshIndex.mouthCorners[0], 0, meshIndex.mouthCorners[1], 199, 200, 17]);
  const whole = marked(work.mask, work.inside, 5);
  const under = [targets.rightEye, targets.leftEye].map(({ x, y }) => {
    const strip = pixelsOf(x - 24, y + 17, x + 24, y + 31).filter((i) => work.inside[i] === 1);
    return median(strip.map(lab))[0] / Math.max(1, skin[0]);
  });
  const darkGlasses = Math.max(0, 1 - Math.max(...under));
  const glassesGlare = Math.max(...zones.map(glareShare));
  return {
    darkGlasses,
    glassesGlare,
    eyes: Math.max(glassesGlare, Math.min(1, Math.max(0, darkGlasses - 0.2) / 0.4)),
    forehead: share(brow.map(lab), foreign),
    mouth: share(
      mouth.map(lab),
      ([l, a, b]) => Math.hypot(a - skin[1], b - skin[2]) > 24 || Math.abs(l - skin[0]) > 38,
    ),
    face: share(whole.map(lab), foreign),
  };
}

function pixelsOf(left: number, top: number, right: number, bottom: number): number[] {
  const pixels: number[] = [];
  for (let y = Math.max(0, Math.round(top)); y <= Math.min(workSide - 1, bottom); y++)
    for (let x = Math.max(0, Math.round(left)); x <= Math.min(workSide - 1, right); x++) pixels.push(y * workSide + x);
  return pixels;
}

function zoneOf(work: WorkFace, indices: readonly number[]): number[] {
  const mask = polygonMask(convexHull(indices.map(work.at)), workSide, workSide);
  return marked(mask, work.inside, 1);
}

/** Every `step`th of the pixels that are in a mask and in the picture. */
function marked(mask: Uint8Array, inside: Uint8Array, step: number): number[] {
  const pixels: number[] = [];
  for (let i = 0; i < mask.length; i += step) if (mask[i] === 1 && inside[i] === 1) pixels.push(i);
  return pixels;
}

function share(list: readonly Lab[], is: (lab: Lab) => boolean): number {
  return list.length === 0 ? 0 : list.filter(is).length / list.length;
}

function median(list: readonly Lab[]): Lab {
  const middle = (k: 0 | 1 | 2) => list.map((one) => one[k]).sort((a, b) => a - b)[list.length >> 1] ?? 0;
  return [middle(0), middle(1), middle(2)];
}
