/**
 * Is it the same person? One face against one other: the distance of their descriptors, and how often two different people come
 * as near to each other on the data that this was measured on.
 */
import type { RgbImage } from "../image/image.ts";
import { sampleCut } from "../image/sample-cut.ts";
import { fitCut } from "../image/similarity.ts";
import { type DescriptorNetwork, descriptorSide } from "./descriptor-network.ts";
import type { FaceLimits } from "./limits.ts";
import { meshPoint } from "./mesh.ts";
import type { ObservedFace } from "./observation.ts";

/** Which engine and which calibration a score comes from; a score of another version is not comparable. */
export const likenessEngine = "dlib-resnet-29/face-api-1.7.15/kabina-1";

/** One face against one other. */
export interface FaceLikeness {
  readonly engine: string;
  /** Of the descriptors: 0 for the same picture, about 0.4 for two pictures of a person, about 0.84 for two people. */
  readonly distance: number;
  /**
   * Estimated share of pairs of different people that come as near; never less than what the data can show (`leastFmr`).
   */
  readonly fmr: number;
  /** −10 · log₁₀(fmr): 20 is one in a hundred, 30 one in a thousand, which is the end of the scale. */
  readonly score: number;
}

/** The corners of the eyes and the foot of the nose, as shares of the network's picture without its border; and in the mesh. */
const places = [
  { x: 0.8595674595992, y: 0.2134981538014, index: 263 },
  { x: 0.6460604764104, y: 0.2289674387677, index: 362 },
  { x: 0.1205750620789, y: 0.2137274526848, index: 33 },
  { x: 0.3340850613712, y: 0.2290642403242, index: 133 },
  { x: 0.4901123135679, y: 0.6277975316475, index: 2 },
] as const;
/** Border around it, share of the side. */
const border = 0.25;

/**
 * False match rate by distance: 3,081 pairs of different people (50 stock photographs, 30 generated portraits); below one in a
 * thousand there are three pairs, so nothing is claimed there. `kabina face evaluate` prints the table for any folder.
 */
const calibration = [
  { distance: 0.381, fmr: 0.001 },
  { distance: 0.42, fmr: 0.002 },
  { distance: 0.465, fmr: 0.005 },
  { distance: 0.501, fmr: 0.01 },
  { distance: 0.538, fmr: 0.02 },
  { distance: 0.61, fmr: 0.05 },
  { distance: 0.669, fmr: 0.1 },
  { distance: 0.74, fmr: 0.2 },
  { distance: 0.842, fmr: 0.5 },
  { distance: 1.1, fmr: 1 },
] as const;

/** The least false match rate that the calibration can tell. */
export const leastFmr = calibration[0].fmr;

/** The descriptor of a face: the mean of it and its mirror image. */
export function describeFace(image: RgbImage, { mesh }: ObservedFace, network: DescriptorNetwork): Float32Array {
  const side = descriptorSide;
  const inside = (share: number) => ((border + share) / (2 * border + 1)) * side;
  const cut = fitCut(
    places.map(({ x, y, index }) => ({ cut: { x: inside(x), y: inside(y) }, picture: meshPoint(mesh, index) })),
  );
  const pixels = sampleCut(image, cut, side, side);
  const mirrored = new Float32Array(pixels.length);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      for (let k = 0; k < 3; k++) mirrored[(y * side + x) * 3 + k] = pixels[(y * side + side - 1 - x) * 3 + k]!;
  const [straight, turned] = [network.describe(pixels), network.describe(mirrored)];
  return straight.map((value, i) => (value + turned[i]!) / 2);
}

/** Compares two descriptors. */
export function likenessOf(a: Float32Array, b: Float32Array): FaceLikeness {
  let square = 0;
  for (let i = 0; i < a.length; i++) square += (a[i]! - b[i]!) ** 2;
  const distance = Math.sqrt(square);
  const fmr = fmrAt(distance);
  return { engine: likenessEngine, distance, fmr, score: Math.round(-100 * Math.log10(fmr)) / 10 };
}

/** What a score comes to; an operator decides, never this. */
export type LikenessVerdict = "agrees" | "unsure" | "differs";

export function verdictOf({ score }: FaceLikeness, limits: FaceLimits["likeness"]): LikenessVerdict {
  return score >= limits.agrees ? "agrees" : score < limits.differs ? "differs" : "unsure";
}

/** Straight lines between the points of the table, on a logarithmic scale. */
export function fmrAt(distance: number): number {
  const next = calibration.findIndex((point) => distance <= point.distance);
  if (next === 0) return leastFmr;
  if (next < 0) return 1;
  const [low, high] = [calibration[next - 1]!, calibration[next]!];
  const share = (distance - low.distance) / (high.distance - low.distance);
  return low.fmr * (high.fmr / low.fmr) ** share;
}
