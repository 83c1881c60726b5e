/**
 * What covers the head and the face: zones of the mesh, and what the network of parts says lies there. OFIQ does the same with other
 * networks. Glare alone is judged by its light.
 */
import type { Point } from "../../image/image.ts";
import { labOf } from "../../image/lab.ts";
import { polygonMask } from "../../image/polygon.ts";
import { toCut } from "../../image/similarity.ts";
import { meshIndex, meshPoint } from "../mesh.ts";
import type { ObservedFace } from "../observation.ts";
import { headUnit } from "../parts.ts";
import { parts, partsSide } from "../parts-network.ts";
import { cheeks, type WorkFace, workEyeDistance, workSide } from "./work-face.ts";

export interface CoverValues {
  /** Share of one eye's zone that is a thing: dark glass is, clear glass is not. */
  readonly darkGlasses: number;
  /** Share of an eye's zone that is mirrored light. */
  readonly glassesGlare: number;
  /** Share of the worse eye's zone that is neither eye nor skin, or glare. */
  readonly eyes: number;
  /** Share of the head above the brows that is cloth or a thing. */
  readonly head: number;
  /** Share of mouth and chin that is cloth, a thing or a hand. */
  readonly mouth: number;
  /** The same of the whole face without glasses, of its mouth, or how sure it is that a hand reaches into it. */
  readonly face: number;
}

/** Contours of the eyes in the mesh. */
const eyeContours = [
  [33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7],
  [263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249],
] as const;
const brows = [70, 63, 105, 66, 107, 336, 296, 334, 293, 300] as const;
const footOfNose = 2;
const lowestChin = 152;
/** How the zones are grown or shrunk from the mesh's own contours. */
const eyeGrowth = { x: 1.2, y: 2.2 } as const;
const faceShrink = 0.93;
/** The head above the brows: half its breadth in half faces, and its height in distances from eyes to chin. */
const headZone = { halfBreadth: 1.15, height: 1.5, leastHalfFace: 0.6 } as const;
/** Glasses reach so far above and below the eyes, in breadths of both eyes. */
const glassesReach = 0.45;

export function coverValues(work: WorkFace, face: ObservedFace): CoverValues {
  const glassesGlare = glareOf(work);
  if (face.parts === null)
    return { darkGlasses: 0, glassesGlare, eyes: glassesGlare, head: 0, mouth: 0, face: face.hand ?? 0 };
  const { labels, cut } = face.parts;
  const at = (index: number) => {
    const { x, y } = meshPoint(face.mesh, index);
    return toCut(cut, x, y);
  };
  const share = (zone: Uint8Array, ...kinds: readonly number[]) => shareOf(labels, zone, kinds);
  const eyes = eyeContours.map((contour) => maskOf(grown(contour.map(at), eyeGrowth.x, eyeGrowth.y)));
  const oval = meshIndex.oval.map(at);
  const inner = maskOf(grown(oval, faceShrink, faceShrink));
  const glasses = glassesOf(labels, eyes, at);
  const bare = inner.map((inside, i) => (inside === 1 && glasses[i] === 0 ? 1 : 0));
  const mouth = bare.map((inside, i) => (inside === 1 && inMouth(i, at) ? 1 : 0));
  const { bodySkin, clothes, things, hair } = parts;
  const covered = share(mouth, bodySkin, clothes, things);
  return {
    darkGlasses: Math.max(...eyes.map((zone) => share(zone, things))),
    glassesGlare,
    eyes: Math.max(glassesGlare, ...eyes.map((zone) => share(zone, things, hair, clothes, bodySkin))),
    head: headShare(labels, oval, brows.map(at)),
    mouth: covered,
    face: Math.max(share(bare, bodySkin, clothes, things), covered, face.hand ?? 0),
  };
}

function maskOf(corners: readonly Point[]): Uint8Array {
  return polygonMask(corners, partsSide, partsSide);
}

function grown(corners: readonly Point[], x: number, y: number): Point[] {
  const centre = {
    x: corners.reduce((sum, one) => sum + one.x, 0) / corners.length,
    y: corners.reduce((sum, one) => sum + one.y, 0) / corners.length,
  };
  return corners.map((one) => ({ x: centre.x + (one.x - centre.x) * x, y: centre.y + (one.y - centre.y) * y }));
}

function shareOf(labels: Uint8Array, zone: Uint8Array, kinds: readonly number[]): number {
  let all = 0;
  let some = 0;
  for (let i = 0; i < zone.length; i++) {
    if (zone[i] === 0) continue;
    all++;
    if (kinds.includes(labels[i]!)) some++;
  }
  return all === 0 ? 0 : some / all;
}

/** What is a thing before the eyes, and hangs together with it at their height. */
function glassesOf(labels: Uint8Array, eyes: readonly Uint8Array[], at: (index: number) => Point): Uint8Array {
  const [right, left] = [at(meshIndex.rightEye.outer), at(meshIndex.leftEye.outer)];
  const middle = (right.y + left.y) / 2;
  const reach = glassesReach * Math.hypot(left.x - right.x, left.y - right.y);
  const glasses = new Uint8Array(labels.length);
  const open: number[] = [];
  const take = (i: number) => {
    if (labels[i] !== parts.things || glasses[i] === 1) return;
    if (Math.abs(Math.floor(i / partsSide) - middle) > reach) return;
    glasses[i] = 1;
    open.push(i);
  };
  for (const zone of eyes) for (let i = 0; i < zone.length; i++) if (zone[i] === 1) take(i);
  for (let i = open.pop(); i !== undefined; i = open.pop()) {
    const x = i % partsSide;
    if (x > 0) take(i - 1);
    if (x < partsSide - 1) take(i + 1);
    take(i - partsSide);
    take(i + partsSide);
  }
  return glasses;
}

/** Below the nose, as broad as the lips, down to where the chin turns under. */
function inMouth(i: number, at: (index: number) => Point): boolean {
  const [right, left] = meshIndex.mouthCorners.map(at) as [Point, Point];
  const top = at(footOfNose).y;
  const bottom = top + 0.9 * (at(lowestChin).y - top);
  const y = Math.floor(i / partsSide);
  const x = i % partsSide;
  return y > top && y < bottom && Math.abs(x - (right.x + left.x) / 2) < Math.abs(left.x - right.x) / 2;
}

/** Of the person above the brows, the share that is cloth or a thing (OFIQ: cloth and hat above the brow). */
function headShare(labels: Uint8Array, oval: readonly Point[], browPoints: readonly Point[]): number {
  const xs = oval.map(({ x }) => x);
  const ys = oval.map(({ y }) => y);
  const centre = (Math.min(...xs) + Math.max(...xs)) / 2;
  const halfFace = Math.max((Math.max(...xs) - Math.min(...xs)) / 2, headZone.leastHalfFace * headUnit);
  const brow = browPoints.reduce((sum, { y }) => sum + y, 0) / browPoints.length;
  const top = Math.max(0, Math.ceil(Math.min(brow, Math.max(...ys)) - headZone.height * headUnit));
  const half = halfFace * headZone.halfBreadth;
  let person = 0;
  let covered = 0;
  for (let y = top; y < brow && y < partsSide; y++) {
    for (let x = Math.max(0, Math.ceil(centre - half)); x <= Math.min(partsSide - 1, centre + half); x++) {
      const label = labels[y * partsSide + x]!;
      if (label === parts.background) continue;
      person++;
      if (label === parts.clothes || label === parts.things) covered++;
    }
  }
  return person === 0 ? 0 : covered / person;
}

/** Share of the brighter eye's zone that is near white and brighter than the skin. */
function glareOf(work: WorkFace): number {
  const lab = (i: number) => labOf(work.rgb[i * 3]!, work.rgb[i * 3 + 1]!, work.rgb[i * 3 + 2]!);
  const { right, left } = cheeks(work);
  const lightness = [...right, ...left].map((i) => lab(i)[0]).sort((a, b) => a - b);
  const skin = lightness[lightness.length >> 1] ?? 0;
  const grow = workEyeDistance * 0.09;
  const shares = [meshIndex.rightEye, meshIndex.leftEye].map(({ outer, inner, upper, lower }) => {
    const points = [outer, inner, ...upper, ...lower].map(work.at);
    const xs = points.map(({ x }) => x);
    const ys = points.map(({ y }) => y);
    let all = 0;
    let bright = 0;
    const bottom = Math.min(workSide - 1, Math.max(...ys) + grow * 1.8);
    for (let y = Math.max(0, Math.round(Math.min(...ys) - grow * 1.6)); y <= bottom; y++) {
      for (let x = Math.max(0, Math.round(Math.min(...xs) - grow)); x <= Math.max(...xs) + grow && x < workSide; x++) {
        const i = y * workSide + x;
        if (work.inside[i] === 0) continue;
        all++;
        const [l, a, b] = lab(i);
        if (l > Math.max(88, skin + 12) && Math.hypot(a, b) < 14) bright++;
      }
    }
    return all === 0 ? 0 : bright / all;
  });
  return Math.max(...shares);
}
